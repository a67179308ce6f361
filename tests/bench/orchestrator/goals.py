"""The goals of ../goals.toml, and which of them a run meets."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass

from .clients import SOURCE
from .results import Results, Row


@dataclass(frozen=True)
class Goal:
    """A limit of a figure, or of its ratio to the figure of another client."""

    scenario: str
    figure: str
    client: str
    against: str | None = None
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
    scheme: str
    value: float

    @property
    def met(self) -> bool:
        return self.goal.met_by(self.value)


def read_goals() -> list[Goal]:
    with (SOURCE / "goals.toml").open("rb") as file:
        return [Goal(**goal) for goal in tomllib.load(file)["goals"]]


def judge(goals: list[Goal], results: Results) -> Iterator[Verdict]:
    """Yields a verdict for each measured goal and scheme."""
    for goal in goals:
        for row in results.of(goal.scenario):
            if (
                row.client == goal.client
                and (value := compute_value(goal, row, results)) is not None
            ):
                yield Verdict(goal, row.scheme, value)


def compute_value(goal: Goal, row: Row, results: Results) -> float | None:
    figure = row.figures[goal.figure]
    if goal.against is None:
        return figure
    other = results.figure(goal.scenario, goal.against, row.scheme, goal.figure)
    return None if other is None else figure / other
