"""A local WeChat to test against, in this process."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Optional, Union
from urllib.parse import quote

from . import _jumpqr
from ._async_client import AsyncClient
from ._async_platform import AsyncPlatform
from ._client import Client
from ._exceptions import SandboxError
from ._platform import Platform

__all__ = ["Account", "Sandbox", "SandboxError"]


class Account(NamedTuple):
    """An account of a sandbox."""

    appid: str
    """Its appid."""
    secret: str
    """Its appsecret, which is none: every sandbox has the same."""


class Sandbox:
    """A local WeChat: the same interfaces, rules, states, tokens and error codes, and faults on demand.

    It serves on a port of 127.0.0.1, on a thread of its own, until it is stopped, and starts with one Mini Program, one
    service account linked to it, and one third-party platform. Any HTTP client may use it. Any thread may use it; a
    process that was forked may use it over HTTP only. It is a context manager; leaving it stops the server.

    Args:
        port: The port to listen on; any free one by default.
        frozen_at: Where its clock stands still, in UNIX seconds; by default it goes.
        allow_hosts: Further hosts that requests may name, each `NAME` or `NAME:PORT`. Without them, the sandbox answers
            as 127.0.0.1, localhost and [::1] with its own port, and refuses other names (403): a web page could have
            chosen them.

    Raises:
        SandboxError: The port cannot be had, or a setting is wrong.

    >>> with Sandbox() as sandbox, sandbox.client() as client:
    ...     len(client.get_jump_qr_code().rule_list)
    0
    """

    def __init__(
        self,
        *,
        port: Optional[int] = None,
        frozen_at: Optional[int] = None,
        allow_hosts: Sequence[str] = (),
    ) -> None:
        """Start the server."""
        self._native = _jumpqr.Sandbox(port=port, frozen_at=frozen_at, allow_hosts=allow_hosts)

    @property
    def base_url(self) -> str:
        """Where it is, in the place of https://api.weixin.qq.com."""
        return self._native.base_url

    @property
    def mini_program(self) -> Account:
        """The Mini Program: its token adds ordinary-link rules."""
        return Account(*self._native.mini_program)

    @property
    def service_account(self) -> Account:
        """The service account: its token adds service-account rules."""
        return Account(*self._native.service_account)

    @property
    def component(self) -> Account:
        """The third-party platform: its component_appid and component_appsecret. The Mini Program has authorised it."""
        return Account(*self._native.component)

    def client(self, account: Optional[Account] = None, **settings: Any) -> Client:
        """Return a client of the account, of the Mini Program by default; settings as of `Client`."""
        return Client(**self._settings(account, settings))

    def async_client(self, account: Optional[Account] = None, **settings: Any) -> AsyncClient:
        """Return an asyncio client of the account, of the Mini Program by default; settings as of `AsyncClient`."""
        return AsyncClient(**self._settings(account, settings))

    def _settings(self, account: Optional[Account], settings: dict[str, Any]) -> dict[str, Any]:
        settings = {"base_url": self.base_url, **settings}
        if "access_token" not in settings:
            appid, secret = account or self.mini_program
            settings = {"appid": appid, "secret": secret, **settings}
        return settings

    def platform(self, component: Optional[Account] = None, **settings: Any) -> Platform:
        """Return the third-party platform; settings as of `Platform`. It has no ticket yet, see `verify_ticket`.

        >>> with Sandbox() as sandbox, sandbox.platform() as platform:
        ...     appid = sandbox.mini_program.appid
        ...     platform.set_verify_ticket(sandbox.verify_ticket())
        ...     platform.set_authorizer_refresh_token(appid, sandbox.authorize(appid))
        ...     len(platform.merchant(appid).get_jump_qr_code().rule_list)
        0
        """
        return Platform(**self._platform_settings(component, settings))

    def async_platform(self, component: Optional[Account] = None, **settings: Any) -> AsyncPlatform:
        """Return the third-party platform for asyncio; settings as of `AsyncPlatform`."""
        return AsyncPlatform(**self._platform_settings(component, settings))

    def _platform_settings(self, component: Optional[Account], settings: dict[str, Any]) -> dict[str, Any]:
        appid, secret = component or self.component
        return {"base_url": self.base_url, "component_appid": appid, "component_appsecret": secret, **settings}

    def verify_ticket(self, component_appid: Optional[str] = None) -> str:
        """Return the component_verify_ticket that was pushed to the platform last.

        One is pushed every 10 minutes: by turns a new value, and the same value once more.
        """
        return str(self.control("GET", self._component(component_appid, "ticket"))["component_verify_ticket"])

    def authorize(
        self,
        appid: str,
        *,
        permission_sets: Optional[Collection[int]] = None,
        component_appid: Optional[str] = None,
    ) -> str:
        """Have the account authorise the platform; a refresh token from before is dead.

        Args:
            appid: The account.
            permission_sets: To what; by default to the same as before, and the first time to all that the account has.
            component_appid: The platform; the one that every sandbox has by default.

        Returns:
            The authorizer_refresh_token. It goes on working, unless the sandbox is asked to rotate it:
            `control("PUT", "/sandbox/tokens", {"old_refresh_token": …})`, with `dies_at_once`, `dies_at_first_use` or
            `dies_after_five_minutes`.
        """
        path = self._component(component_appid, f"authorizers/{quote(appid, safe='')}")
        body = {} if permission_sets is None else {"permission_sets": sorted(permission_sets)}
        return str(self.control("PUT", path, body)["authorizer_refresh_token"])

    def _component(self, component_appid: Optional[str], part: str) -> str:
        return f"/sandbox/platforms/{quote(component_appid or self.component.appid, safe='')}/{part}"

    def inject(self, fault: str, **details: Any) -> int:
        """Ask for something to go wrong, by default with the next call, and before it is applied.

        Args:
            fault: `errcode`, `delay`, `reset`, `truncate`, `html`, `status`, `garbage`, `not_http`, `empty`, `dribble`,
                `token_death` or `close`.
            **details: What this fault needs: `errcode` and maybe `errmsg`; `milliseconds` (delay, dribble); `status`;
                `bytes` (dribble). And `on`, an interface's name, "any", "business" or "tokens"; `account`, an appid;
                `times`, a number or "forever"; `when`, "before" or "after".

        Returns:
            The fault's number, with which `DELETE /sandbox/faults/{number}` calls it off.

        >>> with Sandbox() as sandbox:
        ...     sandbox.inject("errcode", errcode=-1, when="after", on="addJumpQRCode")
        1
        """
        answer = self.control("POST", "/sandbox/faults", {"fault": fault, **details})
        return int(answer["id"])

    def clear_faults(self) -> None:
        """Call all faults off."""
        self.control("DELETE", "/sandbox/faults")

    def access_token(self, appid: str) -> str:
        """Return a new token of the account, without a request: nothing is counted."""
        return str(self.control("POST", _account(appid, "tokens"))["access_token"])

    def kill_tokens(self, appid: str) -> None:
        """Kill all tokens of the account: calls with them get 40001."""
        self.control("DELETE", _account(appid, "tokens"))

    def put_account(self, appid: str, **changes: Any) -> None:
        """Add an account (`kind`, `secret`), or change the fields that are given.

        Args:
            appid: The account.
            **changes: `kind` ("mini_program" or "service_account"), `secret`, `nickname`, `permission_sets`,
                `personal`, `released`, `qrcodejump_open`, `token_lifetime_seconds`.
        """
        self.control("PUT", _account(appid), changes)

    def rules(self, appid: str) -> list[dict[str, Any]]:
        """Return the rules that the account's token added, as they are stored."""
        return list(self.control("GET", _account(appid, "rules")))

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock: tokens expire, quotas are renewed."""
        self.control("POST", "/sandbox/clock", {"advance_seconds": seconds})

    def requests(self) -> list[dict[str, Any]]:
        """Return the latest requests, at most 10,000 and 64 MiB of them, without tokens and secrets."""
        return list(self.control("GET", "/sandbox/requests"))

    def counters(self) -> dict[str, Any]:
        """Return how many requests were received: `calls` by interface, `business_calls`, `token_calls`, and others."""
        return dict(self.control("GET", "/sandbox/counters"))

    def reset(self) -> None:
        """Reset to the initial state: no rules, tokens, faults or requests."""
        self.control("POST", "/sandbox/reset")

    def control(self, method: str, path: str, body: Union[dict[str, Any], list[Any], None] = None) -> Any:
        """Do what a control endpoint does, without a socket: any of those that `GET /sandbox` lists.

        Raises:
            SandboxError: There is no such endpoint, or what is asked for makes no sense.
        """
        return self._native.control(method, path, body)

    def stop(self) -> None:
        """Close every connection and the port; does nothing the second time."""
        self._native.stop()

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(
        self,
        exc_type: Optional[type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f"Sandbox({self.base_url})"


def _account(appid: str, part: str = "") -> str:
    return f"/sandbox/accounts/{quote(appid, safe='')}/{part}"
