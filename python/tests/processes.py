"""What happens in a process that was forked from this one."""

from __future__ import annotations

import multiprocessing
from typing import Any


def _in_child(queue: Any, work: Any, *arguments: Any) -> None:
    try:
        queue.put(work(*arguments))
    except Exception as error:
        queue.put(error)


def fork(work: Any, *arguments: Any) -> Any:
    """What `work` returns or raises in a process that was forked from this one."""
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()
    child = context.Process(target=_in_child, args=(queue, work, *arguments))
    child.start()
    child.join(20)
    assert child.exitcode == 0, "the child hangs, or has crashed"
    return queue.get()
