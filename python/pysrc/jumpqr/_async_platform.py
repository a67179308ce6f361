"""The third-party platform for asyncio."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Callable, Optional, TypeVar, Union

from . import _jumpqr
from ._async_client import AsyncClient
from ._connection import Connection
from ._settings import PlatformCredentials, RefreshToken, Settings, VerifyTicket, check_appid
from ._threads import DEFAULT_MAX_CONCURRENCY, Threads
from ._token_status import TokenStatus, status_of_token

T = TypeVar("T")


class AsyncPlatform(Connection[_jumpqr.Platform]):
    """A third-party platform, as `Platform`, from asyncio.

    Everything runs on threads of the platform's own, as with `AsyncClient`; the clients of its merchants share them. At
    most `max_concurrency` calls run at once, of all merchants together.

    It is an asynchronous context manager; leaving it closes its connections, and its merchants' clients with it.

    Args:
        max_concurrency: The most calls at once; 64 by default.
        component_appid: As of `Platform`, like all that follow.
        component_appsecret: The platform's appsecret.
        component_token_field: What the platform's token is called in the query of its token requests.
        token_store: Where the ticket and all tokens are kept.
        base_url: The host to call.
        alternate_base_urls: Hosts that are tried when nothing could be sent to the ones before.
        allow_http: Whether plain http is allowed to other machines.
        timeout: The most time that a whole call takes, in seconds, and a method of the platform.
        queue_timeout: How long a call may wait for a free thread and for all its slots together, in seconds.
        connect_timeout: How long connecting may take, in seconds.
        read_timeout: How long the server may say nothing, in seconds.
        max_retries: How often a call is tried again after a transient failure.
        pacing: Whether calls wait for slots, so that WeChat's limit, which each merchant has for itself, is kept.
        validate: Whether a request is checked before it is sent, and a rule is looked up before it is published or
            deleted.
        body_limit: The longest answer that is taken, in bytes.
        proxy: `http://[user:password@]host[:port]`, or the same with `socks5://` or `socks5h://`.
        trust_env: Whether the environment's proxy is used if none is given.
        tls_roots: The certificates to trust: "bundled", "os", or certificates in PEM.
        extra_tls_roots: Certificates to trust besides, in PEM.
        ip_version: "any", "ipv4" or "ipv6".

    Raises:
        ValueError: A setting makes no sense; the text names it. But for `max_concurrency`, it is a `ValidationError`.
        StoreError: The folder of the token store cannot be made, or others may read it.

    >>> platform = AsyncPlatform(component_appid="wxplatform00000000", component_appsecret="appsecret")
    """

    _what = "platform"

    def __init__(
        self,
        *,
        max_concurrency: int = DEFAULT_MAX_CONCURRENCY,
        component_appid: str,
        component_appsecret: str,
        component_token_field: Optional[str] = None,
        token_store: Optional[str] = None,
        base_url: Optional[str] = None,
        alternate_base_urls: Optional[Sequence[str]] = None,
        allow_http: Optional[bool] = None,
        timeout: Optional[float] = None,
        queue_timeout: Optional[float] = None,
        connect_timeout: Optional[float] = None,
        read_timeout: Optional[float] = None,
        max_retries: Optional[int] = None,
        pacing: Optional[bool] = None,
        validate: Optional[bool] = None,
        body_limit: Optional[int] = None,
        proxy: Optional[str] = None,
        trust_env: Optional[bool] = None,
        tls_roots: Union[bytes, str, None] = None,
        extra_tls_roots: Optional[bytes] = None,
        ip_version: Optional[str] = None,
    ) -> None:
        """Take the settings; nothing is sent yet. See the class for what they are."""
        credentials = PlatformCredentials(component_appid, component_appsecret)
        settings = Settings(
            token_store=token_store,
            base_url=base_url,
            alternate_base_urls=alternate_base_urls,
            allow_http=allow_http,
            timeout=timeout,
            queue_timeout=queue_timeout,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            max_retries=max_retries,
            pacing=pacing,
            validate=validate,
            body_limit=body_limit,
            proxy=proxy,
            trust_env=trust_env,
            tls_roots=tls_roots,
            extra_tls_roots=extra_tls_roots,
            ip_version=ip_version,
        )
        del component_appsecret, token_store, proxy
        credentials.check()
        settings.check()

        def connect() -> _jumpqr.Platform:
            return _jumpqr.Platform(
                settings,
                component_appid=credentials.component_appid,
                component_appsecret=credentials.component_appsecret,
                component_token_field=component_token_field,
            )

        super().__init__(connect)
        self._threads = Threads(max_concurrency)

    async def _run(self, name: str, work: Callable[[_jumpqr.Platform, float], T]) -> T:
        native = self._native()
        return await self._threads.run(name, lambda cancel, waited: work(native, waited), native.queue_timeout())

    async def set_verify_ticket(self, ticket: str) -> None:
        """Keep the component_verify_ticket that WeChat has just pushed, in the store.

        WeChat pushes one every 10 minutes, each good for 12 hours. Any process that shares the store may receive them.

        Args:
            ticket: The `ComponentVerifyTicket` of the push, decrypted. It begins with `ticket@@@`; what cannot be a
                ticket, such as the ciphertext of `Encrypt`, is refused, and the former ticket stays.
        """
        given = VerifyTicket(ticket)
        del ticket
        given.check()
        await self._run(
            "set_verify_ticket",
            lambda platform, waited: platform.set_verify_ticket(given.component_verify_ticket, waited=waited),
        )

    async def set_authorizer_refresh_token(self, appid: str, token: str) -> None:
        """Keep the authorizer_refresh_token that a merchant's authorisation has just brought, in the store.

        It takes the place of any former one, and of the access token that belongs to it. Only a new authorisation needs
        this: later refresh tokens are kept as they come.

        Args:
            appid: The merchant's, `authorizer_appid`.
            token: The `authorizer_refresh_token`.
        """
        given = RefreshToken(appid, token)
        del token
        given.check()
        await self._run(
            "set_authorizer_refresh_token",
            lambda platform, waited: platform.set_authorizer_refresh_token(
                given.authorizer_appid, given.authorizer_refresh_token, waited=waited
            ),
        )

    def merchant(self, appid: str) -> AsyncClient:
        """Return a client that calls for this merchant; nothing is sent or looked up yet.

        It has the platform's settings, connections and threads; closing it leaves those alone. Clients of the same
        merchant share its token and its pacing.

        Args:
            appid: The merchant's, `authorizer_appid`.
        """
        check_appid(appid)
        return AsyncClient._of_merchant(self, appid, self._threads)

    async def token_status(self) -> TokenStatus:
        """Tell how the platform's own token and ticket stand in the store; WeChat is not asked.

        For a merchant's token, ask its client.

        Raises:
            StoreError: The store cannot be read.
        """
        status = await self._run("token_status", lambda platform, waited: platform.token_status(waited=waited))
        return status_of_token(status)

    async def aclose(self) -> None:
        """Close the connections, once the calls in progress are done; those that still wait raise RuntimeError."""
        self._close()
        self._threads.close()

    async def __aenter__(self) -> AsyncPlatform:
        return self

    async def __aexit__(
        self,
        exc_type: Optional[type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.aclose()
