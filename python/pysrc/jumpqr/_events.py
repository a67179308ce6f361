"""What a listener gets of each call."""

from __future__ import annotations

from typing import Literal, TypedDict

__all__ = ["Attempt", "CallEvent"]


class Attempt(TypedDict):
    """One request of a call, and what came of it. Times are milliseconds."""

    purpose: Literal["look_up", "request", "read_back"]
    """What the request was for: to look the rule up before a change, the call's own, or to read the
    change back."""

    start_ms: float
    """When it was sent, counted from the start of the call."""

    duration_ms: float
    """How long it took: connecting, sending, and waiting for the response."""

    status: int | None
    """The HTTP status of the response; None if there was none."""

    errcode: int | None
    """WeChat's errcode, if WeChat refused the request."""

    code: str | None
    """The code of the failure; None if WeChat did what the request asks."""

    rid: str | None
    """The id of the request at WeChat, if WeChat refused it and told the id."""

    next: Literal["request", "retry", "next_host", "renew_token", "read_back", "resend"] | None
    """What the call did next, because of `code`; None after the last request."""


class CallEvent(TypedDict):
    """What one call has done. It has no secret, no message, and of WeChat's texts only the rid.

    Times are milliseconds. If a token is renewed, the requests for it are calls too, and have
    events of their own, with the interface `stable_token`, `token`, `api_component_token` or
    `api_authorizer_token`.
    """

    interface: str
    """WeChat's name of the interface, or the path of a raw call."""

    appid: str | None
    """The account that the call was for; None if the client does not know it."""

    duration_ms: float
    """How long the call took, with all waits."""

    thread_ms: float
    """How long it waited for a free thread; only in asyncio."""

    slot_ms: float
    """How long it waited for its slots, because of the pace."""

    token_ms: float
    """How long it took to get the token, without `lock_ms`. If the token was renewed, this includes
    WeChat's time, which the event of the renewal shows."""

    lock_ms: float
    """How long it waited while another thread or another process renewed the token."""

    retry_ms: float
    """How long it waited before its retries."""

    wechat_ms: float
    """How long its requests took: connecting, sending, and waiting for WeChat's responses."""

    token_renewed: bool
    """Whether a token was renewed for this call, by itself or by another that it waited for."""

    read_back: bool
    """Whether the change was read back because its outcome was unknown."""

    status: int | None
    """The HTTP status of the last response; None if there was none."""

    errcode: int | None
    """WeChat's errcode, if the call failed with one."""

    code: str | None
    """The code of the error; None if the call succeeded."""

    rid: str | None
    """The id of the request at WeChat, if the call failed and WeChat told it."""

    outcome: Literal["applied", "not_applied", "unknown"] | None
    """Whether the change was applied; None if the interface changes nothing."""

    attempts: list[Attempt]
    """The requests of the call, in order. It is empty if nothing was sent."""
