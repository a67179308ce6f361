"""What several tests need."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

pytest.register_assert_rewrite(
    "vectors",
    "scripted_server",
    "loop_server",
    "flow",
    "hostile",
    "processes",
    "token_vector",
    "stored",
    "browser",
)

# A shell that runs the tests in the background has had them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "vectors"

_counts: dict[str, int] = {}


class Counts:
    """How many vectors were run, for the summary."""

    def __call__(self, file: str, run: int) -> None:
        _counts[file] = run


@pytest.fixture
def count() -> Counts:
    """Say how many vectors of a file were run."""
    return Counts()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many vectors of each file were run."""
    for file, run in _counts.items():
        terminalreporter.write_line(f"vectors: {file} {run}")


@pytest.fixture(scope="session")
def vector_files() -> set[str]:
    """The names of all vector files."""
    return {path.name for path in FOLDER.glob("*.json")}
