"""The scenarios that say where the processor time of a call goes.

How much is the kernel's, the kernel itself says. The rest is shared out among the client, the interpreter and the C
library by samples that `perf` takes in a second run: sampling takes time wherever threads are switched, which would be
taken for the kernel's.
"""

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .clients import Client
from .measure import WARM_UP_CALLS, calls_in
from .process import Process
from .results import Row
from .server import Server

# Whose goals are compared with each other, and the floor.
PROFILED = [
    "rust/jumpqr",
    "c/raw socket",
    "python/jumpqr",
    "python/pycurl",
    "node/jumpqr",
    "node/undici Pool",
]

# How much of the processor a client is sampled for, in seconds, and how often in each of them.
SAMPLED = 3.0
FREQUENCY = 999

# By what the file is called in which code is executed; whatever fits none is the client's.
PARTS = {
    "libc_us": re.compile(r"^(libc|libm|libpthread|ld-linux)\b|^libstdc|^libgcc|\[vdso\]"),
    "interpreter_us": re.compile(r"^libpython|^python|^node$|\[JIT\]|^//anon|\.cpython-"),
}


def profile(clients: list[Client], server: Server, folder: Path) -> list[Row]:
    """Profile the clients over HTTP: one call after the other on one core, and 64 at once on all."""
    chosen = [client for client in clients if client.id in PROFILED]
    core = max(os.sched_getaffinity(0))
    server.pin({core})
    rows = [
        Row("profile, warm", client.id, "http", shares(client, server, folder, 1, core))
        for client in chosen
    ]
    server.pin(os.sched_getaffinity(0))
    return rows + [
        Row("profile, 64", client.id, "http", shares(client, server, folder, 64))
        for client in chosen
    ]


def shares(
    client: Client, server: Server, folder: Path, in_flight: int, core: int | None = None
) -> dict[str, float]:
    """The microseconds of a call that each part takes, and all of them."""
    samples = folder / "perf.data"
    with Process(client, server, "http", core) as process:
        calls = calls_in(SAMPLED, process.order(0, in_flight, WARM_UP_CALLS))
        before = times(process.child.pid)
        taken = process.order(0, in_flight, calls)
        user, system = (
            after - before for before, after in zip(before, times(process.child.pid), strict=True)
        )
        with sampled(process.child.pid, samples):
            process.order(0, in_flight, calls)
    each = taken.cpu_s * 1e6 / len(taken.latencies_us)
    kernel = each * system / (user + system)
    counted = count(samples)
    others = {
        part: (each - kernel) * counted[part] / counted.total() for part in (*PARTS, "client_us")
    }
    return {"kernel_us": kernel, **others, "cpu_us": each}


def times(pid: int) -> tuple[int, int]:
    """What a process has taken of the processor so far, outside of the kernel and in it, in the kernel's unit."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]), int(fields[12])


@contextmanager
def sampled(pid: int, samples: Path) -> Iterator[None]:
    """Sample the process for as long as the context lasts."""
    (orders, order), (answer, answers) = os.pipe(), os.pipe()
    what = [
        "--event",
        "cpu-clock:u",
        "--freq",
        str(FREQUENCY),
        "--pid",
        str(pid),
        "--output",
        str(samples),
    ]
    when = ["--delay", "-1", "--control", f"fd:{orders},{answers}"]
    recorder = subprocess.Popen(
        ["perf", "record", "--quiet", *what, *when], pass_fds=(orders, answers)
    )
    os.close(orders)
    os.close(answers)

    def tell(what: bytes) -> None:
        os.write(order, what)
        if not os.read(answer, 16).startswith(b"ack"):
            raise SystemExit(
                "perf does not sample: is it allowed to? see /proc/sys/kernel/perf_event_paranoid"
            )

    try:
        tell(b"enable\n")
        yield
        tell(b"stop\n")
        recorder.wait()
    finally:
        recorder.kill()
        recorder.wait()
        os.close(order)
        os.close(answer)


def count(samples: Path) -> Counter[str]:
    """How many samples each part has."""
    command = [
        "perf",
        "report",
        "--input",
        str(samples),
        "--sort",
        "dso",
        "--fields",
        "sample,dso",
        "--stdio",
    ]
    report = subprocess.run([*command, "--quiet"], capture_output=True, text=True, check=True)
    counted: Counter[str] = Counter()
    for line in report.stdout.splitlines():
        number, _, file = line.strip().partition(" ")
        if number.isdigit():
            counted[part_of(file.strip())] += int(number)
    return counted


def part_of(file: str) -> str:
    """The part that code of this file belongs to."""
    return next((part for part, names in PARTS.items() if names.search(file)), "client_us")
