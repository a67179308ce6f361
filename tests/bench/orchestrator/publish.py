"""Writes what a whole run measured to where it is read: this folder, and the README of the repository."""

import re
from collections.abc import Sequence

from .clients import REPOSITORY, SOURCE
from .goals import Verdict
from .machine import machine
from .plot import plot
from .results import Results
from .table import markdown, ratios

# In the README, between these two.
BEGIN = "<!-- written by tests/bench/run -->"
END = "<!-- so far -->"


def publish(results: Results, verdicts: Sequence[Verdict]) -> None:
    """Replace the tables, the plot and the ratios by those of these results."""
    head = "# What `tests/bench/run` measured"
    (SOURCE / "results.md").write_text(f"{head}\n\n{machine()}\n\n{markdown(results, verdicts)}")
    plot(results, SOURCE / "cpu-per-call.svg")
    readme = REPOSITORY / "README.md"
    between = re.compile(f"({re.escape(BEGIN)}\n).*({re.escape(END)})", re.DOTALL)
    text, count = between.subn(lambda found: f"{found[1]}\n{ratios(verdicts)}\n\n{found[2]}", readme.read_text())
    if count != 1:
        raise SystemExit(f"{readme} has not one place for the ratios, between {BEGIN} and {END}, but {count}")
    readme.write_text(text)
