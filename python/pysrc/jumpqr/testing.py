"""A local WeChat to test against, in this process."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

from . import _jumpqr
from ._async_client import AsyncClient
from ._async_platform import AsyncPlatform
from ._client import Client
from ._exceptions import SandboxError
from ._jumpqr import ENCODING_AES_KEY, MESSAGE_TOKEN
from ._platform import Platform

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._settings import (
        AsyncClientSettings,
        AsyncPlatformSettings,
        ClientSettings,
        PlatformSettings,
    )

__all__ = ["ENCODING_AES_KEY", "MESSAGE_TOKEN", "Account", "Sandbox", "SandboxError"]


class Account(NamedTuple):
    """An account of a sandbox."""

    appid: str
    """Its appid."""
    secret: str
    """Its appsecret. It is not secret: every sandbox has the same."""


class Sandbox(_jumpqr.Sandbox):
    """A local WeChat with the same interfaces, rules, tokens and error codes, and with faults.

    It serves on a port of 127.0.0.1, on a thread of its own, until it is stopped. It starts with
    one Mini Program, one service account linked to it, and one third-party platform. Any HTTP
    client and any thread may use it. A forked process may use it over HTTP only. It is a context
    manager; leaving it stops the server.

    Args:
        port: The port to listen on; any free port by default.
        frozen_at: The time at which its clock stands still, in UNIX seconds. By default the clock
            runs.
        allow_hosts: Further hosts in the `Host` header, each `NAME` or `NAME:PORT`. By default, the
            sandbox accepts 127.0.0.1, localhost and [::1] with its own port. It refuses other names
            (403), because a web page could have chosen them.
        push_url: Where it pushes tickets and authorisations of its platform to, encrypted with
            `MESSAGE_TOKEN` and `ENCODING_AES_KEY`: an `http` URL on this machine. The first ticket
            comes at once. `control("PUT", f"/sandbox/platforms/{appid}", {"push_url": …})` sets it
            later.

    Raises:
        SandboxError: The port is not free, or a setting is wrong.

    >>> with Sandbox() as sandbox, sandbox.client() as client:
    ...     sandbox.inject("errcode", errcode=-1, on="getJumpQRCode")
    ...     len(client.get_jump_qr_code().rule_list)
    ...     sandbox.counters()["business_calls"]
    1
    0
    2
    """

    def client(self, account: Account | None = None, **settings: Unpack[ClientSettings]) -> Client:
        """Return a client of the account, by default of the Mini Program."""
        return Client(**self._settings(account, settings))

    def async_client(
        self, account: Account | None = None, **settings: Unpack[AsyncClientSettings]
    ) -> AsyncClient:
        """Return an asyncio client of the account, by default of the Mini Program."""
        return AsyncClient(**self._settings(account, settings))

    def _settings(self, account: Account | None, settings: Mapping[str, Any]) -> dict[str, Any]:
        if "access_token" not in settings:
            appid, secret = account or self.mini_program
            settings = {"appid": appid, "secret": secret, **settings}
        return {"base_url": self.base_url, **settings}

    def platform(
        self, component: Account | None = None, **settings: Unpack[PlatformSettings]
    ) -> Platform:
        """Return the third-party platform, which can receive the sandbox's pushes.

        Without a `push_url`, nothing pushes a ticket to it, see `verify_ticket`.

        >>> with Sandbox() as sandbox, sandbox.platform() as platform:
        ...     appid = sandbox.mini_program.appid
        ...     platform.set_verify_ticket(sandbox.verify_ticket())
        ...     platform.set_authorizer_refresh_token(appid, sandbox.authorize(appid))
        ...     len(platform.merchant(appid).get_jump_qr_code().rule_list)
        0
        """
        return Platform(**self._platform_settings(component, settings))

    def async_platform(
        self, component: Account | None = None, **settings: Unpack[AsyncPlatformSettings]
    ) -> AsyncPlatform:
        """Return the third-party platform for asyncio."""
        return AsyncPlatform(**self._platform_settings(component, settings))

    def _platform_settings(
        self, component: Account | None, settings: Mapping[str, Any]
    ) -> dict[str, Any]:
        appid, secret = component or self.component
        return {
            "base_url": self.base_url,
            "component_appid": appid,
            "component_appsecret": secret,
            "message_token": MESSAGE_TOKEN,
            "encoding_aes_key": ENCODING_AES_KEY,
            **settings,
        }

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Sandbox({self.base_url})"
