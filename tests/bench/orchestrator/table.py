"""The results as Markdown."""

from collections.abc import Iterable, Sequence

from tabulate import tabulate

from .clients import LANGUAGES
from .goals import Verdict
from .results import SCHEMES, Results, Row

SCHEME_NAMES = {"http": "HTTP", "https": "TLS 1.3", "slow": "HTTP", "": ""}

# The title of each figure, and its number of decimals.
FIGURES = {
    "cpu_us": ("CPU, µs", 1),
    "p50_us": ("p50, µs", 0),
    "p99_us": ("p99, µs", 0),
    "calls_per_s": ("calls/s", 0),
    "wall_ms": ("wall, ms", 1),
    "cpu_ms": ("CPU, ms", 1),
    "peak_rss_mb": ("peak RSS, MB", 1),
    "kernel_us": ("kernel", 1),
    "client_us": ("client", 1),
    "interpreter_us": ("interpreter", 1),
    "libc_us": ("libc", 1),
    "ns": ("ns", 0),
    "mb": ("MB", 2),
}

# The parts of the CPU time of a call, and their sum.
PARTS = ["kernel_us", "client_us", "interpreter_us", "libc_us", "cpu_us"]

# The title of each scenario, and the figures to show.
SCENARIOS = {
    "warm": (
        "One call after the other, client and server on one core",
        ["cpu_us", "p50_us", "p99_us"],
    ),
    "8 in flight": ("8 in flight, on all cores", ["calls_per_s", "cpu_us", "p99_us"]),
    "64 in flight": ("64 in flight, on all cores", ["calls_per_s", "cpu_us", "p99_us"]),
    "slow": ("64 in flight, to a server that takes 20 ms", ["calls_per_s", "cpu_us", "p99_us"]),
    "cold": ("A cold process with one call", ["wall_ms", "cpu_ms", "peak_rss_mb"]),
    "profile, warm": ("Where the CPU of a call goes: one after the other, in µs", PARTS),
    "profile, 64": ("Where the CPU of a call goes: 64 in flight, in µs", PARTS),
    "offline": ("Offline", ["ns"]),
    "sizes": ("Sizes", ["mb"]),
}


def format_results(results: Results, verdicts: Sequence[Verdict]) -> str:
    """Returns all tables. The table of goals is the first."""
    parts = []
    if verdicts:
        met = sum(verdict.met for verdict in verdicts)
        parts.append(f"## Goals: {met} of {len(verdicts)} met\n\n{format_goals(verdicts)}")
    for scenario, (title, names) in SCENARIOS.items():
        if rows := results.of(scenario):
            parts.append(f"## {title}\n\n{format_figures(rows, names)}")
    return "\n\n".join(parts) + "\n"


def format_goals(verdicts: Iterable[Verdict]) -> str:
    """Returns the table of goals: the ratio or figure, and whether it meets the goal."""
    rows = [
        (
            verdict.goal.client,
            f"{verdict.goal.scenario}: {FIGURES[verdict.goal.figure][0]}",
            verdict.goal.against or "",
            SCHEME_NAMES[verdict.scheme],
            f"{verdict.value:.3g}" if verdict.value < 100 else f"{verdict.value:.0f}",
            str(verdict.goal),
            "met" if verdict.met else "**missed**",
        )
        for verdict in verdicts
    ]
    return format_table(["", "figure", "against", "over", "measured", "goal", ""], rows, "lllllll")


def format_ratios(verdicts: Iterable[Verdict]) -> str:
    """Returns the measured ratios of CPU per call, with the schemes side by side."""
    lines: dict[tuple[str, str], dict[str, str]] = {}
    for verdict in verdicts:
        goal = verdict.goal
        if goal.scenario == "warm" and goal.against:
            lines.setdefault((goal.client, goal.against), {})[verdict.scheme] = (
                f"{verdict.value:.2g}"
            )
    body = [
        (*compared, *(by_scheme.get(scheme, "") for scheme in SCHEMES))
        for compared, by_scheme in lines.items()
    ]
    return format_table(["", "beside", *(SCHEME_NAMES[scheme] for scheme in SCHEMES)], body, "llrr")


def format_figures(rows: Sequence[Row], names: Sequence[str]) -> str:
    """Returns a table with a line for each client, and the schemes side by side."""
    schemes = [
        scheme for scheme in (*SCHEMES, "slow", "") if any(row.scheme == scheme for row in rows)
    ]
    head = [""]
    for scheme in schemes:
        head += [f"{SCHEME_NAMES[scheme]} {FIGURES[name][0]}".strip() for name in names]
    lines: dict[str, dict[str, Row]] = {}
    for row in rows:
        lines.setdefault(row.client, {})[row.scheme] = row
    body = []
    for client, by_scheme in sorted(
        lines.items(), key=lambda line: LANGUAGES.index(line[0].split("/")[0])
    ):
        cells = [client]
        for scheme in schemes:
            row = by_scheme.get(scheme)
            cells += [f"{row.figures[name]:,.{FIGURES[name][1]}f}" if row else "" for name in names]
        body.append(cells)
    return format_table(head, body, "l" + "r" * (len(head) - 1))


def format_table(head: Sequence[str], body: Sequence[Sequence[str]], columns: str) -> str:
    align = [{"l": "left", "r": "right"}[column] for column in columns]
    return tabulate(body, head, tablefmt="pipe", colalign=align, disable_numparse=True)
