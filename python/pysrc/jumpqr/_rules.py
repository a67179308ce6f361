"""The rules of both modes, and checking them."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence

from . import _jumpqr
from ._annotations import TYPE_CHECKING
from ._enums import OpenVersion, PermitSubRule

if TYPE_CHECKING:
    from dataclasses import Field
    from typing import Any, ClassVar

    from ._answers import ListedRule
    from ._findings import CheckReport


class _Dataclass:
    """What `dataclasses` keeps in a class, from a class that has fields of the same names.

    Its functions, such as `replace`, find it here when they are used. To make the class with its decorator would take a
    process that sends one rule longer than the sending.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, rule: object, owner: type[_Fields]) -> Any:
        from dataclasses import field, make_dataclass

        optional = {"debug_url": field(default=None)}
        fields = [(name, owner.__annotations__[name], optional.get(name, field())) for name in owner.__match_args__]
        return getattr(make_dataclass(owner.__name__, fields), self._name)


class _Fields:
    """What both kinds of rules can do."""

    __match_args__: ClassVar[tuple[str, ...]]
    __hash__: ClassVar[None]  # type: ignore[assignment]

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    else:
        __dataclass_fields__ = _Dataclass()
        __dataclass_params__ = _Dataclass()

    def to_dict(self) -> dict[str, Any]:
        """Return the rule as a mapping with the wire names; fields that are None are left out."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def check(self) -> CheckReport:
        """Return all violations and all warnings at once; nothing is sent."""
        return check(self.to_dict())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__match_args__)

    def __repr__(self) -> str:
        fields = (f"{name}={getattr(self, name)!r}" for name in self.__match_args__)
        return f"{type(self).__qualname__}({', '.join(fields)})"


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

    __match_args__ = ("prefix", "path", "open_version", "permit_sub_rule", "debug_url")

    prefix: str
    """An http(s) URL on a domain with ICP filing; links that it covers open the Mini Program."""
    path: str
    """The Mini Program page, e.g. `pages/index/index`."""
    open_version: OpenVersion | int
    """Which build a `debug_url` opens."""
    permit_sub_rule: PermitSubRule | int
    """Whether the rule occupies its sub-rules."""
    debug_url: Sequence[str] | None
    """At most 5 complete test links, each covered by the prefix; None leaves the field out of the request."""

    def __init__(
        self,
        prefix: str,
        path: str,
        open_version: OpenVersion | int,
        permit_sub_rule: PermitSubRule | int,
        debug_url: Sequence[str] | None = None,
    ) -> None:
        """Take the fields; see the class for what they are."""
        self.prefix = prefix
        self.path = path
        self.open_version = open_version
        self.permit_sub_rule = permit_sub_rule
        self.debug_url = debug_url


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

    __match_args__ = ("prefix", "appid", "path")

    prefix: str
    """The parametric QR URL; begins with `http://weixin.qq.com/q/`, with http, not https."""
    appid: str
    """The appid of the Mini Program to open, `wx…`."""
    path: str
    """The Mini Program page, e.g. `pages/index/index`."""

    def __init__(self, prefix: str, appid: str, path: str) -> None:
        """Take the fields; see the class for what they are."""
        self.prefix = prefix
        self.appid = appid
        self.path = path


if TYPE_CHECKING or sys.version_info >= (3, 10):
    Rule = OrdinaryLinkRule | ServiceAccountRule
else:
    from typing import Union

    Rule = Union[OrdinaryLinkRule, ServiceAccountRule]
"""A rule of either mode."""


def as_mapping(rule: Rule | ListedRule | Mapping[str, object]) -> Mapping[str, object]:
    """Return a typed or listed rule as a mapping without None; anything else is returned as it is."""
    # A listed rule is a dataclass; its module takes long to import.
    return vars(rule) if isinstance(rule, _Fields) or hasattr(rule, "__dataclass_fields__") else rule


def check(rule: Rule | ListedRule | Mapping[str, object] | str | bytes) -> CheckReport:
    """Return everything that is wrong with a rule, and what may be; nothing is sent.

    Args:
        rule: A typed rule, a listed one, a mapping with the wire names, or JSON text.

    Returns:
        All violations and all warnings. It is true where there is no violation.

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
    """Return everything that is wrong with a call's arguments, and what may be; nothing is sent.

    Args:
        interface: WeChat's name, e.g. `deleteJumpQRCode`.
        **arguments: The arguments by their wire names, as the methods of `Client` take them.

    Raises:
        ValidationError: There is no such interface.
    """
    from ._findings import report

    return report(_jumpqr.check_call(interface, arguments))
