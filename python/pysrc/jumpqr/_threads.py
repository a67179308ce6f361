"""The threads on which calls run for asyncio."""

from __future__ import annotations

import asyncio
import contextvars
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Callable, Optional, TypeVar

from . import _jumpqr
from ._connection import logged, process

T = TypeVar("T")

Work = Callable[[Optional[_jumpqr.GivenUp], float], T]
"""What a call does on a thread: with what it is given up by, and how long it has waited for its turn, in seconds."""

DEFAULT_MAX_CONCURRENCY = 64
"""As many calls as there are idle connections kept."""

calling_loop: contextvars.ContextVar[asyncio.AbstractEventLoop] = contextvars.ContextVar("calling_loop")
"""The event loop that waits for what this thread does."""


class Threads:
    """At most so many threads in each process; they start when they are needed.

    Threads do not survive a fork, so each process has a pool of its own.
    """

    def __init__(self, max_concurrency: int) -> None:
        """Make the pool of this process."""
        if max_concurrency < 1:
            raise ValueError(f"max_concurrency: give 1 or more, not {max_concurrency}")
        self._max_concurrency = max_concurrency
        self._pools = {process(): self._pool()}

    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._max_concurrency, thread_name_prefix="jumpqr")

    async def run(self, name: str, work: Work[T], limit: float) -> T:
        """Do `work` on a thread; where none is free within `limit` seconds, it ends as if its time were up."""
        here = process()
        pool = self._pools.get(here) or self._pools.setdefault(here, self._pool())
        context = contextvars.copy_context()
        context.run(calling_loop.set, asyncio.get_running_loop())
        given_up = _jumpqr.GivenUp()
        queued = time.monotonic()

        def call() -> T:
            return context.run(work, given_up, time.monotonic() - queued)

        with logged(name):
            turn = pool.submit(call)
            result = asyncio.wrap_future(turn)
            try:
                await asyncio.wait([result], timeout=limit)
                if turn.cancelled():
                    raise RuntimeError("the client was closed while the call waited for its turn; make another one")
                if not turn.done() and turn.cancel():
                    return work(None, limit)
                return await result
            finally:
                # Neither is of any effect on a call that is done.
                given_up.set()
                result.cancel()
                # What a call raised holds this frame: were it held in turn, the client's connections would stay open
                # until Python next looks for cycles.
                del result, turn

    def close(self) -> None:
        """Let the calls in progress end; those that still wait raise RuntimeError."""
        pool = self._pools.pop(process(), None)
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)
