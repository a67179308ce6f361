"""WeChat's error codes and every other stable name, out of the core's one table."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Callable, NamedTuple, Optional

from . import _jumpqr
from ._enums import Kind


@dataclass(frozen=True)
class ErrCode:
    """One error code of WeChat's."""

    number: int
    """The number in `errcode`."""
    name: str
    """The stable name, e.g. `illegal_prefix`."""
    errmsg: str
    """The documented text in `errmsg`, without rid; empty where none is documented."""
    kind: Kind
    """What the reader of the error must do."""
    reaction: str
    """What a call does next: `stop`, `fix`, `renew` (the token), `wait` or `read_back`."""
    wait_seconds: int
    """How long a call waits at least before it sends again, in seconds."""
    retryable: bool
    """Whether the same call may succeed later, with nothing changed."""
    meaning: str
    """What it means."""
    advice: str
    """What to do, for a person."""


class OwnCode(NamedTuple):
    """One error that does not come from WeChat."""

    name: str
    """The stable name, e.g. `connect_failed`."""
    kind: Kind
    """What the reader of the error must do."""
    retryable: bool
    """Whether the same call may succeed later, with nothing changed."""
    advice: str
    """What to do, for a person."""


class FindingCode(NamedTuple):
    """One code of violations or warnings."""

    name: str
    """The stable name, e.g. `outside_rule`."""
    warning: bool
    """Whether it is a warning; else a violation."""


class LinkStatusNumber(NamedTuple):
    """One state of a link between a service account and a Mini Program."""

    name: str
    """The stable name, e.g. `linked`."""
    number: int
    """The number on the wire."""


class MismatchReason(NamedTuple):
    """One reason for which a rule does not cover a link."""

    code: str
    """The stable code, e.g. `no_trailing_slash`."""
    message: str
    """What happened, and what to do."""


class FieldValue(NamedTuple):
    """One value that a field of a rule takes."""

    number: int
    """The number on the wire."""
    word: str
    """What it is called."""


class Names(NamedTuple):
    """Every stable name and number, each list in the core's order."""

    errcodes: tuple[ErrCode, ...]
    """WeChat's error codes."""
    own_codes: tuple[OwnCode, ...]
    """The errors that do not come from WeChat."""
    findings: tuple[FindingCode, ...]
    """The codes of violations and warnings."""
    link_statuses: tuple[LinkStatusNumber, ...]
    """The states of a link between a service account and a Mini Program."""
    mismatches: tuple[MismatchReason, ...]
    """Why a rule does not cover a link."""
    open_version: tuple[FieldValue, ...]
    """The values of this field."""
    permit_sub_rule: tuple[FieldValue, ...]
    """The values of this field."""
    is_edit: tuple[FieldValue, ...]
    """The values of this field."""
    state: tuple[FieldValue, ...]
    """The values of this field."""
    kinds: tuple[str, ...]
    """What the reader of an error must do."""
    outcomes: tuple[str, ...]
    """Whether a failed change was applied."""
    confirmations: tuple[str, ...]
    """What a write is answered with."""
    interfaces: tuple[str, ...]
    """WeChat's names of the interfaces that can be called."""


@functools.cache
def _table() -> Names:
    table = _jumpqr.names()
    readers: dict[str, Callable[[Any], Any]] = {
        "errcodes": lambda entry: ErrCode(**{**entry, "kind": Kind(entry["kind"])}),
        "own_codes": lambda entry: OwnCode(**{**entry, "kind": Kind(entry["kind"])}),
        "findings": lambda entry: FindingCode(**entry),
        "link_statuses": lambda entry: LinkStatusNumber(**entry),
        "mismatches": lambda entry: MismatchReason(**entry),
        **dict.fromkeys(("open_version", "permit_sub_rule", "is_edit", "state"), lambda entry: FieldValue(**entry)),
    }
    return Names(**{name: tuple(map(readers.get(name, str), entries)) for name, entries in table.items()})


@functools.cache
def _errcodes_by_number() -> dict[int, ErrCode]:
    return {code.number: code for code in _table().errcodes}


def names() -> Names:
    """Return every stable name and number that requests, answers, findings and errors use.

    >>> names().kinds[0]
    'invalid'
    """
    return _table()


def errcode(number: int) -> Optional[ErrCode]:
    """Look up one of WeChat's error codes.

    Args:
        number: What stands in `errcode`, e.g. 85066.

    Returns:
        What it means and what to do; None where the table has no such number.

    >>> errcode(85066).name
    'illegal_prefix'
    """
    return _errcodes_by_number().get(number)


def errcodes() -> tuple[ErrCode, ...]:
    """Return every error code in the table, in ascending order of the numbers."""
    return names().errcodes
