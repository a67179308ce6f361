"""The merchants of a third-party platform."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from ._enums import Name

__all__ = [
    "AuthType",
    "AuthorizedMerchant",
    "ConfirmInfo",
    "Device",
    "FuncInfo",
    "ListedAuthorizer",
]


class Device(Name):
    """The device on which a merchant opens the link of `authorization_url`."""

    PC = "pc"
    """A browser on a computer, which shows a QR code."""
    MOBILE = "mobile"
    """WeChat on a phone."""


class AuthType(enum.IntEnum):
    """Which accounts the page offers to which the link of `authorization_url` leads."""

    OFFICIAL_ACCOUNT = 1
    """Service accounts and subscription accounts (公众号)."""
    MINI_PROGRAM = 2
    """Mini Programs (小程序)."""
    BOTH = 3
    """Both."""
    PROMOTER = 4
    """Accounts of 推客."""
    CHANNELS = 5
    """Accounts of Channels (视频号)."""
    ALL = 6
    """All kinds."""
    SALES_ASSISTANT = 8
    """Accounts of 带货助手."""


@dataclass(frozen=True)
class ConfirmInfo:
    """Whether a permission set must be confirmed. WeChat's pages do not describe it."""

    need_confirm: bool | None
    """Whether the permission set must be confirmed before its interfaces work."""
    already_confirm: bool | None
    """Whether it was confirmed."""
    can_confirm: bool | None
    """Whether it can be confirmed now."""


@dataclass(frozen=True)
class FuncInfo:
    """A permission set that a merchant has granted."""

    id: int
    """Its number: 18 for ordinary-link rules, 3 for service-account rules, 33 for links between
    accounts."""
    name: str | None
    """Its name, if WeChat tells it."""
    confirm_info: ConfirmInfo | None
    """Whether it must be confirmed, if WeChat tells it."""


@dataclass(frozen=True)
class AuthorizedMerchant:
    """A merchant whose code was exchanged. The refresh token is stored."""

    authorizer_appid: str
    """The merchant's Mini Program or service account, for `merchant`."""
    func_info: tuple[FuncInfo, ...] | None
    """The permission sets that the merchant has granted; None if WeChat did not tell."""
    has_refresh_token: bool
    """Whether there is a refresh token. WeChat gives none to an account that may call nothing."""


@dataclass(frozen=True)
class ListedAuthorizer:
    """A merchant in WeChat's list of the platform's merchants."""

    authorizer_appid: str
    """The merchant's Mini Program or service account."""
    auth_time: int | None
    """When the merchant authorised the platform, in UNIX seconds."""
    has_refresh_token: bool
    """Whether the list has a refresh token. It has none before the first exchange of a code."""


def authorized_merchant(answer: dict[str, Any]) -> AuthorizedMerchant:
    """Read an exchanged merchant."""
    granted = answer["func_info"]
    return AuthorizedMerchant(
        **{**answer, "func_info": None if granted is None else tuple(map(func_info, granted))}
    )


def func_info(granted: dict[str, Any]) -> FuncInfo:
    """Read a permission set."""
    confirm = granted["confirm_info"]
    return FuncInfo(**{**granted, "confirm_info": confirm and ConfirmInfo(**confirm)})
