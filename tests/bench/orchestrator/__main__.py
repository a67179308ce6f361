"""Measures what the command line asks for, and prints it."""

import argparse
import sys
import tempfile
from pathlib import Path

from . import server
from .build import build
from .clients import CLIENTS, LANGUAGES
from .measure import cases, warm


def names(text: str) -> list[str]:
    return text.split(",")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests/bench/run")
    parser.add_argument("--only", type=names, default=LANGUAGES, metavar="LANGUAGES", help=",".join(LANGUAGES))
    parser.add_argument("--clients", type=names, help="only these, such as python/jumpqr,python/pycurl")
    parser.add_argument("--schemes", type=names, default=["http", "https"], help="http,https")
    parser.add_argument("--quick", action="store_true", help="5 rounds, not 15")
    parser.add_argument("--no-build", action="store_true", help="measure what was built before")
    return parser.parse_args()


def main() -> None:
    asked = arguments()
    chosen = [client for client in CLIENTS if client.language in asked.only]
    if asked.clients:
        chosen = [client for client in CLIENTS if client.id in asked.clients]
    if not asked.no_build:
        build(asked.only)
    with tempfile.TemporaryDirectory() as folder, server.running(Path(folder)) as running:
        results = warm(cases(chosen, asked.schemes), running, 5 if asked.quick else 15)
    for case, figures in results.items():
        print(f"{case:32}", *(f"{name} {figure:9.1f}" for name, figure in figures.items()))


sys.exit(main())
