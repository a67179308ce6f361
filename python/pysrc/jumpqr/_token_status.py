"""How a token stands in its store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

from ._enums import TokenState


@dataclass(frozen=True)
class TokenStatus:
    """How the token of an account stands in its store. Nothing in it is a secret. Times are in seconds, cut off."""

    store: str
    """Which store, as the setting `token_store` has it, but for a password."""
    interface: str
    """The interface that issues the tokens: `stable_token`, `token`, `api_component_token`, `api_authorizer_token`."""
    appid: str
    """Whose token it is."""
    state: TokenState
    """Whether there is one."""
    age: Optional[int]
    """How long ago it was asked for; None where there is none."""
    expires_in: Optional[int]
    """How long it still lives, unless WeChat cuts its life short; 0 where it has expired, None where there is none."""
    has_refresh_token: Optional[bool]
    """Whether the store holds the refresh token of this merchant; None for what is not a platform's merchant."""
    verify_ticket_age: Optional[int]
    """How long ago the last component_verify_ticket came, which is good for 12 hours; None where none came yet, and for
    what is not a platform."""
    refused_errcode: Optional[int]
    """What WeChat last said to the credentials, if that is still remembered for all that share the store."""
    refused_for: Optional[int]
    """How long those credentials are not tried again; None where nothing is remembered."""


def status_of_token(status: dict[str, Any]) -> TokenStatus:
    """Read what the core says."""
    return TokenStatus(**{**status, "state": TokenState(status["state"])})


def status_or_none(status: Optional[dict[str, Any]]) -> Optional[TokenStatus]:
    """Read what the core says; None where the tokens are the caller's own."""
    return None if status is None else status_of_token(status)
