"""Builds and measures what the command line selects, prints the tables, and keeps the results."""

import argparse
import sys
import tempfile
from pathlib import Path

from . import goals, sample, server
from .build import build
from .clients import CLIENTS, LANGUAGES, WORK, Client
from .cold import measure_cold
from .idle import measure_idle
from .load import describe_load
from .measure import Case, list_cases, measure_in_flight, measure_slow, measure_warm
from .merchants import measure_merchants
from .offline import measure_offline
from .profile import measure_profile
from .publish import publish
from .results import SCHEMES, Results
from .sizes import measure_sizes
from .table import format_results

SCENARIOS = [
    "warm",
    "in-flight",
    "slow",
    "cold",
    "idle",
    "merchants",
    "profile",
    "offline",
    "sizes",
]


def list_type(names: list[str]):
    """Returns an argument type: some of these names, separated by commas."""

    def parse(text: str) -> list[str]:
        asked = text.split(",")
        for name in asked:
            if name not in names:
                raise argparse.ArgumentTypeError(
                    f"unknown name {name}; give some of {','.join(names)}"
                )
        return asked

    return parse


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tests/bench/run",
        description="Measures jumpqr beside other clients. Without options, measures everything, "
        "and writes tables and plot into this folder, and ratios into the README.",
    )

    def choice(option: str, names: list[str], what: str, metavar: str) -> None:
        parser.add_argument(
            option, type=list_type(names), default=names, metavar=metavar, help=what
        )

    ids = [client.id for client in CLIENTS]
    choice("--only", LANGUAGES, f"of {','.join(LANGUAGES)}", "LANGUAGES")
    choice("--clients", ids, "such as python/jumpqr,python/pycurl", "CLIENTS")
    choice("--scenario", SCENARIOS, f"of {','.join(SCENARIOS)}", "SCENARIOS")
    choice("--scheme", SCHEMES, f"of {','.join(SCHEMES)}", "SCHEMES")
    parser.add_argument(
        "--goals", action="store_true", help="only the scenarios and clients that have goals"
    )
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--no-build", action="store_true", help="measure the last build")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a goal is missed")
    return parser.parse_args()


def choose_clients(asked: argparse.Namespace, scenario: str | None = None) -> list[Client]:
    """Returns the clients to measure in a scenario, or in any."""
    ids = goals.list_clients(scenario) if asked.goals else asked.clients
    return [
        client
        for client in CLIENTS
        if client.language in asked.only and client.id in asked.clients and client.id in ids
    ]


def measure(asked: argparse.Namespace) -> Results:
    """Measures the selected scenarios."""

    def cases(scenario: str, schemes: list[str] = asked.scheme) -> list[Case]:
        return list_cases(choose_clients(asked, scenario), schemes)

    results = Results()
    with tempfile.TemporaryDirectory() as folder, server.running(Path(folder)) as running:
        say("check that every client sends the same request")
        sample.check(choose_clients(asked), running, Path(folder))
        rounds = 3 if asked.quick else 9
        scenarios = {
            "warm": lambda: measure_warm(cases("warm"), running, 5 if asked.quick else 11),
            "in-flight": lambda: [
                row
                for scheme in asked.scheme
                for count in (8, 64)
                for row in measure_in_flight(
                    cases(f"{count} in flight", [scheme]), running, 3 if asked.quick else 5, count
                )
            ],
            "slow": lambda: measure_slow(cases("slow", ["http"]), running, 3),
            "cold": lambda: measure_cold(cases("cold"), running, rounds),
            "idle": lambda: measure_idle(cases("idle"), running, 3),
            "merchants": lambda: measure_merchants(asked.only, 3),
            "profile": lambda: measure_profile(
                choose_clients(asked, "profile"), running, Path(folder)
            ),
            "offline": lambda: measure_offline(asked.only, 3),
            "sizes": lambda: measure_sizes(asked.only),
        }
        for name in asked.scenario:
            say(name)
            results.extend(scenarios[name]())
            results.write(WORK / "results.json")
    return results


def say(what: str) -> None:
    print(f"== {what}", file=sys.stderr, flush=True)


def is_whole(asked: argparse.Namespace) -> bool:
    """Returns whether everything was measured, with all rounds."""
    all_clients = len(asked.only) == len(LANGUAGES) and len(asked.clients) == len(CLIENTS)
    return (
        all_clients
        and len(asked.scenario) == len(SCENARIOS)
        and asked.scheme == SCHEMES
        and not asked.goals
        and not asked.quick
    )


def main() -> int:
    asked = parse_arguments()
    if not asked.no_build:
        say("build")
        # The sandbox of the merchants is in the package for Python.
        with_sandbox = {"python"} if "merchants" in asked.scenario else set()
        build(name for name in LANGUAGES if name in {*asked.only, *with_sandbox})
    say(f"the machine: {describe_load()}")
    results = measure(asked)
    verdicts = list(goals.judge(goals.read_goals(), results))
    print(format_results(results, verdicts))
    if is_whole(asked):
        publish(results, verdicts)
    return 1 if asked.strict and not all(verdict.met for verdict in verdicts) else 0


sys.exit(main())
