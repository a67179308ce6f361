"""The scenario without calls: checking a rule, and matching a link against few and many rules."""

import json
import subprocess
from collections.abc import Iterable

from .clients import PYTHON, SOURCE, TARGET
from .measure import take_medians
from .results import Row

PROGRAMS = {
    "rust": [TARGET / "release" / "offline"],
    "python": [PYTHON, SOURCE / "python" / "offline.py"],
    "node": ["node", SOURCE / "node" / "offline.js"],
}


def measure_offline(languages: Iterable[str], rounds: int) -> list[Row]:
    """Measures each language that has a program. It prints nanoseconds as JSON, by operation."""
    measured = [language for language in languages if language in PROGRAMS]
    taken: dict[str, list[dict[str, float]]] = {language: [] for language in measured}
    for _ in range(rounds):
        for language in measured:
            done = subprocess.run(PROGRAMS[language], stdout=subprocess.PIPE, check=True, text=True)
            taken[language].append(json.loads(done.stdout))
    return [
        Row("offline", f"{language}/{what}", "", {"ns": ns})
        for language, rounds_of_it in taken.items()
        for what, ns in take_medians(rounds_of_it).items()
    ]
