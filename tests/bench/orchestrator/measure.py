"""The scenarios with warm clients.

All clients are measured in turn, a round after the other, so that what a noisy machine does to one it does to all; what
counts are the medians over the rounds.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median, quantiles

from .clients import Client
from .process import Process, Taken
from .results import Row
from .server import Server

# How much of the processor a round of one client takes, about, in seconds. On a noisy machine it takes longer,
# and measures as much.
ROUND = 0.2

# The fewest calls that a round has, and for each that is in flight.
FEWEST_CALLS = 200
FEWEST_CALLS_EACH = 10

# So many calls a client makes before the first round, as far as so many seconds of the processor suffice: interpreters
# compile what runs often.
WARM_UP_CALLS = 5000
WARM_UP = 1.5


@dataclass(frozen=True)
class Case:
    """A client, and the scheme over which it is measured."""

    client: Client
    scheme: str


def cases(clients: Iterable[Client], schemes: Iterable[str]) -> list[Case]:
    """All that there are; a client that speaks one scheme only is in one of them only."""
    return [
        Case(client, scheme) for scheme in schemes for client in clients if scheme in client.schemes
    ]


def warm(measured: list[Case], server: Server, rounds: int) -> list[Row]:
    """One call after the other, with client and server on one core.

    On two, most of what is measured is how long one takes to wake the other.
    """
    core = max(os.sched_getaffinity(0))
    server.pin({core})
    return interleaved(
        "warm", measured, rounds, 1, lambda case: Process(case.client, server, case.scheme, core)
    )


def in_flight(measured: list[Case], server: Server, rounds: int, count: int) -> list[Row]:
    """So many calls at once, on all cores."""
    server.pin(os.sched_getaffinity(0))
    return interleaved(
        f"{count} in flight",
        measured,
        rounds,
        count,
        lambda case: Process(case.client, server, case.scheme),
    )


def slow(measured: list[Case], server: Server, rounds: int) -> list[Row]:
    """64 calls at once, on all cores, to a server that takes its time."""
    server.pin(os.sched_getaffinity(0))
    return interleaved(
        "slow", measured, rounds, 64, lambda case: Process(case.client, server, "slow")
    )


def interleaved(
    scenario: str, measured: list[Case], rounds: int, count: int, start: Callable[[Case], Process]
) -> list[Row]:
    """Measure the cases in turn, so many times, with so many calls in flight."""
    fewest = max(FEWEST_CALLS, FEWEST_CALLS_EACH * count)
    with ExitStack() as stack:
        processes = [stack.enter_context(start(case)) for case in measured]
        calls = []
        for process in processes:
            first = process.order(0, count, fewest)
            again = process.order(min(WARM_UP_CALLS, calls_in(WARM_UP, first)), count, fewest)
            calls.append(max(fewest, calls_in(ROUND, again)))
        taken: list[list[dict[str, float]]] = [[] for _ in measured]
        for _ in range(rounds):
            for process, enough, figures in zip(processes, calls, taken, strict=True):
                # A connection that was idle for too long is opened anew, which does not count.
                figures.append(per_call(process.order(2 * count, count, enough)))
    return [
        Row(scenario, case.client.id, case.scheme, medians(figures))
        for case, figures in zip(measured, taken, strict=True)
    ]


def calls_in(seconds: float, taken: Taken) -> int:
    """How many calls take so much of the processor."""
    return int(seconds * len(taken.latencies_us) / taken.cpu_s)


def per_call(taken: Taken) -> dict[str, float]:
    """The figures of a round."""
    calls = len(taken.latencies_us)
    percentiles = quantiles(taken.latencies_us, n=100)
    return {
        "cpu_us": taken.cpu_s * 1e6 / calls,
        "p50_us": percentiles[49],
        "p99_us": percentiles[98],
        "calls_per_s": calls / taken.wall_s,
    }


def medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {name: median(figures[name] for figures in rounds) for name in rounds[0]}
