"""The load of the machine: the CPU time of processes other than client, server and this one."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# On a quiet machine, other processes use at most this share of one core, in percent.
QUIET_PERCENT = 10

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class LoadMeter:
    """Adds up what other processes use while a client is measured, over all its rounds."""

    def __init__(self) -> None:
        self.wall_s = 0.0
        self.others_s = 0.0
        self.load_average = 0.0

    @contextmanager
    def running(self, *measured: int) -> Iterator[None]:
        """Counts while the context lasts, without the processes `measured`."""
        own = (*measured, os.getpid())
        begun, before = time.perf_counter(), read_others(own)
        yield
        self.others_s += read_others(own) - before
        self.wall_s += time.perf_counter() - begun
        self.load_average = max(self.load_average, os.getloadavg()[0])

    def figures(self) -> dict[str, float]:
        """Returns the share of one core that others used, and the highest load average."""
        # The kernel counts in ticks, so the time of others may seem negative.
        others = max(0.0, 100 * self.others_s / self.wall_s)
        return {"others_percent": others, "load_average": self.load_average}


def read_others(own: tuple[int, ...]) -> float:
    """Returns the CPU seconds of all processes since the start of the machine, except `own`."""
    return (read_busy_ticks() - sum(map(read_ticks, own))) / TICKS_PER_SECOND


def read_busy_ticks() -> int:
    """Returns the ticks in which a core was not idle. Ticks of other virtual machines count."""
    fields = Path("/proc/stat").read_text().split(maxsplit=9)
    user, nice, system, _idle, _iowait, irq, softirq, steal = map(int, fields[1:9])
    return user + nice + system + irq + softirq + steal


def read_ticks(pid: int) -> int:
    """Returns the ticks of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))


def describe_load() -> str:
    """Measures for two seconds what runs beside the bench. Returns a sentence."""
    meter = LoadMeter()
    with meter.running():
        time.sleep(2)
    percent = meter.figures()["others_percent"]
    quiet = "quiet" if percent <= QUIET_PERCENT else "NOT QUIET, and the results will say so"
    return f"other processes use {percent:.0f} % of a core; it is {quiet}"
