"""Which rule a scanned link hits, and why one does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from . import _jumpqr
from ._answers import ListedRule
from ._enums import Name, OpenVersion
from ._rules import OrdinaryLinkRule

__all__ = [
    "LinkMatch",
    "Mismatch",
    "Obstacle",
    "RuleSet",
    "launch_query",
    "match_url",
    "nearest_prefix",
    "occupies",
    "undocumented_equivalence",
    "verification_file_location",
]

MatchableRule = ListedRule | OrdinaryLinkRule | Mapping[str, Any] | str
"""A rule, a mapping with `prefix` and maybe other fields of a rule, or a prefix."""

R = TypeVar("R", bound=MatchableRule)


class Mismatch(Name):
    """Why a rule does not cover a scanned link."""

    RULE_NOT_A_LINK = "rule_not_a_link"
    """The rule's prefix is not an http(s) URL."""
    LINK_NOT_A_LINK = "link_not_a_link"
    """The scanned text is neither an http(s) URL nor an hlht:// code."""
    SCHEME_DIFFERS = "scheme_differs"
    """One is http, the other https."""
    DOMAIN_DIFFERS = "domain_differs"
    """The domains are not the same."""
    TEXT_DIFFERS = "text_differs"
    """The codes of two charging piles (`hlht://`) differ."""
    NOT_A_SUB_PATH = "not_a_sub_path"
    """The link's path is neither the rule's nor below it."""
    NO_TRAILING_SLASH = "no_trailing_slash"
    """The link's path is below the rule's, but the rule does not end with `/`."""
    QUERY_NOT_A_PREFIX = "query_not_a_prefix"
    """The link's query does not begin with the rule's."""

    @property
    def message(self) -> str:
        """What happened and what to do, in one sentence each."""
        reasons: list[dict[str, str]] = _jumpqr.names()["mismatches"]
        return next(reason["message"] for reason in reasons if reason["code"] == self.value)


class Obstacle(Name):
    """Why a scanned link does not open the Mini Program for everybody."""

    NOT_A_LINK = "not_a_link"
    """The scanned text is not a link."""
    NO_RULE = "no_rule"
    """No rule covers the link."""
    NOT_PUBLISHED = "not_published"
    """The rule that the link hits is not published."""
    NOT_RELEASED = "not_released"
    """The Mini Program has no released code."""
    SWITCHED_OFF = "switched_off"
    """Opening by QR code is switched off for the account."""

    @property
    def message(self) -> str:
        """What happened and what to do, in one sentence each."""
        obstacles: list[dict[str, str]] = _jumpqr.names()["obstacles"]
        return next(known["message"] for known in obstacles if known["code"] == self.value)


@dataclass(frozen=True)
class LinkMatch(Generic[R]):
    """What a scanned link hits, and what it opens."""

    hit: R | None
    """The most specific rule that covers the link: the same object that was passed in."""
    shadowed: R | None
    """The published rule that would open the link if the unpublished `hit` did not exist."""
    opens: bool
    """Whether the link opens the Mini Program for everybody: there is no obstacle."""
    obstacles: tuple[Obstacle, ...] = ()
    """Why it does not: what concerns the link, then what concerns all links of the account."""
    opens_for_testers: bool = False
    """Whether it opens for developers and testers: for everybody, or as a `debug_url`."""
    test_version: OpenVersion | None = None
    """The build that a `debug_url` of the hit opens for developers and testers."""
    path: str | None = None
    """The Mini Program page of the hit, if it is known."""


class RuleSet(Generic[R]):
    """An index over many ordinary-link rules; any number of threads may use it at once.

    A rule without a state counts as published. Of two rules with the same prefix, the published one
    counts.

    Args:
        rules: Rules as `Client.rules` lists them, typed rules, mappings with `prefix` and maybe
            `state`, `path`, `open_version` and `debug_url`, or prefixes.
        qrcodejump_open: Whether opening by QR code is switched on for the account, as
            `get_jump_qr_code` says. None is not known.
        is_released: Whether the Mini Program has released code; without it, publishing a rule gets
            85074. None is not known.

    Raises:
        ValidationError: A rule has no prefix, or an invalid state; the error names its position.

    >>> published = {"prefix": "https://www.qq.com/a/", "state": 2}
    >>> unpublished = {"prefix": "https://www.qq.com/a/b", "state": 1}
    >>> rules = RuleSet([published, unpublished])
    >>> found = rules.match_url("https://www.qq.com/a/b")
    >>> found.opens, found.hit["prefix"], found.shadowed["prefix"]
    (False, 'https://www.qq.com/a/b', 'https://www.qq.com/a/')
    """

    def __init__(
        self,
        rules: Iterable[R],
        *,
        qrcodejump_open: bool | None = None,
        is_released: bool | None = None,
    ) -> None:
        """Index the rules."""
        if isinstance(rules, (str, bytes, Mapping)):
            raise TypeError(f"rules: give a list of rules, not {type(rules).__name__}")
        self._rules = tuple(rules)
        candidates = [_candidate(rule) for rule in self._rules]
        self._native = _jumpqr.RuleSet(candidates, qrcodejump_open, is_released)

    def __len__(self) -> int:
        return len(self._rules)

    def match_url(self, link: str) -> LinkMatch[R]:
        """Return what a scanned link hits. The cost grows with the link, not with the rules."""
        hit, shadowed, obstacles, for_testers, version, path = self._native.match_url(link)
        return LinkMatch(
            hit=None if hit is None else self._rules[hit],
            shadowed=None if shadowed is None else self._rules[shadowed],
            opens=not obstacles,
            obstacles=tuple(map(Obstacle, obstacles)),
            opens_for_testers=for_testers,
            test_version=None if version is None else OpenVersion(version),
            path=path,
        )

    def explain(self, link: str) -> list[Mismatch | None]:
        """Return for each rule, in order, why it does not cover the link; None if it does."""
        return [None if code is None else Mismatch(code) for code in self._native.explain(link)]


def _candidate(rule: MatchableRule) -> object:
    """Return the fields that matching reads. The core checks `prefix` and `state`."""
    if isinstance(rule, str):
        return {"prefix": rule}
    read = rule.get if isinstance(rule, Mapping) else partial(getattr, rule)
    fields = {name: read(name, None) for name in ("prefix", "state")}
    # A rule with another value here is matched all the same.
    for name, types in _OTHER_FIELDS.items():
        value = read(name, None)
        if isinstance(value, types):
            fields[name] = value
    return fields


_OTHER_FIELDS: dict[str, tuple[type, ...]] = {
    "path": (str,),
    "open_version": (int, str),
    "debug_url": (list, tuple),
}


def match_url(
    rules: Iterable[R],
    link: str,
    *,
    qrcodejump_open: bool | None = None,
    is_released: bool | None = None,
) -> LinkMatch[R]:
    """Return what a scanned link hits. For many links, make one `RuleSet`.

    >>> match_url(["https://www.qq.com/a/"], "https://www.qq.com/a/b?c=1").opens
    True
    """
    known = RuleSet(rules, qrcodejump_open=qrcodejump_open, is_released=is_released)
    return known.match_url(link)


def occupies(prefix: str, other: str) -> bool:
    """Return whether the rule `prefix`, with permit_sub_rule 2, bars others from adding `other`."""
    return _jumpqr.occupies(prefix, other)


def undocumented_equivalence(prefix: str, link: str) -> bool:
    """Return whether `prefix` covers `link` if WeChat ignores differences that no page mentions.

    These are upper and lower case of scheme and host, a default port, a missing path, and
    percent-encoding. If this is true but the rule does not cover the link, only WeChat knows the
    result.
    """
    return _jumpqr.undocumented_equivalence(prefix, link)


def nearest_prefix(prefix: str, listed: Iterable[str | ListedRule]) -> str | None:
    """Return the listed prefix that most resembles `prefix`; None if none resembles it.

    It shows which rule was meant if a delete returns `Confirmation.NOT_THERE`.

    Args:
        prefix: The prefix of a rule that is not listed.
        listed: Prefixes, or rules as `Client.rules` lists them.

    >>> nearest_prefix("http://m.example.cn/s58", ["https://m.example.cn/s58/"])
    'https://m.example.cn/s58/'
    """
    prefixes = [rule if isinstance(rule, str) else rule.prefix for rule in listed]
    return _jumpqr.nearest_prefix(prefix, prefixes)


def verification_file_location(prefix: str, file_name: str) -> str | None:
    """Return the URL at which WeChat looks for a verification file when the rule is added.

    >>> verification_file_location("https://m.example.cn/a/b/", "UASjIrr8C9.txt")
    'https://m.example.cn/a/b/UASjIrr8C9.txt'
    """
    return _jumpqr.location(prefix, file_name)


def launch_query(link: str, scancode_time: int) -> str:
    """Return the query with which WeChat opens the Mini Program for a scanned link.

    Args:
        link: The scanned link.
        scancode_time: The time of the scan, in UNIX seconds.

    >>> launch_query("https://h.cn/a?b=1", 1700000000)
    'q=https%3A%2F%2Fh.cn%2Fa%3Fb%3D1&scancode_time=1700000000'
    """
    return _jumpqr.launch_query(link, scancode_time)
