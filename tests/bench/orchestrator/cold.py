"""The scenario with cold processes: a command or a cron job that makes one call and ends."""

import os
import time
from pathlib import Path

from .measure import Case, take_medians
from .process import Process
from .results import Row
from .server import Server


def measure_cold(measured: list[Case], server: Server, rounds: int) -> list[Row]:
    """Measures processes with one call, from start to end, on all cores."""
    server.pin(os.sched_getaffinity(0))
    taken: list[list[dict[str, float]]] = [[] for _ in measured]
    for _ in range(rounds):
        for case, figures in zip(measured, taken, strict=True):
            figures.append(measure_process(case, server))
    return [
        Row("cold", case.client.id, case.scheme, take_medians(figures))
        for case, figures in zip(measured, taken, strict=True)
    ]


def measure_process(case: Case, server: Server) -> dict[str, float]:
    """Measures one process."""
    begun = time.perf_counter()
    process = Process(case.client, server, case.scheme)
    process.order(0, 1, 1)
    peak = read_peak_rss(process.child.pid)
    used = process.close()
    return {
        "wall_ms": (time.perf_counter() - begun) * 1e3,
        "cpu_ms": (used.ru_utime + used.ru_stime) * 1e3,
        "peak_rss_mb": peak / 1e6,
    }


def read_peak_rss(pid: int) -> int:
    """Returns the peak memory of a running process, in bytes.

    The kernel's figure at the end of a process is never less than that of its parent.
    """
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        name, _, value = line.partition(":")
        if name == "VmHWM":
            return int(value.split()[0]) * 1024
    raise SystemExit(f"the process {pid} ended early")
