"""The results as Markdown."""

from collections.abc import Iterable, Sequence
from statistics import mean
from textwrap import fill

from tabulate import tabulate

from .clients import LANGUAGES
from .goals import Verdict
from .load import QUIET_PERCENT
from .results import SCHEMES, Results, Row

SCHEME_NAMES = {"http": "HTTP", "https": "TLS 1.3", "": ""}

# The title of each figure, and its number of decimals.
FIGURES = {
    "cpu_us": ("CPU, µs", 1),
    "best_cpu_us": ("best", 1),
    "kernel_us": ("kernel", 1),
    "times_raw": ("× raw", 2),
    "p50_us": ("p50, µs", 0),
    "p99_us": ("p99, µs", 0),
    "calls_per_s": ("calls/s", 0),
    "best_calls_per_s": ("best", 0),
    "wall_ms": ("wall, ms", 1),
    "cpu_ms": ("CPU, ms", 1),
    "kernel_ms": ("kernel", 1),
    "peak_rss_mb": ("peak RSS, MB", 1),
    "connection_kb": ("kB a connection", 1),
    "connections": ("connections", 0),
    "start_mb": ("RSS at the start, MB", 1),
    "growth_mb": ("growth, MB", 1),
    "client_us": ("client", 1),
    "interpreter_us": ("interpreter", 1),
    "libc_us": ("libc", 1),
    "ns": ("ns", 0),
    "mb": ("MB", 2),
    "others_percent": ("others, %", 0),
}

# The parts of the CPU time of a call, and their sum.
PARTS = ["kernel_us", "client_us", "interpreter_us", "libc_us", "cpu_us"]

CPU = ["cpu_us", "best_cpu_us", "kernel_us", "times_raw"]
CALLS = ["calls_per_s", "best_calls_per_s", *CPU, "p99_us", "others_percent"]

# The title of each scenario, and the figures to show.
SCENARIOS = {
    "warm": (
        "One call after the other, client and server on one core",
        [*CPU, "p50_us", "p99_us", "others_percent"],
    ),
    "8 in flight": ("8 in flight, on all cores", CALLS),
    "64 in flight": ("64 in flight, on all cores", CALLS),
    "slow": ("64 in flight, to a server that takes 20 ms", CALLS),
    "cold": (
        "A cold process with one call",
        ["wall_ms", "cpu_ms", "kernel_ms", "peak_rss_mb", "others_percent"],
    ),
    "idle": ("The memory of an idle connection", ["connection_kb", "connections"]),
    "merchants": (
        "The memory of a process that calls for 2,000 merchants, 64 in flight",
        ["growth_mb", "start_mb"],
    ),
    "profile, warm": ("Where the CPU of a call goes: one after the other, in µs", PARTS),
    "profile, 64": ("Where the CPU of a call goes: 64 in flight, in µs", PARTS),
    "offline": ("Offline", ["ns"]),
    "sizes": ("Sizes", ["mb"]),
}


def format_results(results: Results, verdicts: Sequence[Verdict]) -> str:
    """Returns the load of the machine, the table of goals, and the tables of all scenarios."""
    parts = [load] if (load := format_load(results)) else []
    if verdicts:
        met = sum(verdict.met for verdict in verdicts)
        parts.append(f"## Goals: {met} of {len(verdicts)} met\n\n{format_goals(verdicts)}")
    for scenario, (title, names) in SCENARIOS.items():
        if results.of(scenario):
            parts.append(f"## {title}\n\n{format_scenario(results, scenario, names)}")
    return "\n\n".join(parts) + "\n"


def format_load(results: Results) -> str:
    """Returns what else ran on the machine, and whether it was quiet. Empty without figures."""
    others = [
        row.figures["others_percent"] for row in results.rows if "others_percent" in row.figures
    ]
    if not others:
        return ""
    average = mean(others)
    if average <= QUIET_PERCENT:
        verdict = "The machine was quiet"
    else:
        verdict = "**The machine was not quiet, so the figures are not reliable**"
    loads = [row.figures["load_average"] for row in results.rows if "load_average" in row.figures]
    text = (
        f"{verdict}: other processes used {average:.0f} % of a core on average, and "
        f"{max(others):.0f} % during the worst measurement. The load average was "
        f"{min(loads):.1f} to {max(loads):.1f}, with client and server."
    )
    return fill(text, 100)


def format_goals(verdicts: Iterable[Verdict]) -> str:
    """Returns the table of goals: the ratio or figure, whether it meets the goal, and its parts."""
    head = ["", "figure", "against", "over", "measured", "best", "raw", "above raw", "goal", ""]
    head += ["CPU (kernel), µs", "of the other", "of raw", "others, %"]
    rows = [
        (
            verdict.goal.client,
            f"{verdict.goal.scenario}: {FIGURES[verdict.goal.figure][0]}",
            verdict.goal.against or "",
            SCHEME_NAMES[verdict.row.scheme],
            format_value(verdict.value),
            format_value(verdict.best),
            format_value(verdict.limit),
            format_value(verdict.above_raw),
            str(verdict.goal),
            format_verdict(verdict),
            format_cpu(verdict.row),
            format_cpu(verdict.other),
            format_cpu(verdict.raw),
            format_others(verdict),
        )
        for verdict in verdicts
    ]
    return format_table(head, rows, "llllllllllrrrr")


def format_verdict(verdict: Verdict) -> str:
    if verdict.met:
        return "met"
    return "**missed**" if verdict.reachable else "**missed**, also by raw"


def format_value(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.3g}" if value < 100 else f"{value:.0f}"


def format_cpu(row: Row | None) -> str:
    """Returns the CPU time of a call and, in brackets, the part in the kernel."""
    if row is None or "cpu_us" not in row.figures:
        return ""
    return f"{row.figures['cpu_us']:.1f} ({row.figures['kernel_us']:.1f})"


def format_others(verdict: Verdict) -> str:
    """Returns what other processes used during the measurement of either client."""
    measured = [row for row in (verdict.row, verdict.other) if row is not None]
    others = [row.figures["others_percent"] for row in measured if "others_percent" in row.figures]
    return f"{max(others):.0f}" if others else ""


def format_ratios(verdicts: Iterable[Verdict]) -> str:
    """Returns the measured ratios of CPU per call, with the schemes side by side."""
    lines: dict[tuple[str, str], dict[str, str]] = {}
    for verdict in verdicts:
        goal = verdict.goal
        if goal.scenario == "warm" and goal.against:
            lines.setdefault((goal.client, goal.against), {})[verdict.row.scheme] = (
                f"{verdict.value:.2g}"
            )
    body = [
        (*compared, *(by_scheme.get(scheme, "") for scheme in SCHEMES))
        for compared, by_scheme in lines.items()
    ]
    return format_table(["", "beside", *(SCHEME_NAMES[scheme] for scheme in SCHEMES)], body, "llrr")


def format_scenario(results: Results, scenario: str, names: Sequence[str]) -> str:
    """Returns a table for each scheme of a scenario."""
    rows = results.of(scenario)
    parts = []
    for scheme in (*SCHEMES, ""):
        if of_scheme := [row for row in rows if row.scheme == scheme]:
            heading = f"### {SCHEME_NAMES[scheme]}\n\n" if scheme else ""
            raw = results.raw(scenario, scheme)
            parts.append(heading + format_figures(of_scheme, names, raw))
    return "\n\n".join(parts)


def format_figures(rows: Sequence[Row], names: Sequence[str], raw: Row | None) -> str:
    """Returns a table with a line for each client."""
    body = []
    for row in sorted(rows, key=lambda row: LANGUAGES.index(row.client.split("/")[0])):
        figures = dict(row.figures)
        if raw is not None and "cpu_us" in figures:
            figures["times_raw"] = figures["cpu_us"] / raw.figures["cpu_us"]
        body.append([row.client, *(format_figure(figures, name) for name in names)])
    head = ["", *(FIGURES[name][0] for name in names)]
    return format_table(head, body, "l" + "r" * len(names))


def format_figure(figures: dict[str, float], name: str) -> str:
    return f"{figures[name]:,.{FIGURES[name][1]}f}" if name in figures else ""


def format_table(head: Sequence[str], body: Sequence[Sequence[str]], columns: str) -> str:
    align = [{"l": "left", "r": "right"}[column] for column in columns]
    return tabulate(body, head, tablefmt="pipe", colalign=align, disable_numparse=True)
