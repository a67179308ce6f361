"""The typed rules behave as dataclasses, but importing them does not import `dataclasses`."""

from __future__ import annotations

import dataclasses
import pickle
import subprocess
import sys
from typing import Any

import pytest

from jumpqr import OpenVersion, OrdinaryLinkRule, PermitSubRule, ServiceAccountRule

ORDINARY = OrdinaryLinkRule("https://m.example.cn/", "p", OpenVersion.TRIAL, PermitSubRule.OCCUPIED)
SERVICE = ServiceAccountRule("http://weixin.qq.com/q/a", "wx1234567890abcdef", "p")


@pytest.mark.parametrize("rule", [ORDINARY, SERVICE])
def test_a_rule_is_compared_and_printed_by_its_fields(
    rule: OrdinaryLinkRule | ServiceAccountRule,
) -> None:
    same = pickle.loads(pickle.dumps(rule))
    assert same == rule
    same.path = "q"
    assert same != rule
    assert rule != rule.to_dict()
    assert repr(rule).startswith(f"{type(rule).__name__}(prefix='{rule.prefix}', ")
    with pytest.raises(TypeError, match="unhashable"):
        hash(rule)


@pytest.mark.parametrize("rule", [ORDINARY, SERVICE])
def test_the_functions_of_dataclasses_take_a_rule(
    rule: OrdinaryLinkRule | ServiceAccountRule,
) -> None:
    assert dataclasses.is_dataclass(rule)
    assert dataclasses.asdict(rule) == vars(rule)
    assert dataclasses.replace(rule, path="q").to_dict() == {**rule.to_dict(), "path": "q"}


def test_a_dataclass_may_inherit_from_a_rule() -> None:
    @dataclasses.dataclass
    class Table(ServiceAccountRule):
        number: int = 0

    table: Any = Table
    assert table("http://weixin.qq.com/q/a", "wx1", "p", 7).to_dict()["number"] == 7


def test_a_process_that_sends_a_rule_imports_nothing_that_is_slow() -> None:
    code = """
import sys
import jumpqr

client = jumpqr.Client(access_token="T", base_url="http://127.0.0.1:9", max_retries=0)
rule = jumpqr.OrdinaryLinkRule("https://m.example.cn/", "p", 1, 1)
assert "debug_url" not in rule.to_dict()
slow = {"asyncio", "dataclasses", "inspect", "json", "logging", "threading", "typing"}
print(sorted(slow & sys.modules.keys()))
"""
    # `site` may import any module. Without it, the package is found where this process found it.
    found = f"import sys; sys.path[:] = {sys.path!r}\n"
    command = [sys.executable, "-S", "-c", found + code]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout == "[]\n"
