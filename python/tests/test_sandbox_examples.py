"""The examples that need nothing but the sandbox."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[1] / "examples"

PRINTED = {
    "add_and_publish.py": ["https://m.example.cn/table/ opens pages/index/index"],
    "rules_from_csv.py": [
        "line 2: added https://m.example.cn/table/",
        "line 3: added https://m.example.cn/bike/",
        "line 4: invalid invalid_request",
    ],
    "handle_errors.py": ["first add the rule: no_such_rule"],
}


@pytest.mark.parametrize("example", PRINTED)
def test_an_example_prints_what_it_promises(example: str) -> None:
    command = [sys.executable, "-W", "error", str(FOLDER / example)]
    printed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    assert printed.splitlines() == PRINTED[example]
