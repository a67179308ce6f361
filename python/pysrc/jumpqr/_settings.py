"""The settings of each client and platform. None stands for the default."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypedDict

from ._events import CallEvent
from ._setting_types import ClientSettings as _AppSettings
from ._setting_types import PlatformSettings as _PlatformSettings
from ._setting_types import ThreadSettings

__all__ = ["AsyncClientSettings", "AsyncPlatformSettings", "ClientSettings", "PlatformSettings"]


class _Listening(TypedDict, total=False):
    on_call: Callable[[CallEvent], object] | None
    """A function that takes the event of each call, when the call is done. It is called before the
    call returns, on the thread of the call, or in asyncio in the event loop of the call. The events
    of a renewed token come before the event of the call that needed it. If the function raises an
    exception, the call is not affected, and `sys.unraisablehook` gets the exception."""


class ClientSettings(_AppSettings, _Listening, total=False):
    """The settings of a `Client`. Give `access_token`, or `appid` and `secret`."""

    access_token: str | Callable[[str | None], str] | None
    """A token, or a function that returns one. The function is called before each call, on the
    thread of the call. It takes the token that WeChat has just rejected, or None. It must keep its
    token, may be called by many threads at once, and must limit its own time. The call raises what
    the function raises."""


class AsyncClientSettings(_AppSettings, _Listening, ThreadSettings, total=False):
    """The settings of an `AsyncClient`: those of a `Client`, and `max_concurrency`."""

    access_token: str | Callable[[str | None], str | Awaitable[str]] | None
    """As for a `Client`. The function may be asynchronous: it runs in the event loop of the call,
    and its task is cancelled if the call is cancelled or out of time. Another function cannot be
    interrupted: it occupies one of the `max_concurrency` threads until it returns."""


class PlatformSettings(_PlatformSettings, _Listening, total=False):
    """The settings of a `Platform`. The platform's credentials are required."""


class AsyncPlatformSettings(PlatformSettings, ThreadSettings, total=False):
    """The settings of an `AsyncPlatform`: those of a `Platform`, and `max_concurrency`."""
