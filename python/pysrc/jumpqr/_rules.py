"""The rules of both modes, and checking them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Optional, Union

from . import _jumpqr
from ._enums import OpenVersion, PermitSubRule
from ._findings import CheckReport, report_from_json


class _Fields:
    """What both kinds of rules can do."""

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as a mapping with the wire names; fields that are None are left out."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {name: value for name, value in given.items() if value is not None}

    def check(self) -> CheckReport:
        """Return all violations and all warnings at once; nothing is sent."""
        return check(self.to_dict())


@dataclass
class OrdinaryLinkRule(_Fields):
    """The rule by which an ordinary link QR code opens a Mini Program.

    It is added with the token of the Mini Program (permission set 18). An account has at most 100 of them.

    >>> rule = OrdinaryLinkRule(
    ...     prefix="https://weixin.qq.com/qrcodejump",
    ...     path="pages/index/index",
    ...     open_version=OpenVersion.DEVELOPMENT,
    ...     permit_sub_rule=PermitSubRule.NOT_OCCUPIED,
    ...     debug_url=["https://weixin.qq.com/qrcodejump?a=1"],
    ... )
    >>> bool(rule.check())
    True
    """

    prefix: str
    """An http(s) URL on a domain with ICP filing; links that it covers open the Mini Program."""
    path: str
    """The Mini Program page, e.g. `pages/index/index`."""
    open_version: Union[OpenVersion, int]
    """Which build a `debug_url` opens."""
    permit_sub_rule: Union[PermitSubRule, int]
    """Whether the rule occupies its sub-rules."""
    debug_url: Optional[Sequence[str]] = None
    """At most 5 complete test links, each covered by the prefix; None leaves the field out of the request."""


@dataclass
class ServiceAccountRule(_Fields):
    """The rule by which a service account's parametric QR code opens a Mini Program.

    It is added with the token of the service account (permission set 3), which has to be linked to the Mini Program
    first, see `Client.link_miniprogram`. A Mini Program has at most 100,000 of them.

    >>> rule = ServiceAccountRule(
    ...     prefix="http://weixin.qq.com/q/kZgfwMTm72Wxxxx",
    ...     appid="wx1234567890abcdef",
    ...     path="pages/index/index",
    ... )
    >>> bool(rule.check())
    True
    """

    prefix: str
    """The parametric QR URL; begins with `http://weixin.qq.com/q/`, with http, not https."""
    appid: str
    """The appid of the Mini Program to open, `wx…`."""
    path: str
    """The Mini Program page, e.g. `pages/index/index`."""


Rule = Union[OrdinaryLinkRule, ServiceAccountRule]
"""A rule of either mode."""


def to_json(value: object) -> str:
    """Write a mapping, a rule, or what else a caller gives, as JSON for the core."""
    return json.dumps(value, default=_as_json)


def _as_json(value: object) -> object:
    if isinstance(value, _Fields):
        return value.to_dict()
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"give texts, numbers and lists of texts, not {type(value).__name__}")


def check(rule: Union[Rule, Mapping[str, Any], str, bytes]) -> CheckReport:
    """Return everything that is wrong with a rule, and what may be; nothing is sent.

    Args:
        rule: A typed rule, a mapping with the wire names, or a document: JSON text, as it stands in a file.

    Returns:
        All violations and all warnings. It is true where there is no violation.

    >>> [str(finding) for finding in check({"prefix": "m.example.cn", "path": ""}).violations][-1]
    'path: is empty; give the Mini Program page to open, e.g. pages/index/index'
    """
    if isinstance(rule, str):
        rule = rule.encode(errors="surrogatepass")
    if isinstance(rule, bytes):
        return report_from_json(_jumpqr.check_document(rule))
    return report_from_json(_jumpqr.check_call("addJumpQRCode", to_json(rule)))


def check_call(interface: str, **arguments: object) -> CheckReport:
    """Return everything that is wrong with a call's arguments, and what may be; nothing is sent.

    Args:
        interface: WeChat's name, e.g. `deleteJumpQRCode`.
        **arguments: The arguments by their wire names, as the methods of `Client` take them.

    Raises:
        ValidationError: There is no such interface.
    """
    return report_from_json(_jumpqr.check_call(interface, to_json(arguments)))
