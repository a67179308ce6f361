"""The process of a driver. It gets orders, and reports the time of their calls."""

import json
import os
import resource
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .clients import Client
from .server import Server

# As long as WeChat's tokens.
TOKEN = "7" * 136


@dataclass(frozen=True)
class Timing:
    """The time that the calls of an order took."""

    wall_s: float
    user_s: float
    system_s: float
    latencies_us: list[float]

    @property
    def cpu_s(self) -> float:
        return self.user_s + self.system_s


def environment(client: Client, ca: str | None) -> dict[str, str]:
    """Returns the environment of a driver, without proxies."""
    variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    if client.ca_variable and ca:
        variables[client.ca_variable] = ca
    return variables


def read_memory(pid: int, name: str) -> int:
    """Returns a figure of a process's memory in bytes, such as `VmRSS`."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        field, _, value = line.partition(":")
        if field == name:
            return int(value.split()[0]) * 1024
    raise SystemExit(f"the process {pid} ended early")


class Process:
    """A driver that waits for orders until it is closed."""

    def __init__(
        self, client: Client, server: Server, endpoint: str, core: int | None = None
    ) -> None:
        """Starts the driver for an endpoint of the server, on one core or on all cores."""
        base_url, ca = server.endpoint(endpoint)
        pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
        self.command = [*pinned, *client.command(), base_url, TOKEN, *([ca] if ca else [])]
        self.client = client
        self.child = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(client, ca),
            text=True,
        )

    def order(self, warm: int, in_flight: int, calls: int) -> Timing:
        """Makes `warm` calls, then measures `calls` calls, `in_flight` at a time."""
        with suppress(BrokenPipeError):
            self.child.stdin.write(f"{warm} {in_flight} {calls}\n")
            self.child.stdin.flush()
        answer = self.child.stdout.readline()
        if not answer:
            raise SystemExit(
                f"{self.client.id} ended early; it was started with\n  {' '.join(self.command)}"
            )
        return Timing(**json.loads(answer))

    def close(self) -> resource.struct_rusage:
        """Waits for the end of the process, and returns its resource usage."""
        with suppress(BrokenPipeError):
            self.child.stdin.close()
        self.child.stdout.close()
        _, status, used = os.wait4(self.child.pid, 0)
        self.child.returncode = os.waitstatus_to_exitcode(status)
        return used

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
