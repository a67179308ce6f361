"""The state of a token in its store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ._enums import TokenState

__all__ = ["TokenStatus"]


@dataclass(frozen=True)
class TokenStatus:
    """The state of an account's token in its store, without secrets. Times are in whole seconds."""

    store: str
    """The store, as in the setting `token_store`, without a password."""
    interface: str
    """The interface that issues the tokens: `stable_token`, `token`, `api_component_token` or
    `api_authorizer_token`."""
    appid: str
    """The account's appid."""
    state: TokenState
    """Whether the store has a token."""
    age: int | None
    """How long ago the token was requested; None if there is none."""
    expires_in: int | None
    """How long the token is still valid, unless WeChat ends it earlier; 0 if it has expired, None
    if there is none."""
    has_refresh_token: bool | None
    """Whether the store has this merchant's refresh token; None if the account is not a merchant of
    a platform."""
    verify_ticket_age: int | None
    """How long ago the last component_verify_ticket came, which is valid for 12 hours; None if none
    came yet, or if the account is not a platform."""
    refused_errcode: int | None
    """WeChat's last refusal of the credentials, while all that share the store remember it."""
    refused_for: int | None
    """How long those credentials are not tried again; None if no refusal is remembered."""


def token_status(status: dict[str, Any]) -> TokenStatus:
    """Read the status."""
    return TokenStatus(**{**status, "state": TokenState(status["state"])})
