"""The rules of both modes, and their checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import _jumpqr
from ._enums import OpenVersion, PermitSubRule
from ._light import TYPE_CHECKING, DataclassAttribute

if TYPE_CHECKING:
    from dataclasses import Field
    from typing import Any, ClassVar

    from ._answers import ListedRule
    from ._enums import Edit
    from ._findings import CheckReport

__all__ = ["OrdinaryLinkRule", "Rule", "ServiceAccountRule", "check", "check_call"]


class _Fields:
    """What both kinds of rules can do."""

    __hash__: ClassVar[None]  # type: ignore[assignment]

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    else:
        __dataclass_fields__ = DataclassAttribute()
        __dataclass_params__ = DataclassAttribute()

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as a mapping with the wire names, without the fields that are None."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def check(self) -> CheckReport:
        """Return all violations and all warnings at once; nothing is sent."""
        return check(self.to_dict())

    def __eq__(self, other: object) -> bool:
        return vars(self) == vars(other) if type(other) is type(self) else NotImplemented

    def __repr__(self) -> str:
        fields = (f"{name}={value!r}" for name, value in vars(self).items())
        return f"{type(self).__qualname__}({', '.join(fields)})"


class OrdinaryLinkRule(_Fields):
    """The rule by which an ordinary link QR code opens a Mini Program.

    It is added with the token of the Mini Program (permission set 18). An account has at most 100.

    Args:
        prefix: An http(s) URL on a domain with ICP filing. Links that it covers open the Mini
            Program.
        path: The Mini Program page, e.g. `pages/index/index`.
        open_version: Which build a `debug_url` opens.
        permit_sub_rule: Whether the rule occupies its sub-rules.
        debug_url: At most 5 complete test links, each covered by the prefix. If it is None, the
            request does not have the field.

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

    __match_args__ = ("prefix", "path", "open_version", "permit_sub_rule", "debug_url")

    def __init__(
        self,
        prefix: str,
        path: str,
        open_version: OpenVersion | int,
        permit_sub_rule: PermitSubRule | int,
        debug_url: Sequence[str] | None = None,
    ) -> None:
        """Take the fields; see the class."""
        self.prefix = prefix
        self.path = path
        self.open_version = open_version
        self.permit_sub_rule = permit_sub_rule
        self.debug_url = debug_url


class ServiceAccountRule(_Fields):
    """The rule by which a service account's parametric QR code opens a Mini Program.

    It is added with the token of the service account (permission set 3). The account must be linked
    to the Mini Program first, see `Client.link_miniprogram`. A Mini Program has at most 100,000.

    Args:
        prefix: The parametric QR URL. It begins with `http://weixin.qq.com/q/`, with http, not
            https.
        appid: The appid of the Mini Program, `wx…`.
        path: The Mini Program page, e.g. `pages/index/index`.

    >>> rule = ServiceAccountRule(
    ...     prefix="http://weixin.qq.com/q/kZgfwMTm72Wxxxx",
    ...     appid="wx1234567890abcdef",
    ...     path="pages/index/index",
    ... )
    >>> bool(rule.check())
    True
    """

    __match_args__ = ("prefix", "appid", "path")

    def __init__(self, prefix: str, appid: str, path: str) -> None:
        """Take the fields; see the class."""
        self.prefix = prefix
        self.appid = appid
        self.path = path


Rule = OrdinaryLinkRule | ServiceAccountRule
"""A rule of either mode."""


def as_mapping(rule: Rule | ListedRule | Mapping[str, object]) -> Mapping[str, object]:
    """Return the fields of a typed or listed rule; anything else is returned as it is."""
    # A listed rule is a dataclass. Its own module is slow to import.
    if isinstance(rule, _Fields) or hasattr(rule, "__dataclass_fields__"):
        return vars(rule)
    return rule


def rule_or_fields(
    rule: Rule | ListedRule | Mapping[str, object] | None,
    fields: tuple[object, ...],
    is_edit: Edit | bool | None,
) -> object:
    """Return the mapping of a rule that is passed as a whole or as its fields, in their order."""
    if rule is not None and fields.count(None) == len(fields):
        mapping = as_mapping(rule)
    else:
        prefix, path, open_version, permit_sub_rule, debug_url, appid = fields
        mapping = {
            "prefix": prefix,
            "path": path,
            "open_version": open_version,
            "permit_sub_rule": permit_sub_rule,
            "debug_url": debug_url,
            "appid": appid,
        }
        if rule is not None:
            given = [name for name, value in mapping.items() if value is not None]
            raise TypeError(f"give a rule, or its fields, not both: {', '.join(given)}")
    if is_edit is not None and isinstance(mapping, Mapping):
        # On the wire, it is a number.
        number = int(is_edit) if isinstance(is_edit, bool) else is_edit
        mapping = {**mapping, "is_edit": number}
    return mapping


def check(rule: Rule | ListedRule | Mapping[str, object] | str | bytes) -> CheckReport:
    """Return all violations and warnings of a rule at once; nothing is sent.

    Args:
        rule: A typed rule, a listed one, a mapping with the wire names, or JSON text.

    >>> [str(finding) for finding in check({"prefix": "m.example.cn", "path": ""}).violations][-1]
    'path: is empty; give the Mini Program page to open, e.g. pages/index/index'
    """
    from ._findings import report

    if isinstance(rule, str):
        rule = rule.encode(errors="surrogatepass")
    if isinstance(rule, bytes):
        return report(_jumpqr.check_document(rule))
    return report(_jumpqr.check_call("addJumpQRCode", as_mapping(rule)))


def check_call(interface: str, **arguments: object) -> CheckReport:
    """Return all violations and warnings of a call's arguments at once; nothing is sent.

    Args:
        interface: WeChat's name, e.g. `deleteJumpQRCode`.
        **arguments: The arguments by their wire names, as the methods of `Client` take them.

    Raises:
        ValidationError: There is no such interface.
    """
    from ._findings import report

    return report(_jumpqr.check_call(interface, arguments))
