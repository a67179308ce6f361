"""The settings of each client and platform. None stands for the default."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ._setting_types import ClientSettings as _AppSettings
from ._setting_types import PlatformSettings, ThreadSettings

__all__ = ["AsyncClientSettings", "AsyncPlatformSettings", "ClientSettings", "PlatformSettings"]


class ClientSettings(_AppSettings, total=False):
    """The settings of a `Client`. Give `access_token`, or `appid` and `secret`."""

    access_token: str | Callable[[str | None], str] | None
    """A token, or a function that returns one. The function is called before each call, on the
    thread of the call. It takes the token that WeChat has just rejected, or None. It must keep its
    token, may be called by many threads at once, and must limit its own time. The call raises what
    the function raises."""


class AsyncClientSettings(_AppSettings, ThreadSettings, total=False):
    """The settings of an `AsyncClient`: those of a `Client`, and `max_concurrency`."""

    access_token: str | Callable[[str | None], str | Awaitable[str]] | None
    """As for a `Client`. The function may be asynchronous: it runs in the event loop of the call,
    and its task is cancelled if the call is cancelled or out of time. Another function cannot be
    interrupted: it occupies one of the `max_concurrency` threads until it returns."""


class AsyncPlatformSettings(PlatformSettings, ThreadSettings, total=False):
    """The settings of an `AsyncPlatform`: those of a `Platform`, and `max_concurrency`."""
