"""The scenarios with calls: each measures all clients, a round after the other, so that what a noisy machine does to one it does to
all; and the medians over the rounds are what counts."""

import os
import subprocess
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median, quantiles

from .clients import Client
from .process import Process, Taken, environment, TOKEN
from .server import Server, pin

# The figures of a client: by their names, numbers.
Figures = dict[str, float]


@dataclass(frozen=True)
class Case:
    """A client over a scheme."""

    client: Client
    scheme: str

    @property
    def id(self) -> str:
        return f"{self.client.id} {self.scheme}"


def cases(clients: Iterable[Client], schemes: Iterable[str]) -> list[Case]:
    return [Case(client, scheme) for scheme in schemes for client in clients if scheme in client.schemes]


# How long a round of one client takes, about, in seconds; and the fewest calls that it has.
ROUND = 0.25
FEWEST_CALLS = 200

# How long a client makes calls before the first round, in seconds: interpreters compile what runs often.
WARM_UP = 1.0


def calls_in(seconds: float, taken: Taken) -> int:
    """How many calls take so long."""
    return int(seconds * len(taken.latencies_us) / taken.wall_s)


def per_call(taken: Taken) -> Figures:
    """The figures of a round: microseconds, and calls a second."""
    calls = len(taken.latencies_us)
    percentiles = quantiles(taken.latencies_us, n=100)
    return {
        "cpu_us": taken.cpu_s * 1e6 / calls,
        "p50_us": percentiles[49],
        "p99_us": percentiles[98],
        "calls_per_s": calls / taken.wall_s,
    }


def medians(rounds: list[Figures]) -> Figures:
    return {name: median(figures[name] for figures in rounds) for name in rounds[0]}


def interleaved(
    cases: list[Case], rounds: int, in_flight: int, start: Callable[[Case], Process]
) -> dict[str, Figures]:
    """Measure the cases in turn, so many times."""
    with ExitStack() as stack:
        processes = [stack.enter_context(start(case)) for case in cases]
        calls = []
        for process in processes:
            first = process.order(0, in_flight, FEWEST_CALLS)
            again = process.order(calls_in(WARM_UP, first), in_flight, FEWEST_CALLS)
            calls.append(max(FEWEST_CALLS, calls_in(ROUND, again)))
        taken = [[] for _ in cases]
        for _ in range(rounds):
            for process, count, figures in zip(processes, calls, taken):
                # What was idle for too long connects again, which does not count.
                figures.append(per_call(process.order(2 * in_flight, in_flight, count)))
    return {case.id: medians(figures) for case, figures in zip(cases, taken)}


def warm(cases: list[Case], server: Server, rounds: int) -> dict[str, Figures]:
    """One call after the other, with client and server on one core: on two, most of what is measured is how long one takes to wake
    the other."""
    core = max(os.sched_getaffinity(0))
    pin(server, {core})
    return interleaved(cases, rounds, 1, lambda case: Process(case.client, server, case.scheme, core=core))
