"""Which rules can be matched, and what comes back."""

from __future__ import annotations

from typing import Any

import pytest

import jumpqr
from jumpqr import ListedRule, OrdinaryLinkRule, RuleSet, RuleState

ABOVE = "https://m.example.cn/a/"


def test_what_is_hit_is_what_was_given() -> None:
    given: list[Any] = [
        OrdinaryLinkRule(ABOVE, "p", 1, 1),
        {"prefix": f"{ABOVE}b/", "state": "1", "path": 7},
        ListedRule(prefix=f"{ABOVE}b/c/", state=RuleState.UNPUBLISHED),
        f"{ABOVE}d/",
    ]
    rules: RuleSet[Any] = RuleSet(iter(given))
    assert len(rules) == 4
    found = [rules.match_url(f"{ABOVE}{path}") for path in ("x", "b/x", "b/c/x", "d/x")]
    assert [match.hit for match in found] == given
    assert [match.shadowed for match in found] == [None, given[0], given[0], None]
    assert [match.opens for match in found] == [True, False, False, True]
    assert rules.match_url("https://m.example.cn/").hit is None


class Opaque:
    """A value of which JSON knows nothing."""


def test_a_field_that_is_not_understood_is_left_out() -> None:
    opaque = {name: Opaque() for name in ("path", "open_version", "debug_url", "appid", "more")}
    found = RuleSet([{"prefix": ABOVE, **opaque}]).match_url(f"{ABOVE}b")
    assert found.opens
    assert found.path is None


def test_every_place_is_found() -> None:
    prefixes = [f"https://m.example.cn/{number}/" for number in range(1000)]
    rules = RuleSet(prefixes)
    assert [rules.match_url(f"{prefix}x").hit for prefix in prefixes] == prefixes


@pytest.mark.parametrize(
    ("rules", "field"),
    [
        ([ABOVE, {"path": "p"}], "[1].prefix"),
        ([{"prefix": ABOVE, "state": 3}], "[0].state"),
        ([{"prefix": 7}], "[0].prefix"),
        ([7], "[0].prefix"),
    ],
)
def test_a_rule_that_is_none_is_named_by_its_place(rules: list[Any], field: str) -> None:
    with pytest.raises(jumpqr.ValidationError) as refused:
        RuleSet(rules)
    assert [violation.field for violation in refused.value.violations] == [field]


@pytest.mark.parametrize("rules", [ABOVE, {"prefix": ABOVE}, b"[]"])
def test_one_rule_is_no_list_of_rules(rules: Any) -> None:
    with pytest.raises(TypeError, match="rules: give a list of rules"):
        RuleSet(rules)
