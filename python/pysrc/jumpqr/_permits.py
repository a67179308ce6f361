"""How many calls run at once, in event loops and on threads together."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context

from . import _jumpqr
from ._event_loop import drop_calls_of_closed_loops

BETWEEN_LOOKS = 1.0
"""How often a queue looks for free permits that nobody has told it of, in seconds."""


class Permits:
    """A call needs a permit while it runs. Calls wait for the free permits in their order.

    The calls of each event loop wait in a queue of their own, so no loop holds up the others.
    """

    def __init__(self, count: int, queue_timeout: float) -> None:
        """Make `count` permits. A call waits for at most `queue_timeout` seconds."""
        self.free = _jumpqr.Permits(count)
        self.queues: dict[asyncio.AbstractEventLoop, _Queue] = {}
        """If there are any, a call must not take a permit from those that wait."""
        self._queue_timeout = queue_timeout
        self._closed = False

    async def get(self) -> tuple[_jumpqr.Permit | None, float]:
        """Return a permit, and how many seconds it took.

        If the queue timeout ended before, the permit is None.
        """
        permit = None if self.queues else self.free.take()
        if permit is not None:
            return permit, 0.0
        queued = time.monotonic()
        loop = asyncio.get_running_loop()
        queue = self.queues.get(loop) or _Queue(self.free, self.queues, loop)
        future = queue.append(queued + self._queue_timeout)
        self.queues[loop] = queue
        # One may have come back before the queue was there.
        queue.grant()
        try:
            permit = await future
        except BaseException:
            # The permit may have been granted at the same moment. The event loop still holds the
            # future, so the permit would be given back too late for the next call.
            is_granted = future.done() and not future.cancelled()
            self.give_back(future.result() if is_granted else None)
            raise
        if self._closed:
            self.give_back(permit)
            raise RuntimeError("the client was closed while the call waited; make another one")
        return permit, time.monotonic() - queued

    def give_back(self, permit: _jumpqr.Permit | None) -> None:
        """Give the permit of a call back. Without one, the call has given it back itself."""
        if permit is not None:
            permit.give_back()
        if self.queues:
            self.grant()

    def grant(self) -> None:
        """Give the free permits to calls that wait. Any thread may call this."""
        here = asyncio._get_running_loop()
        queues = list(self.queues.items())
        for loop, queue in queues:
            if loop is here and len(queues) == 1:
                queue.grant()
            else:
                # Otherwise, this loop would always be the first.
                self._call_soon(loop, queue.grant)

    def close(self) -> None:
        """Refuse the calls that wait."""
        self._closed = True
        for loop, queue in list(self.queues.items()):
            self._call_soon(loop, queue.clear)

    def _call_soon(self, loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> None:
        try:
            loop.call_soon_threadsafe(callback, context=Context())
        except RuntimeError:
            # The loop is closed.
            self.queues.pop(loop, None)


class _Queue:
    """The calls of one event loop that wait for permits. Only its thread uses this."""

    def __init__(
        self,
        permits: _jumpqr.Permits,
        queues: dict[asyncio.AbstractEventLoop, _Queue],
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        """Make an empty queue, which removes itself from `queues` when it is empty again."""
        self._permits = permits
        self._queues = queues
        self._loop = loop
        self._waiting: deque[tuple[asyncio.Future[_jumpqr.Permit | None], float]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def append(self, until: float) -> asyncio.Future[_jumpqr.Permit | None]:
        """Queue a call. All have the same queue timeout, so the first is the first to leave."""
        future: asyncio.Future[_jumpqr.Permit | None] = self._loop.create_future()
        self._waiting.append((future, until))
        if self._timer is None:
            self._set_timer()
        return future

    def grant(self) -> None:
        """Give the free permits to the first calls."""
        while self._waiting:
            permit = self._permits.take()
            if permit is None:
                return
            self._settle_first(permit)
            # If the first call was cancelled, the permit must be free for the next one.
            del permit
        self._leave()

    def clear(self) -> None:
        """Give no permit to any call."""
        while self._waiting:
            self._settle_first(None)
        self._leave()

    def _settle_first(self, permit: _jumpqr.Permit | None) -> None:
        future, _ = self._waiting.popleft()
        # It may have been cancelled. Then the permit is given back when it is deleted.
        if not future.done():
            future.set_result(permit)

    def _leave(self) -> None:
        # It may have left before, and the loop may have another queue by now.
        if self._queues.get(self._loop) is self:
            del self._queues[self._loop]
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _set_timer(self) -> None:
        _, until = self._waiting[0]
        left = min(until - time.monotonic(), BETWEEN_LOOKS)
        self._timer = self._loop.call_later(left, self._look, context=Context())

    def _look(self) -> None:
        self._timer = None
        now = time.monotonic()
        while self._waiting and self._waiting[0][1] <= now:
            self._settle_first(None)
        drop_calls_of_closed_loops()
        self.grant()
        if self._waiting:
            self._set_timer()
