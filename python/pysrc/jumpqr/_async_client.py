"""The client for asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Optional, TypeVar, Union

from . import _calls, _jumpqr
from ._answers import JumpQRCodeList, LinkedMiniprogram, ListedRule, VerificationFile, listed_rule
from ._connection import Connection, check_process, process
from ._enums import Confirmation, Edit
from ._rules import Rule
from ._settings import Credentials, Settings
from ._threads import DEFAULT_MAX_CONCURRENCY, Threads, wait_for_token
from ._token_status import TokenStatus, status_or_none

if TYPE_CHECKING:
    from ._calls import Call

T = TypeVar("T")


class AsyncClient(Connection[_jumpqr.Client]):
    """Calls WeChat's QR jump-rule interfaces for one account, from asyncio.

    Calls run on threads of the client's own, so that no event loop is blocked, and neither is the loop's default
    executor. At most `max_concurrency` run at once; others wait for a free thread. That counts towards `queue_timeout`,
    not towards `timeout`.

    A call that is cancelled ends at once. If it was waiting, it is never sent; if it was sent already, it may still be
    applied, nothing more is sent for it, and its thread is free when its request has ended. A process that ends waits
    for the requests in progress, at most as long as their timeouts.

    One client may be used from several event loops, and after a fork. It is an asynchronous context manager; leaving it
    closes its connections.

    Args:
        max_concurrency: The most calls at once; 64 by default.
        access_token: As of `Client`; the function may be asynchronous, and then runs in the event loop of the call. Its
            task is cancelled if the call is cancelled, or if the call's time is up. A function that is not asynchronous
            cannot be interrupted: until it returns, it occupies one of the `max_concurrency` threads.
        appid: As of `Client`, like all that follow.
        secret: The account's appsecret.
        token_interface: Which interface issues the tokens of `appid`.
        token_store: Where the tokens of `appid` are kept.
        base_url: The host to call.
        alternate_base_urls: Hosts that are tried when nothing could be sent to the ones before.
        allow_http: Whether plain http is allowed to other machines.
        timeout: The most time that a whole call takes, in seconds.
        queue_timeout: How long a call may wait for a free thread and for all its slots together, in seconds.
        connect_timeout: How long connecting may take, in seconds.
        read_timeout: How long the server may say nothing, in seconds.
        max_retries: How often a call is tried again after a transient failure.
        pacing: Whether calls wait for slots, so that WeChat's limit is kept.
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
        CredentialsError: There is nothing to get an access token with.
        StoreError: The folder of the token store cannot be made, or others may read it.

    >>> client = AsyncClient(appid="wx1234567890abcdef", secret="appsecret", max_concurrency=8)
    """

    def __init__(
        self,
        *,
        max_concurrency: int = DEFAULT_MAX_CONCURRENCY,
        access_token: Union[str, Callable[[Optional[str]], Union[str, Awaitable[str]]], None] = None,
        appid: Optional[str] = None,
        secret: Optional[str] = None,
        token_interface: Optional[str] = None,
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
        credentials = Credentials(access_token, appid, secret)
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
        del access_token, secret, token_store, proxy
        credentials.check()
        settings.check()

        def connect() -> _jumpqr.Client:
            return _jumpqr.Client(
                settings,
                access_token=credentials.access_token,
                awaiter=wait_for_token,
                appid=credentials.appid,
                secret=credentials.secret,
                token_interface=token_interface,
            )

        super().__init__(connect)
        self._threads = Threads(max_concurrency)

    @classmethod
    def _of_merchant(cls, platform: Connection[_jumpqr.Platform], appid: str, threads: Threads) -> AsyncClient:
        client = cls.__new__(cls)
        Connection.__init__(client, lambda: platform._native().merchant(appid), within=platform)
        client._threads = threads
        return client

    async def _call(self, call: Call[T], timeout: Optional[float], validate: Optional[bool] = None) -> T:
        native = self._native()
        interface, arguments, decode = call

        def work(cancel: Optional[_jumpqr.Cancel], waited: float) -> Any:
            return native.call(interface, arguments, timeout=timeout, waited=waited, validate=validate, cancel=cancel)

        return decode(await self._threads.run(interface, work, native.queue_timeout()))

    async def add_jump_qr_code(
        self,
        rule: Union[Rule, ListedRule, Mapping[str, Any], None] = None,
        *,
        is_edit: Union[Edit, bool, None] = None,
        prefix: Optional[str] = None,
        path: Optional[str] = None,
        open_version: Optional[int] = None,
        permit_sub_rule: Optional[int] = None,
        debug_url: Optional[Sequence[str]] = None,
        appid: Optional[str] = None,
        timeout: Optional[float] = None,
        validate: Optional[bool] = None,
    ) -> Confirmation:
        """Add or modify a rule. Place the verification file before.

        A rule with violations is refused, and nothing is sent; one with warnings is sent, see `check`. A published rule
        can be modified in ordinary-link mode only, and there not its `path`: else 40097.

        Args:
            rule: An `OrdinaryLinkRule`, a `ServiceAccountRule`, or a mapping with the wire names. Or give its fields as
                keywords instead: `prefix`, `path`, and `open_version`, `permit_sub_rule`, `debug_url`, or `appid`.
            is_edit: Whether the rule is modified; else it is added. It goes before the `is_edit` of a mapping.
            prefix: Which links the rule covers.
            path: The Mini Program page.
            open_version: Which build a `debug_url` opens.
            permit_sub_rule: Whether the rule occupies its sub-rules.
            debug_url: At most 5 complete test links.
            appid: The Mini Program, in service-account mode.
            timeout: The most time for this call, in seconds.
            validate: Whether the rule is checked before it is sent; False sends a well-formed one unchecked.
        """
        call = _calls.add_jump_qr_code(rule, is_edit, prefix, path, open_version, permit_sub_rule, debug_url, appid)
        return await self._call(call, timeout, validate)

    async def get_jump_qr_code(
        self,
        *,
        appid: Optional[str] = None,
        get_type: Optional[int] = None,
        prefix_list: Optional[Sequence[str]] = None,
        page_num: Optional[int] = None,
        page_size: Optional[int] = None,
        timeout: Optional[float] = None,
    ) -> JumpQRCodeList:
        """List rules, with what is left of the quotas.

        Without arguments, all ordinary-link rules of the Mini Program.

        Args:
            appid: The Mini Program that the service account's rules open.
            get_type: 0 the latest 10,000; 1 by `prefix_list`; 2 by page. It follows from the other arguments.
            prefix_list: At most 200 prefixes, each in full.
            page_num: Counts from 1.
            page_size: At most 200.
            timeout: The most time for this call, in seconds.
        """
        return await self._call(_calls.get_jump_qr_code(appid, get_type, prefix_list, page_num, page_size), timeout)

    async def rules(self, appid: Optional[str] = None, *, timeout: Optional[float] = None) -> AsyncIterator[ListedRule]:
        """Iterate over all rules, each prefix once. Up to 10,000 come in one answer, more in pages as they are needed.

        Rules may be added and deleted meanwhile, for example each one that was given; no other is skipped for that.

        Args:
            appid: The Mini Program that the service account's rules open; without it, ordinary-link rules.
            timeout: The most time for one page, in seconds.
        """
        begun_in = process()
        native = self._native()
        pages = native.rules(appid, timeout=timeout)

        def work(cancel: Optional[_jumpqr.Cancel], waited: float) -> Any:
            return pages.next_page(cancel=cancel, waited=waited)

        while True:
            check_process(begun_in)
            page = await self._threads.run("getJumpQRCode", work, native.queue_timeout())
            if page is None:
                return
            for rule in page:
                yield listed_rule(rule)

    async def publish_jump_qr_code(
        self, prefix: str, *, appid: Optional[str] = None, timeout: Optional[float] = None
    ) -> Confirmation:
        """Make a rule effective for everybody. The only way back is to delete it.

        The rule is looked up first. If there is no such rule, the call raises a `StateError` with the code
        `no_such_rule`, which names the nearest listed prefix. If the rule is published already, the answer is
        `ALREADY_PUBLISHED`. In both cases nothing is sent. A client with `validate=False` looks nothing up.

        Args:
            prefix: That of the rule, in full.
            appid: The Mini Program, in service-account mode.
            timeout: The most time for this call, in seconds.
        """
        return await self._call(_calls.publish_jump_qr_code(prefix, appid), timeout)

    async def delete_jump_qr_code(
        self, prefix: str, *, appid: Optional[str] = None, timeout: Optional[float] = None
    ) -> Confirmation:
        """Remove a rule at once, published or not.

        The rule is looked up first. If there is no such rule, nothing is sent, and the answer is `NOT_THERE`; see
        `nearest_prefix`. A client with `validate=False` looks nothing up.

        Args:
            prefix: That of the rule, in full.
            appid: The Mini Program, in service-account mode.
            timeout: The most time for this call, in seconds.
        """
        return await self._call(_calls.delete_jump_qr_code(prefix, appid), timeout)

    async def download_qr_code_text(self, *, timeout: Optional[float] = None) -> VerificationFile:
        """Fetch the domain-ownership verification file of the account.

        Args:
            timeout: The most time for this call, in seconds.
        """
        return await self._call(_calls.download_qr_code_text(), timeout)

    async def link_miniprogram(
        self,
        appid: str,
        *,
        notify_users: bool = False,
        show_profile: bool = False,
        timeout: Optional[float] = None,
    ) -> Confirmation:
        """Ask for the service account to be linked to a Mini Program; an administrator of each side confirms.

        Args:
            appid: The Mini Program.
            notify_users: Whether to tell the followers.
            show_profile: Whether to show it on the account's profile.
            timeout: The most time for this call, in seconds.
        """
        return await self._call(_calls.link_miniprogram(appid, notify_users, show_profile), timeout)

    async def wxamplinkget(self, *, timeout: Optional[float] = None) -> list[LinkedMiniprogram]:
        """List the Mini Programs that the service account is linked to, or is about to be.

        Args:
            timeout: The most time for this call, in seconds.
        """
        return await self._call(_calls.wxamplinkget(), timeout)

    async def token_status(self) -> Optional[TokenStatus]:
        """Tell how the client's token stands in its store; WeChat is not asked.

        Returns:
            Which store, how old the token is and when it expires; None where the tokens are the caller's own.

        Raises:
            StoreError: The store cannot be read.
        """
        native = self._native()

        def work(cancel: Optional[_jumpqr.Cancel], waited: float) -> Any:
            return native.token_status(waited=waited)

        return status_or_none(await self._threads.run("token_status", work, native.queue_timeout()))

    async def aclose(self) -> None:
        """Close the connections, once the calls in progress are done; those that still wait raise RuntimeError."""
        self._close()
        if self._within is None:
            self._threads.close()

    async def __aenter__(self) -> AsyncClient:
        return self

    async def __aexit__(
        self,
        exc_type: Optional[type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        await self.aclose()
