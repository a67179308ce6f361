"""The pytest plugin, in a run of pytest of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import json, sys, pytest

class Modules:
    def pytest_collection_finish(self):
        print("modules:", json.dumps(sorted(sys.modules)))

sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", *sys.argv[1:]], plugins=[Modules()]))
"""


def run(test: str, folder: Path, *options: str) -> set[str]:
    """Run a test, and return the modules that were there after its collection."""
    file = folder / "test_other.py"
    file.write_text(test, encoding="utf-8")
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, *options, str(file)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "1 passed" in ended.stdout
    (modules,) = (line for line in ended.stdout.splitlines() if line.startswith("modules: "))
    return set(json.loads(modules.removeprefix("modules: ")))


def test_a_run_that_does_not_use_the_fixture_imports_nothing_for_it(tmp_path: Path) -> None:
    test = "def test_other():\n    pass\n"
    without = run(test, tmp_path, "-p", "no:jumpqr")
    assert run(test, tmp_path) - without == {"jumpqr_pytest"}


def test_the_fixture_is_a_sandbox_that_is_running(tmp_path: Path) -> None:
    body = "assert jumpqr_sandbox.counters()['business_calls'] == 0"
    test = f"def test_other(jumpqr_sandbox):\n    {body}\n"
    modules = run(test, tmp_path)
    assert "jumpqr" not in modules
