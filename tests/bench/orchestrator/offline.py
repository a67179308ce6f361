"""The scenario without calls: checking a rule, and finding the rule that covers a link among few and many."""

import json
import subprocess
from collections.abc import Iterable

from .clients import PYTHON, SOURCE, TARGET
from .measure import medians
from .results import Row

PROGRAMS = {
    "rust": [TARGET / "release" / "offline"],
    "python": [PYTHON, SOURCE / "python" / "offline.py"],
    "node": ["node", SOURCE / "node" / "offline.js"],
}


def offline(languages: Iterable[str], rounds: int) -> list[Row]:
    """Each language that has a program, in turn. A program prints a line of JSON: nanoseconds, by what they are for."""
    measured = [language for language in languages if language in PROGRAMS]
    taken: dict[str, list[dict[str, float]]] = {language: [] for language in measured}
    for _ in range(rounds):
        for language in measured:
            done = subprocess.run(PROGRAMS[language], stdout=subprocess.PIPE, check=True, text=True)
            taken[language].append(json.loads(done.stdout))
    return [
        Row("offline", f"{language}/{what}", "", {"ns": ns})
        for language, rounds_of_it in taken.items()
        for what, ns in medians(rounds_of_it).items()
    ]
