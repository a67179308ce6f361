"""The memory of an idle connection: many connections of one client, and their share of its RSS."""

import os
from collections.abc import Iterator
from pathlib import Path

from .measure import Case, take_medians
from .process import Process, read_memory
from .results import Row
from .server import Server

# jumpqr keeps no more idle connections.
CONNECTIONS = 64


def measure_idle(measured: list[Case], server: Server, rounds: int) -> list[Row]:
    """Measures clients over both schemes. The load of the machine does not matter."""
    server.pin(os.sched_getaffinity(0))
    return [
        Row(
            "idle",
            case.client.id,
            case.scheme,
            take_medians([measure_process(case, server) for _ in range(rounds)]),
        )
        for case in measured
    ]


def measure_process(case: Case, server: Server) -> dict[str, float]:
    """Measures one process: calls at the same time to a slow server open a connection each.

    The connections are counted, because a call may start only after another has ended. Threads of
    the calls have ended, but the process may keep some of their memory.
    """
    with Process(case.client, server, f"slow {case.scheme}") as process:
        # Two calls at once load all code, and start threads.
        process.order(0, 2, 2)
        pid = process.child.pid
        memory, connections = read_memory(pid, "VmRSS"), count_sockets(pid)
        process.order(0, CONNECTIONS, CONNECTIONS)
        memory = read_memory(pid, "VmRSS") - memory
        connections = count_sockets(pid) - connections
        if connections < CONNECTIONS / 2:
            raise SystemExit(f"{case.client.id} keeps only {connections} more connections")
        return {"connection_kb": memory / 1e3 / connections, "connections": connections}


def count_sockets(pid: int) -> int:
    return sum(link.startswith("socket:") for link in read_links(Path(f"/proc/{pid}/fd")))


def read_links(folder: Path) -> Iterator[str]:
    """Yields the file of each descriptor. Other threads may close one in between."""
    for descriptor in folder.iterdir():
        try:
            yield os.readlink(descriptor)
        except FileNotFoundError:
            continue
