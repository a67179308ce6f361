"""The scenarios with warm clients.

All clients are measured in turn, one round after the other. Thus noise on the machine affects all
of them. The result is the median over the rounds; beside it stands the best round, which suffers
least from noise.
"""

import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median, quantiles

from .clients import Client
from .load import LoadMeter
from .process import Process, Timing
from .results import Row
from .server import Server

# The approximate CPU time of one round of a client, in seconds. On a noisy machine, a round takes
# longer, but makes the same number of calls.
ROUND_SECONDS = 0.2

# The minimum number of calls of a round, in total and for each call in flight.
MIN_CALLS = 200
MIN_CALLS_IN_FLIGHT = 10

# The warm-up before the first round: a number of calls, limited by CPU seconds. Interpreters
# compile code that runs often.
WARM_UP_CALLS = 5000
WARM_UP_SECONDS = 1.5


@dataclass(frozen=True)
class Case:
    """A client, and the scheme over which it is measured."""

    client: Client
    scheme: str


def list_cases(clients: Iterable[Client], schemes: Iterable[str]) -> list[Case]:
    """Returns all cases. A client with one scheme has one case."""
    return [
        Case(client, scheme) for scheme in schemes for client in clients if scheme in client.schemes
    ]


def measure_warm(measured: list[Case], server: Server, rounds: int) -> list[Row]:
    """Measures one call after the other, with client and server on one core.

    On two cores, most of the measured time would be the time until one wakes the other.
    """
    core = max(os.sched_getaffinity(0))
    server.pin({core})
    return measure_interleaved(
        "warm",
        measured,
        server,
        rounds,
        1,
        lambda case: Process(case.client, server, case.scheme, core),
    )


def measure_in_flight(measured: list[Case], server: Server, rounds: int, count: int) -> list[Row]:
    """Measures `count` calls at once, on all cores."""
    server.pin(os.sched_getaffinity(0))
    return measure_interleaved(
        f"{count} in flight",
        measured,
        server,
        rounds,
        count,
        lambda case: Process(case.client, server, case.scheme),
    )


def measure_slow(measured: list[Case], server: Server, rounds: int) -> list[Row]:
    """Measures 64 calls at once, on all cores, to a slow server."""
    server.pin(os.sched_getaffinity(0))
    return measure_interleaved(
        "slow",
        measured,
        server,
        rounds,
        64,
        lambda case: Process(case.client, server, f"slow {case.scheme}"),
    )


def measure_interleaved(
    scenario: str,
    measured: list[Case],
    server: Server,
    rounds: int,
    count: int,
    start: Callable[[Case], Process],
) -> list[Row]:
    """Measures the cases in turn, `rounds` times, with `count` calls in flight."""
    min_calls = max(MIN_CALLS, MIN_CALLS_IN_FLIGHT * count)
    with ExitStack() as stack:
        processes = [stack.enter_context(start(case)) for case in measured]
        calls = []
        for process in processes:
            first = process.order(0, count, min_calls)
            again = process.order(
                min(WARM_UP_CALLS, count_calls_in(WARM_UP_SECONDS, first)), count, min_calls
            )
            calls.append(max(min_calls, count_calls_in(ROUND_SECONDS, again)))
        taken: list[list[dict[str, float]]] = [[] for _ in measured]
        meters = [LoadMeter() for _ in measured]
        for _ in range(rounds):
            for process, enough, figures, meter in zip(
                processes, calls, taken, meters, strict=True
            ):
                with meter.running(process.child.pid, server.worker):
                    # The first calls do not count: they reopen connections that were idle for too
                    # long.
                    timing = process.order(2 * count, count, enough)
                figures.append(compute_figures(timing))
    return [
        Row(scenario, case.client.id, case.scheme, summarize(figures) | meter.figures())
        for case, figures, meter in zip(measured, taken, meters, strict=True)
    ]


def count_calls_in(seconds: float, taken: Timing) -> int:
    """Returns how many calls take this CPU time."""
    return int(seconds * len(taken.latencies_us) / taken.cpu_s)


def compute_figures(taken: Timing) -> dict[str, float]:
    """Computes the figures of a round."""
    calls = len(taken.latencies_us)
    percentiles = quantiles(taken.latencies_us, n=100)
    return {
        "cpu_us": taken.cpu_s * 1e6 / calls,
        "kernel_us": taken.system_s * 1e6 / calls,
        "p50_us": percentiles[49],
        "p99_us": percentiles[98],
        "calls_per_s": calls / taken.wall_s,
    }


def summarize(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Returns the median of each figure, and the best round."""
    cpu = [figures["cpu_us"] for figures in rounds]
    # The kernel only samples its own share, so all rounds together tell it best.
    kernel = sum(figures["kernel_us"] for figures in rounds) / sum(cpu)
    medians = take_medians(rounds)
    return medians | {
        "kernel_us": medians["cpu_us"] * kernel,
        "best_cpu_us": min(cpu),
        "best_calls_per_s": max(figures["calls_per_s"] for figures in rounds),
    }


def take_medians(rounds: list[dict[str, float]]) -> dict[str, float]:
    """Returns the median of each figure."""
    return {name: median(figures[name] for figures in rounds) for name in rounds[0]}
