"""The scenario with cold processes: a command or a cron job that makes one call and ends."""

import os
import time

from .load import LoadMeter
from .measure import Case, take_medians
from .process import Process, read_memory
from .results import Row
from .server import Server


def measure_cold(measured: list[Case], server: Server, rounds: int) -> list[Row]:
    """Measures processes with one call, from start to end, on all cores."""
    server.pin(os.sched_getaffinity(0))
    taken: list[list[dict[str, float]]] = [[] for _ in measured]
    meters = [LoadMeter() for _ in measured]
    for _ in range(rounds):
        for case, figures, meter in zip(measured, taken, meters, strict=True):
            # The process has ended when the context ends; its time counts as this process's.
            with meter.running(server.worker):
                figures.append(measure_process(case, server))
    return [
        Row("cold", case.client.id, case.scheme, take_medians(figures) | meter.figures())
        for case, figures, meter in zip(measured, taken, meters, strict=True)
    ]


def measure_process(case: Case, server: Server) -> dict[str, float]:
    """Measures one process.

    The memory is read before the process ends. The figure that the kernel gives after the end
    is too large: it begins with the memory of the parent.
    """
    begun = time.perf_counter()
    process = Process(case.client, server, case.scheme)
    process.order(0, 1, 1)
    peak = read_memory(process.child.pid, "VmHWM")
    used = process.close()
    return {
        "wall_ms": (time.perf_counter() - begun) * 1e3,
        "cpu_ms": (used.ru_utime + used.ru_stime) * 1e3,
        "kernel_ms": used.ru_stime * 1e3,
        "peak_rss_mb": peak / 1e6,
    }
