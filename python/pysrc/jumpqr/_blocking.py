"""Calls that block."""

from __future__ import annotations

from ._connection import Connection
from ._jumpqr import cancel_of_thread, logger_of_calls
from ._light import TYPE_CHECKING
from ._log import LoggedCall

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from typing_extensions import Self

    N = TypeVar("N")
    T = TypeVar("T")
else:
    N = object

wait_for_token = None
"""A token function returns the token itself."""

on_loop = None
"""A listener is called on the thread of the call."""


class Blocking(Connection[N]):
    """Runs calls on the thread of the caller."""

    def _run(self, name: str, work: Callable[..., T], *arguments: object) -> T:
        cancel = cancel_of_thread()
        logger = logger_of_calls()
        if logger is None:
            return work(cancel, 0.0, *arguments)
        with LoggedCall(logger, name):
            return work(cancel, 0.0, *arguments)

    def close(self) -> None:
        """Close the connections after the calls in progress. Later calls raise RuntimeError."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
