"""The blocking client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import TracebackType

from . import _calls, _jumpqr
from ._annotations import TYPE_CHECKING
from ._connection import Connection, check_process, gets_signals, logged, process
from ._enums import Confirmation, Edit
from ._rules import Rule
from ._settings import Credentials, Settings

if TYPE_CHECKING:
    from typing import TypeVar

    from ._answers import JumpQRCodeList, LinkedMiniprogram, ListedRule, VerificationFile
    from ._calls import Call
    from ._token_status import TokenStatus

    T = TypeVar("T")


class Client(Connection[_jumpqr.Client]):
    """Calls WeChat's QR jump-rule interfaces for one account.

    Any number of threads may use one client at once; they share its connections, tokens and pacing. The interpreter's
    lock is free during every call. Ctrl-C in the main thread comes out at once as KeyboardInterrupt: what was already
    sent may still be applied, and nothing more is sent for that call. After a fork, the child gets connections of
    its own, and tokens, where no token store shares them. It is a context manager; leaving it closes its connections.

    Give `access_token`, or `appid` and `secret`. What is None has its default; times are in seconds.

    Args:
        access_token: A token, or a function that is called before each call, in the thread that makes it, with the
            token that WeChat has just called stale, or None, and returns a token. It keeps the token it has, may be
            called from many threads at once, and bounds its own time. Its exception comes out as it is.
        appid: The account whose rules these are. Its tokens are fetched, kept, and renewed in time.
        secret: The account's appsecret.
        token_interface: Which interface issues the tokens of `appid`: "stable_token" (the default) or "token".
        token_store: Where the tokens of `appid` are kept: "memory:" (the default), for this client alone;
            "dir:/absolute/path", a folder that the processes of this machine share;
            "redis://[user:password@]host[:port][/db]", rediss with TLS, or "redis+unix:///path", for a fleet. Of all
            that share a store, one fetches at a time.
        base_url: The host to call; https://api.weixin.qq.com by default. It must be https, but for this machine's own.
        alternate_base_urls: Hosts that are tried, in order, when nothing could be sent to the ones before.
        allow_http: Whether plain http is allowed to other machines: only for a proxy in your own network.
        timeout: The most time that a whole call takes, with tokens, retries and reading back; 30 s by default. While a
            call waits for its slot, its time stands still.
        queue_timeout: How long a call may wait for all its slots together, see `pacing`; 300 s by default, enough for
            1,000 calls at once. A call that would wait longer fails at once with the code "paced_out".
        connect_timeout: How long looking up the host's name may take, and then connecting, TLS included; 5 s each by
            default.
        read_timeout: How long the server may say nothing; 10 s by default.
        max_retries: How often a call is tried again after a transient failure; 3 by default, 0 to 100.
        pacing: Whether calls wait for slots, so that no more than 5 calls a second are sent of each interface; True by
            default. WeChat answers more calls with 44990.
        validate: Whether a request is checked before it is sent, and a rule is looked up before it is published or
            deleted;
            True by default.
        body_limit: The longest answer that is taken, in bytes; 4 MiB by default, more than a list of 10,000 rules has.
        proxy: `http://[user:password@]host[:port]`, or the same with `socks5://` (SOCKS 5) or `socks5h://` (SOCKS 5,
            and the proxy resolves names); the environment's proxy by default.
        trust_env: Whether the environment's proxy is used if none is given; True by default. `https_proxy` counts, or
            `http_proxy` for a base_url with plain http, then `all_proxy`, but not for hosts in `no_proxy`.
        tls_roots: The certificates to trust: "bundled", Mozilla's list (the default); "os", the operating system's, on
            Linux those of `SSL_CERT_FILE` if it is set; or certificates in PEM, and no others.
        extra_tls_roots: Certificates to trust besides, in PEM, for example your company's.
        ip_version: "any" (the default), "ipv4" or "ipv6", if WeChat's list has this machine's address of one of them.

    Raises:
        ValidationError: A setting makes no sense; the text names it.
        CredentialsError: There is nothing to get an access token with.
        StoreError: The folder of the token store cannot be made, or others may read it.

    Every method that calls WeChat takes `timeout`, the most time for that call without waiting for slots. It raises
    `JumpqrError`: `ValidationError` before anything is sent, else one of its other subclasses.

    >>> client = Client(appid="wx1234567890abcdef", secret="appsecret")
    """

    def __init__(
        self,
        *,
        access_token: str | Callable[[str | None], str] | None = None,
        appid: str | None = None,
        secret: str | None = None,
        token_interface: str | None = None,
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
                appid=credentials.appid,
                secret=credentials.secret,
                token_interface=token_interface,
            )

        super().__init__(connect)

    @classmethod
    def _of_merchant(cls, platform: Connection[_jumpqr.Platform], appid: str) -> Client:
        client = cls.__new__(cls)
        Connection.__init__(client, lambda: platform._native().merchant(appid), within=platform)
        return client

    def _call(self, call: Call[T], timeout: float | None, validate: bool | None = None) -> T:
        interface, arguments, decode = call
        with logged(interface):
            # By place: names cost more.
            answer = self._native().call(interface, arguments, timeout, validate, gets_signals())
        return decode(answer)

    def add_jump_qr_code(
        self,
        rule: Rule | ListedRule | Mapping[str, object] | None = None,
        *,
        is_edit: Edit | bool | None = None,
        prefix: str | None = None,
        path: str | None = None,
        open_version: int | None = None,
        permit_sub_rule: int | None = None,
        debug_url: Sequence[str] | None = None,
        appid: str | None = None,
        timeout: float | None = None,
        validate: bool | None = None,
    ) -> Confirmation:
        """Add or modify a rule. Place the verification file before.

        A rule with violations is refused, and nothing is sent; one with warnings is sent, see `check`. A published rule
        can be modified in ordinary-link mode only, and there not its `path`: else 40097.

        Args:
            rule: An `OrdinaryLinkRule`, a `ServiceAccountRule`, a `ListedRule` (for example edited with
                `dataclasses.replace`; its `state` is left out), or a mapping with the wire names. Or give its fields as
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
        return self._call(call, timeout, validate)

    def get_jump_qr_code(
        self,
        *,
        appid: str | None = None,
        get_type: int | None = None,
        prefix_list: Sequence[str] | None = None,
        page_num: int | None = None,
        page_size: int | None = None,
        timeout: float | None = None,
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
        return self._call(_calls.get_jump_qr_code(appid, get_type, prefix_list, page_num, page_size), timeout)

    def rules(self, appid: str | None = None, *, timeout: float | None = None) -> Iterator[ListedRule]:
        """Iterate over all rules, each prefix once. Up to 10,000 come in one answer, more in pages as they are needed.

        Rules may be added and deleted meanwhile, for example each one that was given; no other is skipped for that.

        Args:
            appid: The Mini Program that the service account's rules open; without it, ordinary-link rules.
            timeout: The most time for one page, in seconds.
        """
        from ._answers import listed_rule

        begun_in = process()
        pages = self._native().rules(appid, timeout=timeout)
        while True:
            check_process(begun_in)
            with logged("getJumpQRCode"):
                page = pages.next_page(interruptible=gets_signals())
            if page is None:
                return
            yield from map(listed_rule, page)

    def publish_jump_qr_code(
        self, prefix: str, *, appid: str | None = None, timeout: float | None = None
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
        return self._call(_calls.publish_jump_qr_code(prefix, appid), timeout)

    def delete_jump_qr_code(
        self, prefix: str, *, appid: str | None = None, timeout: float | None = None
    ) -> Confirmation:
        """Remove a rule at once, published or not.

        The rule is looked up first. If there is no such rule, nothing is sent, and the answer is `NOT_THERE`; see
        `nearest_prefix`. A client with `validate=False` looks nothing up.

        Args:
            prefix: That of the rule, in full.
            appid: The Mini Program, in service-account mode.
            timeout: The most time for this call, in seconds.
        """
        return self._call(_calls.delete_jump_qr_code(prefix, appid), timeout)

    def download_qr_code_text(self, *, timeout: float | None = None) -> VerificationFile:
        """Fetch the domain-ownership verification file of the account.

        Args:
            timeout: The most time for this call, in seconds.
        """
        return self._call(_calls.download_qr_code_text(), timeout)

    def link_miniprogram(
        self,
        appid: str,
        *,
        notify_users: bool = False,
        show_profile: bool = False,
        timeout: float | None = None,
    ) -> Confirmation:
        """Ask for the service account to be linked to a Mini Program; an administrator of each side confirms.

        Args:
            appid: The Mini Program.
            notify_users: Whether to tell the followers.
            show_profile: Whether to show it on the account's profile.
            timeout: The most time for this call, in seconds.
        """
        return self._call(_calls.link_miniprogram(appid, notify_users, show_profile), timeout)

    def wxamplinkget(self, *, timeout: float | None = None) -> list[LinkedMiniprogram]:
        """List the Mini Programs that the service account is linked to, or is about to be.

        Args:
            timeout: The most time for this call, in seconds.
        """
        return self._call(_calls.wxamplinkget(), timeout)

    def token_status(self) -> TokenStatus | None:
        """Tell how the client's token stands in its store; WeChat is not asked.

        Returns:
            Which store, how old the token is and when it expires; None where the tokens are the caller's own.

        Raises:
            StoreError: The store cannot be read.
        """
        from ._token_status import status_or_none

        with logged("token_status"):
            return status_or_none(self._native().token_status(interruptible=gets_signals()))

    def close(self) -> None:
        """Close the connections, once the calls in progress are done; later calls raise RuntimeError."""
        self._close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
