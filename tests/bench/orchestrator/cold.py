"""The scenario with cold processes: what a command or a job of cron takes that makes one call and ends."""

import os
import time
from pathlib import Path

from .measure import Case, medians
from .process import Process
from .results import Row
from .server import Server


def cold(measured: list[Case], server: Server, rounds: int) -> list[Row]:
    """From the start of a process to its end, with one call, on all cores."""
    server.pin(os.sched_getaffinity(0))
    taken: list[list[dict[str, float]]] = [[] for _ in measured]
    for _ in range(rounds):
        for case, figures in zip(measured, taken, strict=True):
            figures.append(whole(case, server))
    return [
        Row("cold", case.client.id, case.scheme, medians(figures))
        for case, figures in zip(measured, taken, strict=True)
    ]


def whole(case: Case, server: Server) -> dict[str, float]:
    """The figures of one process."""
    begun = time.perf_counter()
    process = Process(case.client, server, case.scheme)
    process.order(0, 1, 1)
    peak = peak_rss(process.child.pid)
    used = process.close()
    return {
        "wall_ms": (time.perf_counter() - begun) * 1e3,
        "cpu_ms": (used.ru_utime + used.ru_stime) * 1e3,
        "peak_rss_mb": peak / 1e6,
    }


def peak_rss(pid: int) -> int:
    """The most memory it has had, in bytes. What the kernel says at its end is no less than what its parent has."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) * 1024
    raise SystemExit(f"the process {pid} has no memory: it ended early")
