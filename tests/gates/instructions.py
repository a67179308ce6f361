"""The instructions of a warm call, counted by callgrind; they hardly vary between runs."""

import json
import os
import platform
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from orchestrator.clients import Client
from orchestrator.process import TOKEN, environment
from orchestrator.server import Server

COMMITTED = Path(__file__).with_suffix(".json")

# The allowed difference from the committed count: compilers and C libraries differ. Python's
# interpreter is a part of its counts, so with another one, only a large difference counts.
TOLERANCE = 0.05
TOLERANCE_OTHER_PYTHON = 0.25

CALLS = 500


@dataclass(frozen=True)
class Case:
    """A call that is counted, and its name in the committed file."""

    name: str
    client: Client
    scheme: str = "http"


CASES = [
    Case("rust, http", Client("rust", "jumpqr", "with_jumpqr")),
    Case("rust, https", Client("rust", "jumpqr", "with_jumpqr"), "https"),
    Case("c", Client("c", "jumpqr", "with_jumpqr")),
    Case("python", Client("python", "jumpqr", "with_jumpqr")),
    Case("python, mapping", Client("python", "jumpqr mapping", "with_jumpqr_mapping")),
    Case("python, publish", Client("python", "jumpqr publish", "with_jumpqr_publish")),
    Case("python, asyncio", Client("python", "jumpqr asyncio", "with_jumpqr_async")),
]


def check(server: Server, *, update: bool) -> Iterator[str]:
    """Prints the counts. Yields advice for each changed count, or updates the committed counts."""
    counts = count_all(server)
    tools = describe_tools()
    if update:
        COMMITTED.write_text(json.dumps({**tools, "counts": counts}, indent=2) + "\n")
    committed = json.loads(COMMITTED.read_text())
    for name, count in counts.items():
        limit = committed["counts"].get(name)
        if limit is None:
            yield f"{name}: no count is committed; commit it:\n  tests/gates/run --update"
            continue
        change = count / limit - 1
        print(
            f"{name}: {count:,} instructions a warm call, committed are {limit:,} ({change:+.1%})"
        )
        tool = "python" if name.startswith("python") else "rust"
        other_python = tool == "python" and committed[tool] != tools[tool]
        if abs(change) > (TOLERANCE_OTHER_PYTHON if other_python else TOLERANCE):
            yield advise(name, change, committed[tool], tools[tool])


def describe_tools() -> dict[str, str]:
    """Returns the versions on which the counts depend."""
    rustc = subprocess.run(
        ["rustc", "--version"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
    python = f"Python {platform.python_version()}, built with {platform.python_compiler()}"
    return {"rust": rustc, "python": python}


def advise(name: str, change: float, then: str, now: str) -> str:
    """Returns the advice about a changed count."""
    if change > 0:
        message = (
            f"{name}: a warm call takes {change:.1%} more instructions than committed.\n"
            "Find them with\n"
            "  valgrind --tool=callgrind DRIVER …; callgrind_annotate --inclusive=yes …\n"
            "and fix this. If the change is worth the cost, commit the new count with the reason:\n"
        )
    else:
        message = (
            f"{name}: a warm call takes {-change:.1%} fewer instructions than committed.\n"
            "Well done. Commit the new count, so that it stays low:\n"
        )
    message += "  tests/gates/run --update"
    if then != now:
        message += f"\nThe reason may be the compiler: it was {then}, and is now {now}."
    return message


def count_all(server: Server) -> dict[str, int]:
    """Returns the instructions of one warm call for each case.

    It is the difference of a long and a short run.
    """
    runs = [(case, calls) for case in CASES for calls in (CALLS, 2 * CALLS)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        totals = list(pool.map(lambda run: count_total(run[0], server, run[1]), runs))
    return {
        case.name: round((many - few) / CALLS)
        for case, few, many in zip(CASES, totals[::2], totals[1::2], strict=True)
    }


def count_total(case: Case, server: Server, calls: int) -> int:
    """Returns the instructions of a driver, from its start to its end."""
    base_url, ca = server.endpoint(case.scheme)
    valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
    # Otherwise the order in Python's sets, and so the work, differs between runs.
    variables = environment(case.client, ca) | {"PYTHONHASHSEED": "0"}
    done = subprocess.run(
        [*valgrind, *case.client.command(), base_url, TOKEN, *([ca] if ca else [])],
        input=f"50 1 {calls}\n",
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    counted = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or counted is None:
        raise SystemExit(f"callgrind did not count:\n{done.stderr}")
    return int(counted[1])
