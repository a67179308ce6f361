"""The threads on which calls run for asyncio."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import inspect
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Optional, TypeVar

from . import _jumpqr
from ._connection import logged, process

T = TypeVar("T")

Work = Callable[[Optional[_jumpqr.Cancel], float], T]
"""What a call does on a thread: with what it is given up by, and how long it has waited for the thread, in seconds."""

DEFAULT_MAX_CONCURRENCY = 64
"""As many calls as there are idle connections kept."""

BETWEEN_LOOKS_AT_LOOP = 1.0
"""How often a thread that waits for a token looks whether the event loop still exists, in seconds."""


class Caller:
    """The coroutine that waits for what a thread does, as the thread sees it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take the event loop that the coroutine runs in."""
        self._loop = loop
        self._gone = False
        self._token: Optional[concurrent.futures.Future[Any]] = None

    def leave(self) -> None:
        """Cancel the token function's task: the coroutine no longer waits."""
        self._gone = True
        token = self._token
        if token is not None:
            token.cancel()

    def wait_for_token(self, awaitable: Any, time_left: float) -> Any:
        """Await `awaitable` in the coroutine's event loop, and cancel it if its time is up or the coroutine leaves."""
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
                    # The function may have raised that itself. A loop that was closed will never bring the token.
                    if token.done() or self._loop.is_closed():
                        raise
                    if time.monotonic() >= deadline:
                        return _jumpqr.TookTooLong()
        finally:
            # Of no effect on a task that is done.
            token.cancel()
            # What the function raised holds this frame.
            self._token = None
            del token


async def _await(awaitable: Any) -> Any:
    return await awaitable


caller: contextvars.ContextVar[Caller] = contextvars.ContextVar("caller")
"""The coroutine that waits for what this thread does."""


def wait_for_token(token: Any, time_left: float) -> Any:
    """Return what a token function gave, or what it awaits, within so many seconds; called by the extension module."""
    return caller.get().wait_for_token(token, time_left) if inspect.isawaitable(token) else token


class Threads:
    """At most so many threads in each process; they start when they are needed.

    Threads do not survive a fork, so each process has a pool of its own.
    """

    def __init__(self, max_concurrency: int) -> None:
        """Make the pool of this process."""
        if max_concurrency < 1:
            raise ValueError(f"max_concurrency: give 1 or more, not {max_concurrency}")
        _warn_of_patched_threads()
        self._max_concurrency = max_concurrency
        self._pools = {process(): self._pool()}

    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._max_concurrency, thread_name_prefix="jumpqr")

    async def run(self, name: str, work: Work[T], queue_timeout: float) -> T:
        """Do `work` on a thread. If none is free within `queue_timeout` seconds, `work` fails for that."""
        here = process()
        pool = self._pools.get(here) or self._pools.setdefault(here, self._pool())
        context = contextvars.copy_context()
        waiting = Caller(asyncio.get_running_loop())
        context.run(caller.set, waiting)
        cancel = _jumpqr.Cancel()
        queued = time.monotonic()

        def call() -> T:
            return context.run(work, cancel, time.monotonic() - queued)

        with logged(name):
            turn = pool.submit(call)
            result = asyncio.wrap_future(turn)
            try:
                await asyncio.wait([result], timeout=queue_timeout)
                if turn.cancelled():
                    raise RuntimeError("the client was closed while the call waited for a thread; make another one")
                if not turn.done() and turn.cancel():
                    return work(None, queue_timeout)
                return await result
            finally:
                # None of this has an effect on a call that is done.
                cancel.cancel()
                waiting.leave()
                result.cancel()
                # What a call raised holds this frame: were it held in turn, the client's connections would stay open
                # until Python next looks for cycles.
                del result, turn

    def close(self) -> None:
        """Let the calls in progress end; those that still wait raise RuntimeError."""
        pool = self._pools.pop(process(), None)
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)


def _warn_of_patched_threads() -> None:
    """Warn if gevent or eventlet has replaced threads by greenlets: each call then holds up all greenlets."""
    gevent, eventlet = sys.modules.get("gevent.monkey"), sys.modules.get("eventlet.patcher")
    if gevent is not None and gevent.is_module_patched("threading"):
        name, pool = "gevent", "gevent.get_hub().threadpool.apply"
    elif eventlet is not None and eventlet.is_monkey_patched("thread"):
        name, pool = "eventlet", "eventlet.tpool.execute"
    else:
        return
    text = f"{name} has replaced threads: calls run one after the other, and nothing else runs meanwhile"
    warnings.warn(f"{text}; use jumpqr.Client, and call its methods through {pool}", RuntimeWarning, stacklevel=4)
