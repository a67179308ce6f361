"""What WeChat answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import _jumpqr
from ._enums import LinkStatus, OpenVersion, PermitSubRule, RuleState

__all__ = [
    "ApiQuota",
    "DailyQuota",
    "IpList",
    "JumpQRCodeList",
    "LinkedMiniprogram",
    "ListedRule",
    "RateLimit",
    "RidInfo",
    "VerificationFile",
]


@dataclass(frozen=True)
class ListedRule:
    """A rule in the answer of getJumpQRCode. A field that WeChat left out is None."""

    prefix: str
    """The prefix."""
    path: str | None = None
    """The Mini Program page."""
    state: RuleState | None = None
    """Whether the rule is published."""
    open_version: OpenVersion | None = None
    """Which build a `debug_url` opens; ordinary-link mode only."""
    debug_url: tuple[str, ...] | None = None
    """The test links; ordinary-link mode only."""
    permit_sub_rule: PermitSubRule | None = None
    """Whether the rule occupies its sub-rules; ordinary-link mode only."""


@dataclass(frozen=True)
class JumpQRCodeList:
    """The answer of getJumpQRCode."""

    rule_list: tuple[ListedRule, ...]
    """The rules."""
    qrcodejump_open: bool | None
    """Whether opening by QR code is switched on for the account."""
    list_size: int | None
    """The number of rules in this answer, as WeChat counts it."""
    qrcodejump_pub_quota: int | None
    """How many rules may still be published this month."""
    total_count: int | None
    """The number of all rules of the account."""


@dataclass(frozen=True)
class VerificationFile:
    """The file that proves an account's ownership of a domain. Serve it publicly and unchanged."""

    file_name: str
    """The name, e.g. `UASjIrr8C9.txt`."""
    file_content: str
    """The exact content."""

    def location(self, prefix: str) -> str | None:
        """Return the URL of the file for a rule with this prefix; None if the prefix is not a link.

        WeChat looks there when the rule is added.
        """
        return _jumpqr.location(prefix, self.file_name)


@dataclass(frozen=True)
class LinkedMiniprogram:
    """A Mini Program in the answer of wxamplinkget."""

    appid: str
    """The appid."""
    status: LinkStatus | None
    """How far the link is; None if the status is not documented."""
    nickname: str | None
    """The name."""


@dataclass(frozen=True)
class IpList:
    """The answer of getCallbackIp and getApiDomainIp."""

    ip_list: tuple[str, ...]
    """Addresses, and ranges such as `101.226.103.0/25`."""


@dataclass(frozen=True)
class DailyQuota:
    """How many calls an account has in a day. A number that WeChat left out is None."""

    daily_limit: int | None
    """The calls that it may make in a day."""
    used: int | None
    """The calls that it has made today."""
    remain: int | None
    """The calls that are left today."""


@dataclass(frozen=True)
class RateLimit:
    """How many calls are allowed in a time. A number that WeChat left out is None."""

    call_count: int | None
    """The number of calls."""
    refresh_second: int | None
    """The time, in seconds."""


@dataclass(frozen=True)
class ApiQuota:
    """The answer of getApiQuota."""

    quota: DailyQuota
    """The calls of the day."""
    rate_limit: RateLimit | None
    """The limit of the pace."""
    component_rate_limit: RateLimit | None
    """The limit of the pace of a third-party platform that calls for the account."""


@dataclass(frozen=True)
class RidInfo:
    """The answer of getRidInfo. A field that WeChat left out is None.

    WeChat returns the texts with the tokens and secrets that were sent. Here, stars stand for them.
    """

    invoke_time: int | None
    """When the call was made, in seconds since the UNIX epoch."""
    cost_in_ms: int | None
    """How long WeChat worked on it, in milliseconds."""
    request_url: str | None
    """The query of the URL."""
    request_body: str | None
    """The body of the request."""
    response_body: str | None
    """The body of the response."""
    client_ip: str | None
    """The IP address that the call came from."""


_TYPES: dict[str, Callable[[Any], Any]] = {
    "state": RuleState,
    "open_version": OpenVersion,
    "debug_url": tuple,
    "permit_sub_rule": PermitSubRule,
}


def listed_rule(rule: dict[str, Any]) -> ListedRule:
    """Read one rule. A field that WeChat left out is missing."""
    return ListedRule(**{name: _TYPES.get(name, str)(value) for name, value in rule.items()})


def jump_qr_code_list(answer: dict[str, Any]) -> JumpQRCodeList:
    """Read the answer of getJumpQRCode."""
    return JumpQRCodeList(**{**answer, "rule_list": tuple(map(listed_rule, answer["rule_list"]))})


def verification_file(answer: dict[str, Any]) -> VerificationFile:
    """Read the answer of downloadQRCodeText."""
    return VerificationFile(**answer)


def linked_miniprograms(answer: list[dict[str, Any]]) -> list[LinkedMiniprogram]:
    """Read the answer of wxamplinkget."""
    return [
        LinkedMiniprogram(**{**item, "status": item["status"] and LinkStatus(item["status"])})
        for item in answer
    ]


def ip_list(answer: dict[str, Any]) -> IpList:
    """Read the answer of getCallbackIp or getApiDomainIp."""
    return IpList(tuple(answer["ip_list"]))


def api_quota(answer: dict[str, Any]) -> ApiQuota:
    """Read the answer of getApiQuota."""
    limits = {
        name: None if answer[name] is None else RateLimit(**answer[name])
        for name in ("rate_limit", "component_rate_limit")
    }
    return ApiQuota(DailyQuota(**answer["quota"]), **limits)


def rid_info(answer: dict[str, Any]) -> RidInfo:
    """Read the answer of getRidInfo."""
    return RidInfo(**answer)
