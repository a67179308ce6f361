"""The blocking client."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import Any, Optional, TypeVar, Union

from . import _calls
from ._answers import JumpQRCodeList, LinkedMiniprogram, ListedRule, VerificationFile, listed_rule
from ._calls import Call
from ._connection import Connection, check_process, logged, process
from ._enums import Confirmation, Edit
from ._rules import Rule

T = TypeVar("T")


class Client(Connection):
    """Calls WeChat's QR jump-rule interfaces for one account.

    Any number of threads may use one client at once; they share its connections, tokens and pacing. The interpreter's
    lock is free during every call. Ctrl-C in the main thread comes out at once as KeyboardInterrupt: what was already
    sent may still be applied, and nothing more is sent for that call. After a fork, the child gets connections and
    tokens of its own. It is a context manager; leaving it closes its connections.

    Give `access_token`, or `appid` and `secret`. What is None has its default; times are in seconds.

    Args:
        access_token: A token, or a function that is called before each call, in the thread that makes it, with the
            token that WeChat has just called stale, or None, and returns a token. It keeps the token it has, may be
            called from many threads at once, and bounds its own time. Its exception comes out as it is.
        appid: The account whose rules these are. Its tokens are fetched, kept in memory, and renewed in time.
        secret: The account's appsecret.
        token_interface: Which interface issues the tokens of `appid`: "stable_token" (the default) or "token".
        base_url: The host to call; https://api.weixin.qq.com by default. It must be https, but for this machine's own.
        alternate_base_urls: Hosts that are tried, in order, when nothing could be sent to the ones before.
        allow_http: Whether plain http is allowed to other machines: only for a proxy in your own network.
        timeout: The most time that a whole call takes, with tokens, pacing, retries and reading back; 30 s by default.
        connect_timeout: How long connecting may take, TLS included; 5 s by default.
        read_timeout: How long the server may say nothing; 10 s by default.
        max_retries: How often a call is tried again after a transient failure; 3 by default, 0 to 100.
        pacing: Whether calls wait their turn so that WeChat's 5 calls a second per interface are kept; True by default.
        validate: Whether a request is checked before it is sent; True by default.
        body_limit: The longest answer that is taken, in bytes; 1 MiB by default.
        proxy: `http://[user:password@]host[:port]`; that of the environment by default.
        trust_env: Whether the environment's proxy is used where none is given; True by default.
        tls_roots: The certificates to trust, in PEM; those of the bundled authorities by default.

    Raises:
        ValidationError: A setting makes no sense; the text names it.
        CredentialsError: There is nothing to get an access token with.

    Every method takes `timeout`, the most time for that call, and raises `JumpqrError`: `ValidationError` before
    anything is sent, else one of its other subclasses.

    >>> client = Client(appid="wx1234567890abcdef", secret="appsecret")
    """

    def _call(self, call: Call[T], timeout: Optional[float], validate: Optional[bool] = None) -> T:
        with logged(call.interface):
            text = self._native().call(
                call.interface, call.arguments, timeout=timeout, validate=validate, interruptible=_gets_signals()
            )
        return call.answer(text)

    def add_jump_qr_code(
        self,
        rule: Union[Rule, Mapping[str, Any], None] = None,
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
        fields = {
            "prefix": prefix,
            "path": path,
            "open_version": open_version,
            "permit_sub_rule": permit_sub_rule,
            "debug_url": debug_url,
            "appid": appid,
        }
        return self._call(_calls.add_jump_qr_code(rule, is_edit, fields), timeout, validate)

    def get_jump_qr_code(
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
        return self._call(_calls.get_jump_qr_code(appid, get_type, prefix_list, page_num, page_size), timeout)

    def rules(self, appid: Optional[str] = None, *, timeout: Optional[float] = None) -> Iterator[ListedRule]:
        """Iterate over all rules, each prefix once. Pages are asked for as they are needed.

        Args:
            appid: The Mini Program that the service account's rules open; without it, ordinary-link rules.
            timeout: The most time for one page, in seconds.
        """
        begun_in = process()
        pages = self._native().rules(appid, timeout=timeout)
        while True:
            check_process(begun_in)
            with logged("getJumpQRCode"):
                page = json.loads(pages.next_page(interruptible=_gets_signals()))
            if page is None:
                return
            yield from map(listed_rule, page)

    def publish_jump_qr_code(
        self, prefix: str, *, appid: Optional[str] = None, timeout: Optional[float] = None
    ) -> Confirmation:
        """Make a rule effective for everybody. There is no way back but to delete it.

        Args:
            prefix: That of the rule, in full.
            appid: The Mini Program, in service-account mode.
            timeout: The most time for this call, in seconds.
        """
        return self._call(_calls.publish_jump_qr_code(prefix, appid), timeout)

    def delete_jump_qr_code(
        self, prefix: str, *, appid: Optional[str] = None, timeout: Optional[float] = None
    ) -> Confirmation:
        """Remove a rule at once, published or not.

        Args:
            prefix: That of the rule, in full.
            appid: The Mini Program, in service-account mode.
            timeout: The most time for this call, in seconds.
        """
        return self._call(_calls.delete_jump_qr_code(prefix, appid), timeout)

    def download_qr_code_text(self, *, timeout: Optional[float] = None) -> VerificationFile:
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
        timeout: Optional[float] = None,
    ) -> Confirmation:
        """Ask for the service account to be linked to a Mini Program; an administrator of each side confirms.

        Args:
            appid: The Mini Program.
            notify_users: Whether to tell the followers.
            show_profile: Whether to show it on the account's profile.
            timeout: The most time for this call, in seconds.
        """
        return self._call(_calls.link_miniprogram(appid, notify_users, show_profile), timeout)

    def wxamplinkget(self, *, timeout: Optional[float] = None) -> list[LinkedMiniprogram]:
        """List the Mini Programs that the service account is linked to, or is about to be.

        Args:
            timeout: The most time for this call, in seconds.
        """
        return self._call(_calls.wxamplinkget(), timeout)

    def close(self) -> None:
        """Close the connections, once the calls in progress are done; later calls raise RuntimeError."""
        self._close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self,
        exc_type: Optional[type[BaseException]],
        exc: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()


def _gets_signals() -> bool:
    return threading.current_thread() is threading.main_thread()
