"""WeChat's error codes and all other stable names, from the core's tables."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

from . import _jumpqr
from ._enums import ErrorKind

__all__ = ["ErrCode", "errcode", "errcodes", "names"]


@dataclass(frozen=True)
class ErrCode:
    """One of WeChat's error codes."""

    number: int
    """The number in `errcode`."""
    name: str
    """The stable name, e.g. `illegal_prefix`."""
    errmsg: str
    """The documented text in `errmsg`, without rid; empty if none is documented."""
    kind: ErrorKind
    """What the reader of the error must do."""
    reaction: str
    """What a call does next: `stop`, `fix`, `renew` (the token), `wait` or `read_back`."""
    wait_seconds: int
    """How long a call waits at least before it sends again, in seconds."""
    retryable: bool
    """Whether the same call may succeed later, with nothing changed."""
    meaning: str
    """What the code means."""
    advice: str
    """What to do, for a person."""


def names() -> dict[str, list[Any]]:
    """Return all stable names and numbers, by what they are names of, in the core's order.

    >>> names()["kinds"][0]
    'invalid'
    >>> names()["open_version"][0]
    {'number': 1, 'word': 'development'}
    """
    return _jumpqr.names()


@functools.cache
def _by_number() -> dict[int, ErrCode]:
    codes = (ErrCode(**{**code, "kind": ErrorKind(code["kind"])}) for code in names()["errcodes"])
    return {code.number: code for code in codes}


def errcode(number: int) -> ErrCode | None:
    """Look up one of WeChat's error codes.

    Args:
        number: The number in `errcode`, e.g. 85066.

    Returns:
        What it means and what to do; None if the number is not known.

    >>> errcode(85066).name
    'illegal_prefix'
    """
    return _by_number().get(number)


def errcodes() -> tuple[ErrCode, ...]:
    """Return all known error codes, in ascending order of the numbers."""
    return tuple(_by_number().values())
