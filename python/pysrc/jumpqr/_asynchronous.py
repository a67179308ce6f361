"""Calls that are awaited."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from ._connection import Connection
from ._event_loop import loop_calls
from ._jumpqr import logger_of_calls, process
from ._log import LoggedCall
from ._threads import Threads, on_loop, wait_for_token, warn_of_patched_threads

if TYPE_CHECKING:
    import logging

    from typing_extensions import Self

__all__ = ["Asynchronous", "on_loop", "wait_for_token"]

N = TypeVar("N")
T = TypeVar("T")


class Asynchronous(Connection[N]):
    """Runs calls in the event loop, and on threads where they must wait.

    A merchant's client has the permits and the threads of its platform.
    """

    def _open(self, connect: Callable[[], N], outer: Connection[Any] | None = None) -> None:
        super()._open(connect, outer)
        if isinstance(outer, Asynchronous):
            self._limits: tuple[int, float] = outer._limits
            self._threads: dict[int, Threads] = outer._threads
        else:
            native: Any = self._native()
            self._limits = (native.max_concurrency(), native.queue_timeout())
            self._threads = {}
            warn_of_patched_threads()

    def _threads_of(self, process: int) -> Threads:
        return self._threads.get(process) or self._threads.setdefault(
            process, Threads(*self._limits)
        )

    def _call(
        self,
        interface: str,
        arguments: list[object],
        timeout: float | None,
        validate: bool | None = None,
    ) -> Coroutine[Any, Any, Any]:
        """Call the method of an interface with its arguments, in their order."""
        here = process()
        # A closed client has none.
        native: Any = self._natives.get(here) or self._native()
        threads = self._threads_of(here)
        loop = asyncio.get_running_loop()
        calls = loop_calls(loop)
        # From now on, the logger gets the events of calls, if somebody listens.
        logger_of_calls()
        if calls is None:
            return threads.run(native.call, interface, arguments, timeout, validate)
        return calls.run(loop, threads, native, interface, arguments, timeout, validate)

    def _run(self, name: str, work: Callable[..., T], *arguments: object) -> Coroutine[Any, Any, T]:
        """Do `work` on a thread, because it may wait."""
        self._check_open()
        logger = logger_of_calls()
        call = self._threads_of(process()).run(work, *arguments)
        return call if logger is None else log(logger, name, call)

    async def aclose(self) -> None:
        """Close the connections after the calls in progress. Those that wait raise RuntimeError."""
        self._close()
        if self._outer is None:
            threads = self._threads.pop(process(), None)
            if threads is not None:
                threads.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


async def log(logger: logging.Logger, name: str, call: Coroutine[Any, Any, T]) -> T:
    """Await a call, and log its end."""
    with LoggedCall(logger, name):
        return await call
