"""The third-party platform."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType

from . import _jumpqr
from ._client import Client
from ._connection import Connection, gets_signals, logged
from ._settings import PlatformCredentials, RefreshToken, Settings, VerifyTicket, check_appid
from ._token_status import TokenStatus, status_of_token


class Platform(Connection[_jumpqr.Platform]):
    """A third-party platform, which calls for the merchants that have authorised it.

    The platform's own token is asked for with its appsecret and the component_verify_ticket that WeChat pushes; a
    merchant's with the platform's token and the merchant's refresh token. Each answer may bring the next refresh token,
    and kill the one before: it is in the token store before the access token that came with it is used. One that got
    lost all the same is taken from WeChat's list of the platform's merchants.

    Make one, with a token store that outlives the process, and keep it: it may serve thousands of merchants, who share
    its connections and its store. What it knows of a merchant, about 2 KB, is dropped from memory 10 minutes after the
    last use, once no client of the merchant is held. Any number of threads may use it at once. After a fork, the
    child gets connections of its own, and with "memory:" an empty store. It is a context manager; leaving it closes
    its connections, and its merchants' clients with it.

    What is None has its default.

    Args:
        component_appid: The platform's own appid.
        component_appsecret: The platform's appsecret.
        component_token_field: What the platform's token is called in the query of its token requests: "access_token",
            as on WeChat's newer pages (the default), or "component_access_token".
        token_store: Where the ticket and all tokens are kept, for all that share the store; as of `Client`, like all
            that follow. Only what is kept outside of memory survives this process, refresh tokens included.
        base_url: The host to call.
        alternate_base_urls: Hosts that are tried when nothing could be sent to the ones before.
        allow_http: Whether plain http is allowed to other machines.
        timeout: The most time that a whole call takes, in seconds, and a method of the platform.
        queue_timeout: How long a call may wait for all its slots together, in seconds.
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
        ValidationError: A setting makes no sense; the text names it.
        StoreError: The folder of the token store cannot be made, or others may read it.

    >>> platform = Platform(component_appid="wxplatform00000000", component_appsecret="appsecret")
    >>> platform.set_verify_ticket("ticket@@@T1")
    >>> platform.set_authorizer_refresh_token("wx1234567890abcdef", "refreshtoken@@@R1")
    >>> client = platform.merchant("wx1234567890abcdef")
    """

    _what = "platform"

    def __init__(
        self,
        *,
        component_appid: str,
        component_appsecret: str,
        component_token_field: str | None = None,
        token_store: str | None = None,
        base_url: str | None = None,
        alternate_base_urls: Sequence[str] | None = None,
        allow_http: bool | None = None,
        timeout: float | None = None,
        queue_timeout: float | None = None,
        connect_timeout: float | None = None,
        read_timeout: float | None = None,
        max_retries: int | None = None,
        pacing: bool | None = None,
        validate: bool | None = None,
        body_limit: int | None = None,
        proxy: str | None = None,
        trust_env: bool | None = None,
        tls_roots: bytes | str | None = None,
        extra_tls_roots: bytes | None = None,
        ip_version: str | None = None,
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

    def set_verify_ticket(self, ticket: str) -> None:
        """Keep the component_verify_ticket that WeChat has just pushed, in the store.

        WeChat pushes one every 10 minutes, each good for 12 hours. Any process that shares the store may receive them.

        Args:
            ticket: The `ComponentVerifyTicket` of the push, decrypted. It begins with `ticket@@@`; what cannot be a
                ticket, such as the ciphertext of `Encrypt`, is refused, and the former ticket stays.
        """
        given = VerifyTicket(ticket)
        del ticket
        given.check()
        with logged("set_verify_ticket"):
            self._native().set_verify_ticket(given.component_verify_ticket, interruptible=gets_signals())

    def set_authorizer_refresh_token(self, appid: str, token: str) -> None:
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
        with logged("set_authorizer_refresh_token"):
            self._native().set_authorizer_refresh_token(
                given.authorizer_appid, given.authorizer_refresh_token, interruptible=gets_signals()
            )

    def merchant(self, appid: str) -> Client:
        """Return a client that calls for this merchant; nothing is sent or looked up yet.

        It has the platform's settings and connections; closing it leaves those alone. Clients of the same merchant
        share its token and its pacing.

        Args:
            appid: The merchant's, `authorizer_appid`.
        """
        check_appid(appid)
        return Client._of_merchant(self, appid)

    def token_status(self) -> TokenStatus:
        """Tell how the platform's own token and ticket stand in the store; WeChat is not asked.

        For a merchant's token, ask its client.

        Raises:
            StoreError: The store cannot be read.
        """
        with logged("token_status"):
            return status_of_token(self._native().token_status(interruptible=gets_signals()))

    def close(self) -> None:
        """Close the connections, once the calls in progress are done; later calls raise RuntimeError."""
        self._close()

    def __enter__(self) -> Platform:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
