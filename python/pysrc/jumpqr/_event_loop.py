"""The calls that await responses in an event loop, without a thread."""

from __future__ import annotations

import asyncio
import math
import os
import sys
from contextvars import Context
from typing import TYPE_CHECKING, Any
from weakref import ref

from . import _jumpqr

if TYPE_CHECKING:
    from ._threads import Threads

_loops: dict[int, tuple[ref[asyncio.AbstractEventLoop], ref[LoopCalls]]] = {}
"""The calls of each event loop, by its id. The loop owns them, because it watches them."""

if hasattr(os, "register_at_fork"):
    # A child may use the loop of its parent, but not the calls in it.
    os.register_at_fork(after_in_child=_loops.clear)


def loop_calls(loop: asyncio.AbstractEventLoop) -> LoopCalls | None:
    """Return the calls of the running loop; None if it cannot watch them."""
    key = id(loop)
    found = _loops.get(key)
    calls = None if found is None else found[1]()
    if calls is None and sys.platform == "linux":
        try:
            calls = LoopCalls(loop)
        except (NotImplementedError, OSError):
            # The loop has no readers, or there are too many open files.
            return None

        def forget(_: object, loops: dict[int, Any] = _loops) -> None:
            loops.pop(key, None)

        _loops[key] = ref(loop, forget), ref(calls)
    return calls


def drop_calls_of_closed_loops() -> None:
    """End the calls that nobody will ever go on with. Their permits are free then."""
    for loop_reference, reference in list(_loops.values()):
        loop, calls = loop_reference(), reference()
        if loop is not None and calls is not None and loop.is_closed():
            calls.drop()


class LoopCalls:
    """The calls of one event loop that await responses."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Make an empty set, and have the loop watch it."""
        self._calls = _jumpqr.InFlightCalls()
        self._futures: dict[int, asyncio.Future[None]] = {}
        """What the coroutines of the calls await, by the names of the calls."""
        self._timer: asyncio.TimerHandle | None = None
        # The loop keeps the callback's context. An empty one keeps nothing of the first call alive.
        Context().run(loop.add_reader, self._calls.descriptor(), self._look)

    async def run(
        self,
        loop: asyncio.AbstractEventLoop,
        threads: Threads,
        native: _jumpqr.OpenClient,
        *arguments: Any,
    ) -> Any:
        """Run a call to its end. Where it must wait, it runs on a thread."""
        calls, permits = self._calls, threads.permits
        try:
            begun = None
            if not permits.queues:
                begun = calls.begin(native, permits.free, None, 0.0, *arguments)
            if begun is None:
                permit, waited = await permits.get()
                if permit is None:
                    # It fails before it does anything.
                    return native.call(None, waited, *arguments)
                try:
                    begun = calls.begin(native, permits.free, permit, waited, *arguments)
                except BaseException:
                    # If an argument has the wrong type, the call has not taken the permit over.
                    permits.give_back(permit)
                    raise
            while type(begun) is int:
                self._futures[begun] = future = loop.create_future()
                seconds = calls.seconds_to_timer()
                if seconds is not None:
                    self._set_timer(loop, seconds)
                try:
                    await future
                except BaseException:
                    calls.cancel(begun)
                    raise
                finally:
                    self._futures.pop(begun, None)
                begun = calls.go_on(begun)
            if type(begun) is _jumpqr.UnfinishedCall:
                return await threads.finish(begun)
            return begun
        finally:
            if permits.queues:
                permits.grant()

    def drop(self) -> None:
        """Cancel all calls. The loop is closed, so their coroutines stay where they are."""
        while self._futures:
            call, _ = self._futures.popitem()
            self._calls.cancel(call)

    def _look(self) -> None:
        self._wake(self._calls.look())

    def time_out(self) -> None:
        """Wake the calls that are out of time, when the timer has gone off."""
        self._timer = None
        self._wake(self._calls.time_out())
        seconds = self._calls.seconds_to_timer()
        if seconds is not None:
            self._set_timer(asyncio.get_running_loop(), seconds)

    def _wake(self, ready: list[int]) -> None:
        for call in ready:
            future = self._futures.get(call)
            if future is None:
                # Its coroutine has ended before it awaited anything, as by Ctrl-C.
                self._calls.cancel(call)
            elif not future.done():
                # The coroutine of a cancelled future cancels the call itself.
                future.set_result(None)

    def _set_timer(self, loop: asyncio.AbstractEventLoop, seconds: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        # uvloop rounds to milliseconds.
        delay = math.ceil(seconds * 1000) / 1000
        # The timer must not hold this, which holds the timer.
        self._timer = loop.call_later(delay, time_out, ref(self), context=Context())


def time_out(reference: ref[LoopCalls]) -> None:
    """Tell the calls that the timer has gone off."""
    calls = reference()
    if calls is not None:
        calls.time_out()
