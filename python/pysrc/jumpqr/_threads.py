"""The threads on which calls run for asyncio."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import inspect
import sys
import time
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar, cast

from . import _jumpqr
from ._connection import Connection
from ._jumpqr import logger_of_calls, process
from ._log import LoggedCall

if TYPE_CHECKING:
    from typing_extensions import Self

N = TypeVar("N")
T = TypeVar("T")

BETWEEN_LOOKS_AT_LOOP = 1.0
"""How often a thread that waits for a token looks whether the loop still exists, in seconds."""


class Caller:
    """The coroutine that waits for the work of a thread, as the thread sees it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the event loop of the coroutine."""
        self._loop = loop
        self._gone = False
        self._token: concurrent.futures.Future[Any] | None = None

    def leave(self) -> None:
        """Cancel the token function's task: the coroutine no longer waits."""
        self._gone = True
        token = self._token
        if token is not None:
            token.cancel()

    def wait_for_token(self, awaitable: Any, time_left: float) -> Any:
        """Await it in the event loop. Cancel it after `time_left`, or if the coroutine leaves."""
        deadline = time.monotonic() + time_left
        waiting = _await(awaitable)
        try:
            token = asyncio.run_coroutine_threadsafe(waiting, self._loop)
        except RuntimeError:
            # The event loop is closed.
            waiting.close()
            raise
        self._token = token
        if self._gone:
            token.cancel()
        try:
            while True:
                left = deadline - time.monotonic()
                try:
                    return token.result(timeout=max(0.0, min(left, BETWEEN_LOOKS_AT_LOOP)))
                except concurrent.futures.TimeoutError:
                    # The function itself may have raised it. A closed loop never brings the token.
                    if token.done() or self._loop.is_closed():
                        raise
                    if time.monotonic() >= deadline:
                        return _jumpqr.TookTooLong()
        finally:
            # This has no effect on a task that is done.
            token.cancel()
            # An exception of the function holds this frame.
            self._token = None
            del token


async def _await(awaitable: Any) -> Any:
    return await awaitable


caller: contextvars.ContextVar[Caller] = contextvars.ContextVar("caller")
"""The coroutine that waits for the work of this thread."""


def wait_for_token(token: Any, time_left: float) -> Any:
    """Return the result of a token function. An awaitable is awaited for at most `time_left`."""
    return caller.get().wait_for_token(token, time_left) if inspect.isawaitable(token) else token


class Threads:
    """At most so many threads in each process, started when they are needed.

    Threads do not survive a fork, so each process has a pool of its own.
    """

    def __init__(self, max_concurrency: int) -> None:
        """Make the pool of this process."""
        _warn_of_patched_threads()
        self._max_concurrency = max_concurrency
        self._pools = {process(): self._pool()}

    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._max_concurrency, thread_name_prefix="jumpqr")

    async def run(self, queue_timeout: float, work: Callable[..., T], *arguments: object) -> T:
        """Do `work` on a thread. If none is free within `queue_timeout` seconds, `work` fails."""
        here = process()
        pool = self._pools.get(here) or self._pools.setdefault(here, self._pool())
        context = contextvars.copy_context()
        waiting = Caller(asyncio.get_running_loop())
        context.run(caller.set, waiting)
        cancel = _jumpqr.Cancel()
        queued = time.monotonic()

        def call() -> T:
            return context.run(work, cancel, time.monotonic() - queued, *arguments)

        job = pool.submit(call)
        result = asyncio.wrap_future(job)
        try:
            await asyncio.wait([result], timeout=queue_timeout)
            if job.cancelled():
                raise RuntimeError(
                    "the client was closed while the call waited for a thread; make another one"
                )
            if not job.done() and job.cancel():
                return work(None, queue_timeout, *arguments)
            return await result
        finally:
            # None of this has an effect on a call that is done.
            cancel.cancel()
            waiting.leave()
            result.cancel()
            # An exception of the call holds this frame. If the frame held the exception, too, the
            # connections would stay open until Python next looks for cycles.
            del result, job

    def close(self) -> None:
        """Let the calls in progress end. Those that still wait raise RuntimeError."""
        pool = self._pools.pop(process(), None)
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


class Asynchronous(Connection[N]):
    """Runs calls on threads of its own, or on those of the connection that it is within."""

    def _open(self, connect: Callable[[], N], outer: Connection[Any] | None = None) -> None:
        super()._open(connect, outer)
        native: Any = self._native()
        self._queue_timeout: float = native.queue_timeout()
        if isinstance(outer, Asynchronous):
            self._threads: Threads = outer._threads
        else:
            self._threads = Threads(native.max_concurrency())

    async def _run(self, name: str, work: Callable[..., T], *arguments: object) -> T:
        self._check_open()
        call = self._threads.run(self._queue_timeout, work, *arguments)
        logger = logger_of_calls()
        if logger is None:
            return await call
        with LoggedCall(logger, name):
            return await call

    async def _call(
        self,
        interface: str,
        arguments: list[object],
        timeout: float | None,
        validate: bool | None = None,
    ) -> Any:
        """Call the method of an interface with its arguments, in their order."""
        call = cast(_jumpqr.OpenClient, self._native()).call
        return await self._run(interface, call, interface, arguments, timeout, validate)

    async def aclose(self) -> None:
        """Close the connections after the calls in progress. Those that wait raise RuntimeError."""
        self._close()
        if self._outer is None:
            self._threads.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()


def _warn_of_patched_threads() -> None:
    """Warn if gevent or eventlet has replaced threads by greenlets: a call blocks all of them."""
    gevent, eventlet = sys.modules.get("gevent.monkey"), sys.modules.get("eventlet.patcher")
    if gevent is not None and gevent.is_module_patched("threading"):
        name, pool = "gevent", "gevent.get_hub().threadpool.apply"
    elif eventlet is not None and eventlet.is_monkey_patched("thread"):
        name, pool = "eventlet", "eventlet.tpool.execute"
    else:
        return
    text = f"{name} has replaced threads: calls run one after the other, and nothing else runs"
    advice = f"use jumpqr.Client, and call its methods through {pool}"
    warnings.warn(f"{text}; {advice}", RuntimeWarning, stacklevel=5)
