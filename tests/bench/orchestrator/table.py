"""The results as Markdown."""

from collections.abc import Iterable, Sequence

from tabulate import tabulate

from .clients import LANGUAGES
from .goals import Verdict
from .results import SCHEMES, Results, Row

SCHEME_NAMES = {"http": "HTTP", "https": "TLS 1.3", "slow": "HTTP", "": ""}

# What a figure is called, and how many digits it has after the point.
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

# Among what the processor time of a call is shared out, and all of it.
PARTS = ["kernel_us", "client_us", "interpreter_us", "libc_us", "cpu_us"]

# What a scenario is called, and which of its figures are shown.
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


def markdown(results: Results, verdicts: Sequence[Verdict]) -> str:
    """All tables, that of the goals first."""
    parts = []
    if verdicts:
        met = sum(verdict.met for verdict in verdicts)
        parts.append(f"## Goals: {met} of {len(verdicts)} met\n\n{goals(verdicts)}")
    for scenario, (title, names) in SCENARIOS.items():
        if rows := results.of(scenario):
            parts.append(f"## {title}\n\n{figures(rows, names)}")
    return "\n\n".join(parts) + "\n"


def goals(verdicts: Iterable[Verdict]) -> str:
    """The ratio or figure of each goal, and whether that meets it."""
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
    return table(["", "figure", "against", "over", "measured", "goal", ""], rows, "lllllll")


def ratios(verdicts: Iterable[Verdict]) -> str:
    """The goals that are ratios of CPU per call, as what was measured alone: over the schemes side by side."""
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
    return table(["", "beside", *(SCHEME_NAMES[scheme] for scheme in SCHEMES)], body, "llrr")


def figures(rows: Sequence[Row], names: Sequence[str]) -> str:
    """A line for each client, with the figures of every scheme side by side."""
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
    return table(head, body, "l" + "r" * (len(head) - 1))


def table(head: Sequence[str], body: Sequence[Sequence[str]], columns: str) -> str:
    align = [{"l": "left", "r": "right"}[column] for column in columns]
    return tabulate(body, head, tablefmt="pipe", colalign=align, disable_numparse=True)
