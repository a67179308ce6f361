"""What WeChat answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Optional

from . import _jumpqr
from ._enums import LinkStatus, OpenVersion, PermitSubRule, RuleState


@dataclass(frozen=True)
class ListedRule:
    """A rule as getJumpQRCode lists it, tidied; what WeChat left out is None."""

    prefix: str
    """The rule's prefix."""
    path: Optional[str] = None
    """The Mini Program page."""
    state: Optional[RuleState] = None
    """Whether it is published."""
    open_version: Optional[OpenVersion] = None
    """Which build a `debug_url` opens; ordinary-link mode only."""
    debug_url: Optional[tuple[str, ...]] = None
    """The test links; ordinary-link mode only."""
    permit_sub_rule: Optional[PermitSubRule] = None
    """Whether the rule occupies its sub-rules; ordinary-link mode only."""


@dataclass(frozen=True)
class JumpQRCodeList:
    """The answer of getJumpQRCode."""

    rule_list: tuple[ListedRule, ...]
    """The rules."""
    qrcodejump_open: Optional[bool]
    """Whether opening by QR code is switched on for the account."""
    list_size: Optional[int]
    """The number of rules in this answer, as WeChat counts it."""
    qrcodejump_pub_quota: Optional[int]
    """The publishes that are left this month."""
    total_count: Optional[int]
    """The number of all rules of the account."""


@dataclass(frozen=True)
class VerificationFile:
    """The domain-ownership verification file of an account. It must be public and answer with its exact content."""

    file_name: str
    """Its name, e.g. `UASjIrr8C9.txt`."""
    file_content: str
    """Its exact content."""

    def location(self, prefix: str) -> Optional[str]:
        """Return the URL under which WeChat looks for it when the rule `prefix` is added; None for what is no link."""
        return _jumpqr.location(prefix, self.file_name)


@dataclass(frozen=True)
class LinkedMiniprogram:
    """A Mini Program in the answer of wxamplinkget."""

    appid: str
    """Its appid."""
    status: Optional[LinkStatus]
    """How far the link is; None for what is not documented."""
    nickname: Optional[str]
    """Its name."""


def listed_rule(rule: dict[str, Any]) -> ListedRule:
    """Read one rule; what WeChat left out is not in it."""
    types: dict[str, Callable[[Any], Any]] = {
        "state": RuleState,
        "open_version": OpenVersion,
        "debug_url": tuple,
        "permit_sub_rule": PermitSubRule,
    }
    return ListedRule(**{name: types.get(name, str)(value) for name, value in rule.items()})


def jump_qr_code_list(answer: dict[str, Any]) -> JumpQRCodeList:
    """Read the answer of getJumpQRCode."""
    return JumpQRCodeList(
        rule_list=tuple(map(listed_rule, answer["rule_list"])),
        qrcodejump_open=answer["qrcodejump_open"],
        list_size=answer["list_size"],
        qrcodejump_pub_quota=answer["qrcodejump_pub_quota"],
        total_count=answer["total_count"],
    )


def verification_file(answer: dict[str, Any]) -> VerificationFile:
    """Read the answer of downloadQRCodeText."""
    return VerificationFile(**answer)


def linked_miniprogram(item: dict[str, Any]) -> LinkedMiniprogram:
    """Read one Mini Program."""
    status = item["status"]
    return LinkedMiniprogram(item["appid"], None if status is None else LinkStatus(status), item["nickname"])


def linked_miniprograms(answer: list[dict[str, Any]]) -> list[LinkedMiniprogram]:
    """Read the answer of wxamplinkget."""
    return list(map(linked_miniprogram, answer))
