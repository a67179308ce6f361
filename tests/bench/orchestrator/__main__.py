"""Builds and measures what the command line asks for, prints the tables, and keeps the results."""

import argparse
import sys
import tempfile
from pathlib import Path

from . import goals, sample, server
from .build import build
from .clients import CLIENTS, LANGUAGES, WORK
from .cold import cold
from .measure import cases, in_flight, slow, warm
from .offline import offline
from .profile import profile
from .publish import publish
from .results import SCHEMES, Results
from .sizes import sizes
from .table import markdown

SCENARIOS = ["warm", "in-flight", "slow", "cold", "profile", "offline", "sizes"]


def some_of(names: list[str]):
    """A type of arguments: some of these names, with commas between them."""

    def parse(text: str) -> list[str]:
        asked = text.split(",")
        for name in asked:
            if name not in names:
                raise argparse.ArgumentTypeError(
                    f"there is no {name}; give some of {','.join(names)}"
                )
        return asked

    return parse


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="tests/bench/run",
        description="Measures jumpqr beside what its users would otherwise write. Without options, it measures all, "
        "and writes the tables and the plot into this folder, and the ratios into the README.",
    )

    def choice(option: str, names: list[str], what: str, metavar: str) -> None:
        parser.add_argument(option, type=some_of(names), default=names, metavar=metavar, help=what)

    ids = [client.id for client in CLIENTS]
    choice("--only", LANGUAGES, f"of {','.join(LANGUAGES)}", "LANGUAGES")
    choice("--clients", ids, "such as python/jumpqr,python/pycurl", "CLIENTS")
    choice("--scenario", SCENARIOS, f"of {','.join(SCENARIOS)}", "SCENARIOS")
    choice("--scheme", SCHEMES, f"of {','.join(SCHEMES)}", "SCHEMES")
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--no-build", action="store_true", help="measure what was built before")
    parser.add_argument("--strict", action="store_true", help="exit with 1 if a goal is missed")
    return parser.parse_args()


def measure(asked: argparse.Namespace) -> Results:
    """Measure all scenarios that are asked for."""
    chosen = [
        client for client in CLIENTS if client.language in asked.only and client.id in asked.clients
    ]
    measured = cases(chosen, asked.scheme)
    over_http = cases(chosen, ["http"])
    results = Results()
    with tempfile.TemporaryDirectory() as folder, server.running(Path(folder)) as running:
        say("does every client send the same?")
        sample.check(chosen, running, Path(folder))
        rounds = 3 if asked.quick else 9
        scenarios = {
            "warm": lambda: warm(measured, running, 5 if asked.quick else 11),
            "in-flight": lambda: [
                row
                for scheme in asked.scheme
                for count in (8, 64)
                for row in in_flight(
                    cases(chosen, [scheme]), running, 3 if asked.quick else 5, count
                )
            ],
            "slow": lambda: slow(over_http, running, 3),
            "cold": lambda: cold(measured, running, rounds),
            "profile": lambda: profile(chosen, running, Path(folder)),
            "offline": lambda: offline(asked.only, 3),
            "sizes": lambda: sizes(asked.only),
        }
        for name in asked.scenario:
            say(name)
            results.extend(scenarios[name]())
    return results


def say(what: str) -> None:
    print(f"== {what}", file=sys.stderr, flush=True)


def is_whole(asked: argparse.Namespace) -> bool:
    """Whether everything was measured, and thoroughly."""
    all_clients = len(asked.only) == len(LANGUAGES) and len(asked.clients) == len(CLIENTS)
    return (
        all_clients
        and len(asked.scenario) == len(SCENARIOS)
        and asked.scheme == SCHEMES
        and not asked.quick
    )


def main() -> int:
    asked = arguments()
    if not asked.no_build:
        say("build")
        build(asked.only)
    results = measure(asked)
    results.write(WORK / "results.json")
    verdicts = list(goals.judge(goals.read(), results))
    print(markdown(results, verdicts))
    if is_whole(asked):
        publish(results, verdicts)
    return 1 if asked.strict and not all(verdict.met for verdict in verdicts) else 0


sys.exit(main())
