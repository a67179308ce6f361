"""A driver's process: it is given orders, and says what they took."""

import json
import os
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass

from .clients import Client
from .server import Server

# Of the length that WeChat's have.
TOKEN = "7" * 136


@dataclass(frozen=True)
class Taken:
    """What the calls of an order took, or a whole process."""

    wall_s: float
    cpu_s: float
    latencies_us: list[float]


@dataclass(frozen=True)
class Cold:
    """What a whole process took: with one call, from its start to its end."""

    wall_s: float
    cpu_s: float
    peak_rss_bytes: int


def environment(client: Client, server: Server, scheme: str) -> dict[str, str]:
    """The environment of a driver: nothing in it that tells of proxies or certificates, but where there is no other way."""
    variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    if client.ca_variable and scheme == "https":
        variables[client.ca_variable] = str(server.ca)
    return variables


class Process:
    """A driver that lives until it is closed."""

    def __init__(self, client: Client, server: Server, scheme: str, base_url: str | None = None, core: int | None = None):
        url, *ca = server.arguments(scheme)
        pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
        self.command = [*pinned, *client.command(), base_url or url, TOKEN, *ca]
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(client, server, scheme),
            text=True,
        )
        self.client = client

    def order(self, warm: int, in_flight: int, calls: int) -> Taken:
        """Have it make calls, and return what those took that count."""
        with suppress(BrokenPipeError):
            self.process.stdin.write(f"{warm} {in_flight} {calls}\n")
            self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"{self.client.id} gave up; it was started with\n  {' '.join(self.command)}")
        return Taken(**json.loads(answer))

    def close(self) -> None:
        with suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
