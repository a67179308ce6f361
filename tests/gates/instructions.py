"""The instructions of a warm call in Rust, counted by callgrind: they hardly differ from run to run."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from orchestrator.clients import CLIENTS, Client
from orchestrator.process import TOKEN, environment
from orchestrator.server import Server

COMMITTED = Path(__file__).with_suffix(".json")

# By how much a count may differ from what is committed to: compilers and C libraries differ.
TOLERANCE = 0.05

CALLS = 500


def check(server: Server, *, update: bool) -> Iterator[str]:
    """Print the counts, and say of each that is not what is committed to what to do; or commit to them."""
    (rust,) = (client for client in CLIENTS if client.id == "rust/jumpqr")
    compiler = subprocess.run(
        ["rustc", "--version"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
    counts = {scheme: per_call(rust, server, scheme) for scheme in rust.schemes}
    if update:
        COMMITTED.write_text(json.dumps({"compiler": compiler, **counts}, indent=2) + "\n")
    committed = json.loads(COMMITTED.read_text())
    for scheme, count in counts.items():
        change = count / committed[scheme] - 1
        print(
            f"{scheme}: {count:,} instructions a warm call, committed to {committed[scheme]:,} ({change:+.1%})"
        )
        if abs(change) > TOLERANCE:
            yield told(scheme, change, committed["compiler"], compiler)


def told(scheme: str, change: float, then: str, now: str) -> str:
    """What to do about a change."""
    if change > 0:
        message = (
            f"{scheme}: a warm call takes {change:.1%} more instructions than committed to. See where with\n"
            "  valgrind --tool=callgrind DRIVER …; callgrind_annotate --inclusive=yes …\n"
            "and fix it; or, where it is worth that, say why in the commit message, and commit to it with\n"
        )
    else:
        message = (
            f"{scheme}: a warm call takes {-change:.1%} fewer instructions than committed to.\n"
            "Well done: see to it that it stays so, and commit to it with\n"
        )
    message += "  tests/gates/run --update"
    if then != now:
        message += f"\nIt may be the compiler's doing: that was {then}, this is {now}."
    return message


def per_call(client: Client, server: Server, scheme: str) -> int:
    """What so many calls more take, each."""
    few, many = (total(client, server, scheme, calls) for calls in (CALLS, 2 * CALLS))
    return round((many - few) / CALLS)


def total(client: Client, server: Server, scheme: str, calls: int) -> int:
    """What a driver takes from its start to its end."""
    base_url, ca = server.endpoint(scheme)
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    done = subprocess.run(
        [*valgrind, *client.command(), base_url, TOKEN, *([ca] if ca else [])],
        input=f"50 1 {calls}\n",
        env=environment(client, ca),
        capture_output=True,
        text=True,
        check=False,
    )
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or counted is None:
        raise SystemExit(f"callgrind counts nothing:\n{done.stderr}")
    return int(counted[1])
