"""Which rule a scanned link hits, and why one does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Optional, TypeVar, Union

from . import _jumpqr
from ._answers import ListedRule
from ._enums import Mismatch
from ._rules import OrdinaryLinkRule

MatchableRule = Union[ListedRule, OrdinaryLinkRule, Mapping[str, Any], str]
"""What can be matched: a rule, a mapping with `prefix` and maybe `state`, or a prefix."""

R = TypeVar("R", bound=MatchableRule)


@dataclass(frozen=True)
class LinkMatch(Generic[R]):
    """What a scanned link hits."""

    hit: Optional[R]
    """The most specific rule that covers the link, as it was given."""
    shadowed: Optional[R]
    """The published rule that would have opened the link, if the unpublished, more specific `hit` did not shadow it."""
    opens: bool
    """Whether the link opens the Mini Program for everybody: a rule is hit, and it is published."""


class RuleSet(Generic[R]):
    """An index over many ordinary-link rules; any number of threads may use it at once.

    A rule of which the state is not known is taken for published. Of two rules with the same prefix, the one that is
    published counts.

    Args:
        rules: Rules as `Client.rules` lists them, typed rules, mappings with `prefix` and maybe `state`, or prefixes.

    Raises:
        ValidationError: A rule has no prefix, or a state that is none; its place is named.

    >>> published = {"prefix": "https://www.qq.com/a/", "state": 2}
    >>> unpublished = {"prefix": "https://www.qq.com/a/b", "state": 1}
    >>> rules = RuleSet([published, unpublished])
    >>> found = rules.match_url("https://www.qq.com/a/b")
    >>> found.opens, found.hit["prefix"], found.shadowed["prefix"]
    (False, 'https://www.qq.com/a/b', 'https://www.qq.com/a/')
    """

    def __init__(self, rules: Iterable[R]) -> None:
        """Index the rules."""
        if isinstance(rules, (str, bytes, Mapping)):
            raise TypeError(f"rules: give a list of rules, not {type(rules).__name__}")
        self._rules = tuple(rules)
        self._native = _jumpqr.RuleSet([_candidate(rule) for rule in self._rules])

    def __len__(self) -> int:
        return len(self._rules)

    def match_url(self, link: str) -> LinkMatch[R]:
        """Return what a scanned link hits. The cost grows with the link, not with the rules."""
        hit, shadowed, opens = self._native.match_url(link)
        return LinkMatch(
            hit=None if hit is None else self._rules[hit],
            shadowed=None if shadowed is None else self._rules[shadowed],
            opens=opens,
        )

    def explain(self, link: str) -> list[Optional[Mismatch]]:
        """Return, for each rule in the order given, why it does not cover the link; None for those that do."""
        return [None if code is None else Mismatch(code) for code in self._native.explain(link)]


def _candidate(rule: MatchableRule) -> object:
    """Return what the core reads of a rule: `prefix` and `state`; what is no rule, it refuses."""
    if isinstance(rule, str):
        return {"prefix": rule}
    if isinstance(rule, Mapping):
        return {name: rule[name] for name in ("prefix", "state") if name in rule}
    return {name: getattr(rule, name, None) for name in ("prefix", "state")}


def match(rules: Iterable[R], link: str) -> LinkMatch[R]:
    """Return what a scanned link hits among these rules; for many links, make one `RuleSet`.

    >>> match(["https://www.qq.com/a/"], "https://www.qq.com/a/b?c=1").opens
    True
    """
    return RuleSet(rules).match_url(link)


def occupies(prefix: str, other: str) -> bool:
    """Tell whether a rule `prefix` with permit_sub_rule 2 bars other accounts from adding the rule `other`."""
    return _jumpqr.occupies(prefix, other)


def undocumented_equivalence(prefix: str, link: str) -> bool:
    """Tell whether `prefix` would cover `link` if WeChat took for equal what no page says is equal or different.

    That is the case of scheme and host, a default port, a missing path, and percent-encoding. Where this is true and
    the rule does not cover the link, nobody but WeChat knows the result.
    """
    return _jumpqr.undocumented_equivalence(prefix, link)


def nearest_prefix(prefix: str, listed: Iterable[Union[str, ListedRule]]) -> Optional[str]:
    """Return the listed prefix that most resembles `prefix`; `None` if none resembles it.

    Use it to see which rule was meant when a delete answers `Confirmation.NOT_THERE`.

    Args:
        prefix: The prefix of a rule that is not listed.
        listed: Prefixes, or rules as `Client.rules` gives them.

    >>> nearest_prefix("http://m.example.cn/s58", ["https://m.example.cn/s58/"])
    'https://m.example.cn/s58/'
    """
    return _jumpqr.nearest_prefix(prefix, [rule if isinstance(rule, str) else rule.prefix for rule in listed])


def verification_file_location(prefix: str, file_name: str) -> Optional[str]:
    """Return the URL under which WeChat looks for a verification file when the rule `prefix` is added.

    >>> verification_file_location("https://m.example.cn/a/b/", "UASjIrr8C9.txt")
    'https://m.example.cn/a/b/UASjIrr8C9.txt'
    """
    return _jumpqr.location(prefix, file_name)


def launch_query(link: str, scancode_time: int) -> str:
    """Return the query with which the Mini Program is opened for a scanned link.

    Args:
        link: What was scanned.
        scancode_time: When, in UNIX seconds.

    >>> launch_query("https://h.cn/a?b=1", 1700000000)
    'q=https%3A%2F%2Fh.cn%2Fa%3Fb%3D1&scancode_time=1700000000'
    """
    return _jumpqr.launch_query(link, scancode_time)
