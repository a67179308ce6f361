"""The goals of ../goals.toml, and which of them a run meets."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from .clients import RAW, SOURCE
from .results import Results, Row

# The scenarios in which the raw client is a lower limit. With many calls at once, it has a thread
# for each. An event loop gets many responses from one wait, and so can use less.
WITH_LIMIT = {"warm", "idle"}


@dataclass(frozen=True)
class Goal:
    """A limit of a figure, or of its ratio to the figure of another client."""

    scenario: str
    figure: str
    client: str
    against: str | None = None
    # If it is not set, the goal applies to every measured scheme.
    scheme: str | None = None
    at_most: float | None = None
    at_least: float | None = None

    def met_by(self, value: float) -> bool:
        if self.at_most is not None and value > self.at_most:
            return False
        return self.at_least is None or value >= self.at_least

    def __str__(self) -> str:
        bound = f"≤ {self.at_most:g}" if self.at_most is not None else f"≥ {self.at_least:g}"
        return f"{bound} ×" if self.against else bound


@dataclass(frozen=True)
class Verdict:
    """The result of a goal over one scheme."""

    goal: Goal
    row: Row
    # The row of the other client; None without one.
    other: Row | None
    # The row of the raw client in the same scenario; None if it was not measured.
    raw: Row | None

    @property
    def value(self) -> float:
        """Returns the figure or the ratio, of medians."""
        return self.compare(self.row, self.goal.figure)

    @property
    def best(self) -> float | None:
        """Returns the figure or the ratio, of the best rounds; None if only medians were kept."""
        name = f"best_{self.goal.figure}"
        return self.compare(self.row, name) if name in self.row.figures else None

    @property
    def limit(self) -> float | None:
        """Returns the figure or the ratio of the raw client; None without one.

        It is the machine's part: no client can be better on this machine.
        """
        if self.raw in (None, self.other) or self.goal.scenario not in WITH_LIMIT:
            return None
        return self.compare(self.raw, self.goal.figure)

    @property
    def above_raw(self) -> float | None:
        """Returns the ratio of what both clients use above the raw client; None without one.

        It depends less on the machine than the ratio of all CPU time.
        """
        if self.limit is None or self.other is None or self.goal.figure != "cpu_us":
            return None
        used, others = (
            row.figures["cpu_us"] - self.raw.figures["cpu_us"] for row in (self.row, self.other)
        )
        return used / others

    def compare(self, row: Row, name: str) -> float:
        figure = row.figures[name]
        return figure / self.other.figures[name] if self.other else figure

    @property
    def met(self) -> bool:
        return self.goal.met_by(self.value)

    @property
    def reachable(self) -> bool:
        """Returns whether the raw client meets the goal."""
        return self.limit is None or self.goal.met_by(self.limit)


def read_goals() -> list[Goal]:
    with (SOURCE / "goals.toml").open("rb") as file:
        return [Goal(**goal) for goal in tomllib.load(file)["goals"]]


def list_clients(scenario: str | None) -> set[str]:
    """Returns the clients that the goals of a scenario, or of any, name, and the raw clients."""
    goals = [goal for goal in read_goals() if scenario in (None, goal.scenario)]
    named = {name for goal in goals for name in (goal.client, goal.against) if name}
    return named | set(RAW.values()) if named else set()


def judge(goals: list[Goal], results: Results) -> Iterator[Verdict]:
    """Yields a verdict for each measured goal and scheme."""
    for goal in goals:
        for row in results.of(goal.scenario):
            if row.client != goal.client or goal.scheme not in (None, row.scheme):
                continue
            other = goal.against and results.row(goal.scenario, goal.against, row.scheme)
            if goal.against and other is None:
                continue
            yield Verdict(goal, row, other, results.raw(goal.scenario, row.scheme))
