"""The instructions of a warm call in Rust, counted by callgrind; they hardly vary between runs."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from orchestrator.clients import CLIENTS, Client
from orchestrator.process import TOKEN, environment
from orchestrator.server import Server

COMMITTED = Path(__file__).with_suffix(".json")

# The allowed difference from the committed count: compilers and C libraries differ.
TOLERANCE = 0.05

CALLS = 500


def check(server: Server, *, update: bool) -> Iterator[str]:
    """Prints the counts. Yields advice for each changed count, or updates the committed counts."""
    (rust,) = (client for client in CLIENTS if client.id == "rust/jumpqr")
    compiler = subprocess.run(
        ["rustc", "--version"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
    counts = {scheme: count_per_call(rust, server, scheme) for scheme in rust.schemes}
    if update:
        COMMITTED.write_text(json.dumps({"compiler": compiler, **counts}, indent=2) + "\n")
    committed = json.loads(COMMITTED.read_text())
    for scheme, count in counts.items():
        change = count / committed[scheme] - 1
        print(
            f"{scheme}: {count:,} instructions a warm call, "
            f"committed are {committed[scheme]:,} ({change:+.1%})"
        )
        if abs(change) > TOLERANCE:
            yield advise(scheme, change, committed["compiler"], compiler)


def advise(scheme: str, change: float, then: str, now: str) -> str:
    """Returns the advice about a changed count."""
    if change > 0:
        message = (
            f"{scheme}: a warm call takes {change:.1%} more instructions than committed.\n"
            "Find them with\n"
            "  valgrind --tool=callgrind DRIVER …; callgrind_annotate --inclusive=yes …\n"
            "and fix this. If the change is worth the cost, commit the new count with the reason:\n"
        )
    else:
        message = (
            f"{scheme}: a warm call takes {-change:.1%} fewer instructions than committed.\n"
            "Well done. Commit the new count, so that it stays low:\n"
        )
    message += "  tests/gates/run --update"
    if then != now:
        message += f"\nThe reason may be the compiler: it was {then}, and is now {now}."
    return message


def count_per_call(client: Client, server: Server, scheme: str) -> int:
    """Returns the instructions of one warm call: the difference of a long and a short run."""
    few, many = (count_total(client, server, scheme, calls) for calls in (CALLS, 2 * CALLS))
    return round((many - few) / CALLS)


def count_total(client: Client, server: Server, scheme: str, calls: int) -> int:
    """Returns the instructions of a driver, from its start to its end."""
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
        raise SystemExit(f"callgrind did not count:\n{done.stderr}")
    return int(counted[1])
