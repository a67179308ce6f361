"""The memory of an idle connection: many connections of one client, and their share of its RSS."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from .measure import Case, take_medians
from .process import Process, read_memory
from .results import Row
from .server import Server

# The number of calls at once. jumpqr keeps no more idle connections.
CALLS = 64

# If fewer connections are opened, other memory counts too much.
MIN_CONNECTIONS = 8


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

    The connections are counted: a slow client starts its last calls when the first have ended.
    The threads of the calls have ended, but the process may keep some of their memory.
    """
    with Process(case.client, server, f"slow {case.scheme}") as process:
        # Two calls at once load all code, and start threads.
        process.order(0, 2, 2)
        pid = process.child.pid
        memory, connections = read_memory(pid, "VmRSS"), count_connections(pid)
        process.order(0, CALLS, CALLS)
        memory = read_memory(pid, "VmRSS") - memory
        connections = count_connections(pid) - connections
        if connections < MIN_CONNECTIONS:
            raise SystemExit(f"{case.client.id} opened only {connections} connections")
        return {"connection_kb": memory / 1e3 / connections, "connections": connections}


def count_connections(pid: int) -> int:
    """Returns the number of TCP connections of a process, without its other sockets."""
    with_heading = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()
    connections = {f"socket:[{line.split()[9]}]" for line in with_heading[1:]}
    return sum(link in connections for link in read_links(Path(f"/proc/{pid}/fd")))


def read_links(folder: Path) -> Iterator[str]:
    """Yields the file of each descriptor. The process may close some meanwhile."""
    for descriptor in folder.iterdir():
        with suppress(FileNotFoundError):
            yield os.readlink(descriptor)
