"""The scenarios that show where the CPU time of a call goes.

The kernel reports its own share. The rest is divided among the client, the interpreter and the C
library, with samples of `perf` from a second run. In the same run, the sampling itself would count
as time of the kernel, because it takes time at each switch of threads.
"""

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .clients import Client
from .measure import WARM_UP_CALLS, count_calls_in
from .process import Process
from .results import Row
from .server import Server

# The clients with goals for each other, and the lower limit.
PROFILED = [
    "rust/jumpqr",
    "c/raw socket",
    "python/jumpqr",
    "python/pycurl",
    "node/jumpqr",
    "node/undici Pool",
]

# The CPU time during which a client is sampled, in seconds, and the samples per second.
SAMPLED_SECONDS = 3.0
FREQUENCY = 999

# The parts by the name of the file that contains the code. All other code is the client's.
PARTS = {
    "libc_us": re.compile(r"^(libc|libm|libpthread|ld-linux)\b|^libstdc|^libgcc|\[vdso\]"),
    "interpreter_us": re.compile(r"^libpython|^python|^node$|\[JIT\]|^//anon|\.cpython-"),
}


def measure_profile(clients: list[Client], server: Server, folder: Path) -> list[Row]:
    """Profiles clients over HTTP: calls one by one on one core, and 64 at once on all cores."""
    chosen = [client for client in clients if client.id in PROFILED]
    core = max(os.sched_getaffinity(0))
    server.pin({core})
    rows = [
        Row("profile, warm", client.id, "http", measure_parts(client, server, folder, 1, core))
        for client in chosen
    ]
    server.pin(os.sched_getaffinity(0))
    return rows + [
        Row("profile, 64", client.id, "http", measure_parts(client, server, folder, 64))
        for client in chosen
    ]


def measure_parts(
    client: Client, server: Server, folder: Path, in_flight: int, core: int | None = None
) -> dict[str, float]:
    """Returns the microseconds of a call in each part, and their sum."""
    samples = folder / "perf.data"
    with Process(client, server, "http", core) as process:
        calls = count_calls_in(SAMPLED_SECONDS, process.order(0, in_flight, WARM_UP_CALLS))
        taken = process.order(0, in_flight, calls)
        with sample_process(process.child.pid, samples):
            process.order(0, in_flight, calls)
    each = taken.cpu_s * 1e6 / len(taken.latencies_us)
    kernel = each * taken.system_s / taken.cpu_s
    counted = count_samples(samples)
    others = {
        part: (each - kernel) * counted[part] / counted.total() for part in (*PARTS, "client_us")
    }
    return {"kernel_us": kernel, **others, "cpu_us": each}


@contextmanager
def sample_process(pid: int, samples: Path) -> Iterator[None]:
    """Samples the process while the context lasts."""
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
            raise SystemExit("perf does not sample; check /proc/sys/kernel/perf_event_paranoid")

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


def count_samples(samples: Path) -> Counter[str]:
    """Returns the number of samples of each part."""
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
            counted[find_part(file.strip())] += int(number)
    return counted


def find_part(file: str) -> str:
    """Returns the part to which the code of this file belongs."""
    return next((part for part, names in PARTS.items() if names.search(file)), "client_us")
