"""The threads on which calls of asyncio wait."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import inspect
import sys
import time
import warnings
import weakref
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from . import _jumpqr
from ._permits import Permits

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
        self._events: deque[tuple[Callable[[Any], object], Any]] = deque()

    def take_event(self, listener: Callable[[Any], object], event: Any) -> None:
        """Keep an event for the event loop. If the coroutine has left, hand it over there."""
        self._events.append((listener, event))
        if self._gone:
            try:
                self._loop.call_soon_threadsafe(self._tell_events)
            except RuntimeError:
                # The event loop is closed.
                self._tell_events()

    def _tell_events(self) -> None:
        while self._events:
            _jumpqr.tell(*self._events.popleft())

    def leave(self) -> None:
        """Cancel the token function's task, and tell the events: the coroutine no longer waits."""
        self._gone = True
        self._tell_events()
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


def on_loop(listener: Callable[[Any], object]) -> Callable[[Any], None]:
    """Return the function to which threads give the events of calls; the loop tells `listener`."""

    def tell(event: Any) -> None:
        waiting = caller.get(None)
        if waiting is None or asyncio._get_running_loop() is not None:
            _jumpqr.tell(listener, event)
        else:
            waiting.take_event(listener, event)

    return tell


LINGER = 2.0
"""How long the threads stay after the last work, in seconds."""


class Threads:
    """Threads for the calls that must wait. They start when they are needed, and end without work.

    They run at most as many calls as there are permits. They do not survive a fork, so each process
    has its own.
    """

    def __init__(self, count: int, queue_timeout: float) -> None:
        """Make so many permits. A call waits for one for at most `queue_timeout` seconds."""
        self.permits = Permits(count, queue_timeout)
        self._count = count
        self._pool: ThreadPoolExecutor | None = None
        self._closed = False
        self._jobs: set[concurrent.futures.Future[Any]] = set()
        self._last_end = 0.0
        self._timer_of: weakref.ref[asyncio.AbstractEventLoop] | None = None

    async def run(self, work: Callable[..., T], *arguments: object) -> T:
        """Do `work` on a thread, once there is a permit for it."""
        permit, waited = await self.permits.get()
        if permit is None:
            # It fails before it does anything.
            return work(None, waited, *arguments)
        return await self._run(permit, waited, work, *arguments)

    async def finish(self, call: _jumpqr.UnfinishedCall) -> Any:
        """Finish a call on a thread. It has a permit."""
        try:
            return await self._run(None, 0.0, call.finish)
        finally:
            # This has no effect once a thread has begun.
            call.cancel()

    async def _run(
        self,
        permit: _jumpqr.Permit | None,
        waited: float,
        work: Callable[..., T],
        *arguments: object,
    ) -> T:
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        waiting = Caller(loop)
        context.run(caller.set, waiting)
        cancel = _jumpqr.Cancel()
        handed_over = time.monotonic()

        def call() -> T:
            try:
                late = time.monotonic() - handed_over
                return context.run(work, cancel, waited + late, *arguments)
            finally:
                self.permits.give_back(permit)

        job = self._submit(call)
        self._jobs.add(job)
        result = asyncio.wrap_future(job)
        try:
            return await result
        finally:
            # None of this has an effect on a call that is done.
            cancel.cancel()
            waiting.leave()
            result.cancel()
            if job.cancelled():
                self.permits.give_back(permit)
            self._jobs.discard(job)
            self._last_end = time.monotonic()
            self._set_timer(loop, LINGER)
            # An exception of the call holds this frame. If the frame held the exception, too, the
            # connections would stay open until Python next looks for cycles.
            del result, job

    def _submit(self, call: Callable[[], T]) -> concurrent.futures.Future[T]:
        while not self._closed:
            pool = self._pool
            if pool is None:
                pool = self._pool = make_pool(self._count)
            try:
                return pool.submit(call)
            except RuntimeError:
                if pool is self._pool:
                    # The interpreter ends.
                    raise
        # A call that was in progress when the client was closed.
        pool = make_pool(1)
        try:
            return pool.submit(call)
        finally:
            pool.shutdown(wait=False)

    def _set_timer(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        if loop is not asyncio._get_running_loop():
            # Python deletes a coroutine, in whatever thread.
            return
        has_timer = None if self._timer_of is None else self._timer_of()
        if has_timer is None or has_timer.is_closed():
            self._timer_of = weakref.ref(loop)
            loop.call_later(seconds, self._end_threads, loop, context=contextvars.Context())

    def _end_threads(self, loop: asyncio.AbstractEventLoop) -> None:
        """End the threads, if they have had no work for long enough."""
        self._timer_of = None
        idle = time.monotonic() - self._last_end
        if self._jobs or idle < LINGER:
            self._set_timer(loop, LINGER if self._jobs else LINGER - idle)
        else:
            self._shut_down()

    def _shut_down(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False)

    def close(self) -> None:
        """Let the calls in progress end. Those that wait for a permit raise RuntimeError."""
        self._closed = True
        self.permits.close()
        self._shut_down()


def make_pool(count: int) -> ThreadPoolExecutor:
    """Make a pool of so many threads."""
    return ThreadPoolExecutor(count, thread_name_prefix="jumpqr")


def warn_of_patched_threads() -> None:
    """Warn if gevent or eventlet has replaced threads by greenlets: one that waits blocks all."""
    gevent, eventlet = sys.modules.get("gevent.monkey"), sys.modules.get("eventlet.patcher")
    if gevent is not None and gevent.is_module_patched("threading"):
        name, pool = "gevent", "gevent.get_hub().threadpool.apply"
    elif eventlet is not None and eventlet.is_monkey_patched("thread"):
        name, pool = "eventlet", "eventlet.tpool.execute"
    else:
        return
    text = f"{name} has replaced threads: while a call waits for a connection, nothing else runs"
    advice = f"use jumpqr.Client, and call its methods through {pool}"
    warnings.warn(f"{text}; {advice}", RuntimeWarning, stacklevel=4)
