"""The hostile server: the program `hostile` of the crate `jumpqr-tests`, at `JUMPQR_HOSTILE`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Hostile:
    """A server that meets every request with its fault."""

    def __init__(self, address: tuple[str, int], fault: str) -> None:
        self._control = socket.create_connection(address, timeout=30)
        self._lines = self._control.makefile("r", encoding="utf-8")
        started = self._ask(fault)
        self.base_url: str = started["base_url"]
        self.access_token: str = started["access_token"]
        self.tls_roots: Any = started["tls_roots"] and started["tls_roots"].encode()

    def seen(self) -> dict[str, Any]:
        """What it has seen; connections that are kept meet their fault."""
        return self._ask("seen")

    def close(self) -> None:
        """Stop it."""
        self._lines.close()
        self._control.close()

    def _ask(self, line: str) -> dict[str, Any]:
        self._control.sendall(line.encode() + b"\n")
        answer = self._lines.readline()
        assert answer.startswith("{"), answer
        answered: dict[str, Any] = json.loads(answer)
        return answered


@contextmanager
def program() -> Iterator[tuple[str, int]]:
    """Run the program; gives the address to ask for servers at."""
    path = os.environ["JUMPQR_HOSTILE"]
    with subprocess.Popen(
        [path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin
        assert process.stdout
        host, port = process.stdout.readline().split(":")
        yield host, int(port)
        # It ends when its standard input does.
        process.stdin.close()
