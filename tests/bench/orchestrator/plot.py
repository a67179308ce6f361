"""Plots the CPU time per call of each client, readable on light and dark pages."""

from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

from .clients import CLIENTS, LANGUAGES
from .results import Results

# Readable on white and on black.
GREY = "#808890"
COLOURS = {"http": "#3b82f6", "https": "#f97316"}
SCHEME_NAMES = {"http": "HTTP", "https": "TLS 1.3"}
LANGUAGE_NAMES = {"rust": "Rust", "c": "C", "python": "Python", "node": "Node"}

# In inches.
WIDTH = 8.5
BAR = 0.26

STYLE = {
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": GREY,
    "axes.edgecolor": GREY,
    "axes.labelcolor": GREY,
    "xtick.color": GREY,
    "ytick.color": GREY,
    # Text stays text, in the reader's font. A fixed salt makes the same file from the same results.
    "svg.fonttype": "none",
    "svg.hashsalt": "jumpqr",
}


def plot(results: Results, path: Path) -> None:
    """Plots the warm clients by language: jumpqr first, then the others by CPU time."""
    with rc_context(STYLE):
        draw(results, path)


def draw(results: Results, path: Path) -> None:
    lines = order_clients(results)
    figure = Figure(figsize=(WIDTH, BAR * len(lines) + 0.9))
    axes = figure.subplots()
    for place, line in enumerate(lines):
        if line is None:
            continue
        client, cost = line
        bold = "bold" if client.name.startswith("jumpqr") else "normal"
        name = f"{LANGUAGE_NAMES[client.language]}: {client.name}"
        axes.text(
            -0.01,
            place,
            name,
            weight=bold,
            ha="right",
            va="center",
            transform=axes.get_yaxis_transform(),
        )
        axes.plot(
            [1, max(cost.values())], [place, place], color=GREY, linewidth=0.6, alpha=0.5, zorder=1
        )
        for scheme, microseconds in cost.items():
            axes.scatter(
                microseconds, place, s=36 if bold == "bold" else 22, color=COLOURS[scheme], zorder=2
            )
        axes.annotate(
            " / ".join(f"{microseconds:.0f}" for microseconds in cost.values()),
            (max(cost.values()), place),
            xytext=(7, 0),
            textcoords="offset points",
            va="center",
            weight=bold,
        )
    for scheme, colour in COLOURS.items():
        axes.scatter([], [], color=colour, label=SCHEME_NAMES[scheme])
    axes.legend(loc="upper right", frameon=False)
    axes.set_xscale("log")
    axes.set_xlim(left=5, right=2.2 * max(max(line[1].values()) for line in lines if line))
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlabel("CPU per call, µs (log scale); client and server on one core, connections kept")
    axes.invert_yaxis()
    axes.set_yticks([])
    axes.grid(axis="x", color=GREY, linewidth=0.4, alpha=0.4)
    for side in ("top", "left", "right"):
        axes.spines[side].set_visible(False)
    figure.savefig(
        path, transparent=True, bbox_inches="tight", metadata={"Date": None, "Creator": None}
    )


def order_clients(results: Results) -> list:
    """Returns the clients with their CPU time by scheme, and None between two languages."""
    lines = []
    for language in LANGUAGES:
        group = []
        for client in CLIENTS:
            cost = {
                scheme: row.figures["cpu_us"]
                for scheme in client.schemes
                if (row := results.row("warm", client.id, scheme))
            }
            if client.language == language and cost:
                group.append((client, cost))
        group.sort(key=lambda line: (not line[0].name.startswith("jumpqr"), min(line[1].values())))
        lines += [None] * bool(lines and group) + group
    return lines
