"""`faults.json`: whatever a server does, a call ends as documented, in time, with little memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

import jumpqr
from hostile import Hostile, program
from jumpqr import Client
from vectors import Vector, check_secrets, choice, invoke, keys, load, run, same, wire

GRACE = 0.25
"""How much later than its deadline a call may end, in seconds."""

TRIES = 3
"""How often a call is made that ends too late: the machine may be busy with something else."""

MEMORY = 16 << 10
"""How many KiB of memory answers without end may take."""

RULE = {
    "prefix": "https://m.example.cn/a/",
    "path": "pages/index/index",
    "open_version": 1,
    "permit_sub_rule": 1,
}
WRITE = {"interface": "addJumpQRCode", "arguments": RULE}
READ: Vector = {"interface": "getJumpQRCode", "arguments": {}}


@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="memory is measured as Linux tells it"
)
def test_faults(count: Callable[[str, int], None]) -> None:
    vectors = load("faults.json", ["faults"])["faults"]
    endless = [vector for vector in vectors if vector["group"] == "endless"]
    others = [vector for vector in vectors if vector["group"] != "endless"]
    with program() as address:

        def check(vector: Vector) -> None:
            keys(vector, "name group fault write read", "timeout_ms max_retries second_call says")
            for call, ending in [(WRITE, vector["write"]), (READ, vector["read"])]:
                late = [meet(address, vector, call, ending)]
                while late[-1] > GRACE and len(late) < TRIES:
                    late.append(meet(address, vector, call, ending))
                assert late[-1] <= GRACE, f"{call['interface']} ended {late} s after its deadline"

        ran = run(others, check, at_once=8)
        before = peak()
        ran += run(endless, check, at_once=2)
        assert peak() - before <= MEMORY, "answers without end took too much memory"
    count("faults.json", ran)


def peak() -> int:
    """The most memory that this process has had so far, in KiB."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM:"))
    return int(line.split()[1])


def meet(address: tuple[str, int], vector: Vector, call: Vector, ending: Vector) -> float:
    """Make the call, and compare everything. Returns the seconds from its deadline to its end."""
    keys(ending, "result requests")
    timeout: float = vector.get("timeout_ms", 10_000) / 1000
    with closing(Hostile(address, vector["fault"])) as server:
        settings: dict[str, Any] = {
            "access_token": server.access_token,
            "base_url": server.base_url,
            "timeout": timeout,
            "max_retries": vector.get("max_retries", 0),
            "pacing": False,
            "tls_roots": server.tls_roots,
        }
        with Client(**settings) as client:
            if vector.get("second_call", False):
                invoke(client, READ)
                server.seen()
            begun = time.monotonic()
            try:
                answer, error = invoke(client, call), None
            except jumpqr.JumpqrError as failure:
                answer, error = None, failure
            taken = time.monotonic() - begun
        seen = server.seen()
        assert seen["requests"] == ending["requests"][: len(seen["requests"])], seen
        assert seen["elsewhere"] == 0
        compare(ending["result"], answer, error)
        if error is not None:
            check_secrets(error, [server.access_token])
            text = f"{error.message} {error.advice}"
            assert all(words in text for words in vector.get("says", [])), text
    return taken - timeout


def compare(result: Vector, answer: Any, error: Any) -> None:
    """Compare how a call has ended."""
    kind, expected = choice(result, "answer error")
    if kind == "answer":
        assert error is None, f"expected {expected}, found {error!r}"
        assert same(wire(answer), expected), (answer, expected)
        return
    keys(expected, "kind code retryable outcome", "errcode")
    assert error is not None, f"expected {expected}, found {answer}"
    found = {
        name: getattr(error, name) for name in ["kind", "code", "errcode", "retryable", "outcome"]
    }
    assert same(found, {"errcode": None, **expected}), (error, expected)
