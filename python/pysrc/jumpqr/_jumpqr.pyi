from collections.abc import Callable, Iterable, Mapping, Sequence
from logging import Logger
from typing import Any, Literal, final

from typing_extensions import Self, disjoint_base

from ._answers import (
    ApiQuota,
    IpList,
    JumpQRCodeList,
    LinkedMiniprogram,
    ListedRule,
    RidInfo,
    VerificationFile,
)
from ._enums import Confirmation, Edit
from ._rules import Rule
from .testing import Account

__version__: str
MESSAGE_TOKEN: str
ENCODING_AES_KEY: str

@final
class Hidden:
    def __new__(cls, value: object) -> Hidden: ...

@final
class Cancel:
    def __new__(cls) -> Cancel: ...
    def cancel(self) -> None: ...

class Client:
    def __new__(cls, *_arguments: object, **_settings: object) -> Self: ...
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

        A rule with violations is refused, and nothing is sent; a rule with warnings is sent, see
        `check`. A published rule can only be modified in ordinary-link mode, and not its `path`;
        WeChat refuses anything else with 40097.

        Args:
            rule: An `OrdinaryLinkRule`, a `ServiceAccountRule`, a `ListedRule` (for example edited
                with `dataclasses.replace`; its `state` is not sent), or a mapping with the wire
                names. Or pass the fields as keywords instead.
            is_edit: Whether the rule is modified; else it is added. It overrides the `is_edit` of a
                mapping.
            prefix: Which links the rule covers.
            path: The Mini Program page.
            open_version: Which build a `debug_url` opens.
            permit_sub_rule: Whether the rule occupies its sub-rules.
            debug_url: At most 5 complete test links.
            appid: The Mini Program, in service-account mode.
            timeout: The time limit of this call, in seconds.
            validate: Whether the rule is checked before it is sent; if False, a well-formed one is
                sent unchecked.
        """

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
        """List rules, and the remaining quotas.

        Without arguments, all ordinary-link rules of the Mini Program.

        Args:
            appid: The Mini Program that the service account's rules open.
            get_type: 0 the latest 10,000; 1 by `prefix_list`; 2 by page. By default, it follows
                from the other arguments.
            prefix_list: At most 200 prefixes, each complete.
            page_num: The number of the page, from 1.
            page_size: At most 200.
            timeout: The time limit of this call, in seconds.
        """

    def publish_jump_qr_code(
        self, prefix: str, *, appid: str | None = None, timeout: float | None = None
    ) -> Confirmation:
        """Make a rule effective for everybody. To undo this, you must delete the rule.

        The rule is looked up first. If it does not exist, nothing is sent, and the call raises a
        `StateError` with the code `no_such_rule`, which names the nearest listed prefix. If it is
        published already, nothing is sent, and the result is `ALREADY_PUBLISHED`. With the setting
        `validate=False`, the rule is not looked up.

        Args:
            prefix: The complete prefix of the rule.
            appid: The Mini Program, in service-account mode.
            timeout: The time limit of this call, in seconds.
        """

    def delete_jump_qr_code(
        self, prefix: str, *, appid: str | None = None, timeout: float | None = None
    ) -> Confirmation:
        """Remove a rule at once, published or not.

        The rule is looked up first. If it does not exist, nothing is sent, and the result is
        `NOT_THERE`; see `nearest_prefix`. With the setting `validate=False`, the rule is not looked
        up.

        Args:
            prefix: The complete prefix of the rule.
            appid: The Mini Program, in service-account mode.
            timeout: The time limit of this call, in seconds.
        """

    def download_qr_code_text(self, *, timeout: float | None = None) -> VerificationFile:
        """Fetch the file that proves the account's ownership of a domain.

        Args:
            timeout: The time limit of this call, in seconds.
        """

    def link_miniprogram(
        self,
        appid: str,
        *,
        notify_users: bool = False,
        show_profile: bool = False,
        timeout: float | None = None,
    ) -> Confirmation:
        """Request a link of the service account to a Mini Program; administrators of both confirm.

        Args:
            appid: The Mini Program.
            notify_users: Whether to tell the followers.
            show_profile: Whether to show it on the account's profile.
            timeout: The time limit of this call, in seconds.
        """

    def wxamplinkget(self, *, timeout: float | None = None) -> list[LinkedMiniprogram]:
        """List the Mini Programs that the service account is linked to, or will be.

        Args:
            timeout: The time limit of this call, in seconds.
        """

    def unlink_miniprogram(self, appid: str, *, timeout: float | None = None) -> Confirmation:
        """Request the end of the link to a Mini Program; an administrator confirms.

        The administrator is one of the service account. Until then, `wxamplinkget` lists the link.

        Args:
            appid: The linked Mini Program.
            timeout: The time limit of this call, in seconds.
        """
    def get_callback_ip(self, *, timeout: float | None = None) -> IpList:
        """List the addresses from which WeChat sends its pushes. Read them once a day.

        Args:
            timeout: The time limit of this call, in seconds.
        """
    def get_api_domain_ip(self, *, timeout: float | None = None) -> IpList:
        """List the addresses of WeChat's interfaces, for a firewall. Read them once a day.

        Args:
            timeout: The time limit of this call, in seconds.
        """

    def get_api_quota(self, cgi_path: str, *, timeout: float | None = None) -> ApiQuota:
        """Return how often the account may call an interface, and how often it has called it today.

        Args:
            cgi_path: The path of the interface, for example `/cgi-bin/wxopen/qrcodejumpadd`.
            timeout: The time limit of this call, in seconds.
        """
    def get_rid_info(self, rid: str, *, timeout: float | None = None) -> RidInfo:
        """Return what WeChat keeps for 7 days about a call of this account.

        An exception has the `rid` of its call. Stars stand for the tokens and secrets.

        Args:
            rid: Three groups of 8 hex digits.
            timeout: The time limit of this call, in seconds.
        """

    def clear_quota(self, appid: str, *, timeout: float | None = None) -> Confirmation:
        """Clear the account's counts of the calls of the day, for all interfaces: 10 times a month.

        If the response is lost, the outcome is unknown, and the call is not sent again.

        Args:
            appid: The account that the token belongs to.
            timeout: The time limit of this call, in seconds.
        """
    def clear_quota_by_app_secret(self, *, timeout: float | None = None) -> Confirmation:
        """Clear the counts as `clear_quota` does, with the client's `appid` and `secret`.

        It needs no token, so it also helps if the calls for tokens are used up. A client that has
        no `secret` raises a `CredentialsError` with the code `no_credentials`.

        Args:
            timeout: The time limit of this call, in seconds.
        """

    def call_raw(
        self,
        path: str,
        query: Mapping[str, str | int] | Sequence[tuple[str, str | int]] | None = None,
        body: Mapping[str, object] | Sequence[object] | None = None,
        *,
        repeatable: bool = False,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        """Call any interface of WeChat's with this client's token.

        It may be one that jumpqr does not have. If WeChat refuses the call, the exception has the
        `errcode`. A stale token is renewed once. If a response is lost, WeChat may have done what
        the call asks: the `outcome` of the exception is `unknown`, unless the call is `repeatable`.

        Args:
            path: The path, such as `/wxa/business/getuserphonenumber`, without host and query.
                Interfaces that issue tokens are refused.
            query: The fields of the query, without the token. Values are percent-encoded when they
                are sent.
            body: A mapping or a list, which is sent as JSON in a POST. Without it, the call is a
                GET.
            repeatable: Whether the call may be sent again after a lost response, because a second
                time does no harm.
            timeout: The time limit of this call, in seconds.

        Returns:
            The whole response, which may contain secrets.
        """

@final
class OpenClient:
    def __new__(
        cls,
        settings: Hidden,
        awaiter: Callable[[Any, float], Any] | None = None,
        on_loop: Callable[[Callable[[Any], object]], Callable[[Any], None]] | None = None,
    ) -> OpenClient: ...
    def call(
        self,
        cancel: Cancel | None,
        waited: float,
        interface: str,
        arguments: Sequence[object],
        timeout: float | None = None,
        validate: bool | None = None,
    ) -> Any: ...
    def rules(self, appid: str | None = None, timeout: float | None = None) -> Rules: ...
    def token_status(self, cancel: Cancel | None, waited: float) -> Any: ...
    def preflight(
        self, cancel: Cancel | None, waited: float, arguments: dict[str, object]
    ) -> Any: ...
    def queue_timeout(self) -> float: ...
    def max_concurrency(self) -> int: ...

@final
class Permits:
    def __new__(cls, count: int) -> Permits: ...
    def take(self) -> Permit | None: ...

@final
class Permit:
    def give_back(self) -> None: ...

@final
class InFlightCalls:
    def __new__(cls) -> InFlightCalls: ...
    def descriptor(self) -> int: ...
    def begin(
        self,
        client: OpenClient,
        permits: Permits,
        permit: Permit | None,
        waited: float,
        interface: str,
        arguments: list[object],
        timeout: float | None,
        validate: bool | None,
    ) -> Any: ...
    def go_on(self, id: int) -> Any: ...  # noqa: A002
    def look(self) -> list[int]: ...
    def time_out(self) -> list[int]: ...
    def seconds_to_timer(self) -> float | None: ...
    def cancel(self, id: int) -> None: ...  # noqa: A002

@final
class UnfinishedCall:
    def finish(self, cancel: Cancel | None, waited: float) -> Any: ...
    def cancel(self) -> None: ...

@final
class Platform:
    def __new__(
        cls,
        settings: Hidden,
        on_loop: Callable[[Callable[[Any], object]], Callable[[Any], None]] | None = None,
    ) -> Platform: ...
    def call(self, cancel: Cancel | None, waited: float, method: str, arguments: Hidden) -> Any: ...
    def call_raw(self, cancel: Cancel | None, waited: float, arguments: Hidden) -> Any: ...
    def handle(
        self, cancel: Cancel | None, waited: float, query: str | bytes, body: str | bytes
    ) -> Handled: ...
    def merchant(self, authorizer_appid: Hidden) -> OpenClient: ...
    def merchants(self) -> Merchants: ...
    def queue_timeout(self) -> float: ...
    def max_concurrency(self) -> int: ...

@final
class Receiver:
    def __new__(cls, settings: Hidden) -> Receiver: ...
    def receive(self, query: str | bytes, body: str | bytes) -> Push: ...
    def verify_url(self, query: str | bytes) -> str: ...

@final
class Push:
    def event(self) -> dict[str, Any]: ...
    def reply(self) -> str: ...
    def encrypt_reply(self, text: str) -> str: ...

@final
class Handled:
    def event(self) -> dict[str, Any]: ...
    def reply(self) -> str: ...
    def has_changed(self) -> bool: ...
    def encrypt_reply(self, text: str) -> str: ...
    def finish(self, cancel: Cancel | None, waited: float) -> Any: ...

@final
class Merchants:
    def next_page(self, cancel: Cancel | None, waited: float) -> Any: ...

@final
class QrCode:
    def __new__(cls, link: str, level: str) -> QrCode: ...
    def level(self) -> Any: ...
    def version(self) -> int: ...
    def matrix(self) -> list[list[bool]]: ...
    def svg(self, caption: str | None) -> str: ...
    def png(self, scale: int) -> bytes: ...
    def terminal(self) -> str: ...
    def plain(self) -> str: ...

@final
class Rules:
    def next_page(self, cancel: Cancel | None, waited: float) -> Any: ...

@final
class RuleSet:
    def __new__(
        cls, rules: list[object], qrcodejump_open: bool | None, is_released: bool | None
    ) -> RuleSet: ...
    def match_url(
        self, link: str
    ) -> tuple[int | None, int | None, list[str], bool, int | None, str | None]: ...
    def explain(self, link: str) -> list[str | None]: ...

@disjoint_base
class Sandbox:
    def __new__(
        cls,
        *,
        port: int | None = None,
        frozen_at: int | None = None,
        allow_hosts: Sequence[str] = ...,
        push_url: str | None = None,
    ) -> Self: ...
    @property
    def base_url(self) -> str: ...
    @property
    def mini_program(self) -> Account: ...
    @property
    def service_account(self) -> Account: ...
    @property
    def component(self) -> Account: ...
    def inject(
        self,
        fault: str,
        *,
        errcode: int = ...,
        errmsg: str = ...,
        milliseconds: int = ...,
        status: int = ...,
        bytes: int = ...,  # noqa: A002
        on: str = ...,
        account: str = ...,
        times: int | Literal["forever"] = ...,
        when: Literal["before", "after"] = ...,
    ) -> int: ...
    def clear_faults(self) -> None: ...
    def access_token(self, appid: str = ...) -> str: ...
    def kill_tokens(self, appid: str = ...) -> int: ...
    def verify_ticket(self, component_appid: str = ...) -> str: ...
    def authorize(
        self,
        appid: str = ...,
        *,
        permission_sets: Iterable[int] | None = None,
        component_appid: str = ...,
    ) -> str: ...
    def pushes(self) -> list[dict[str, Any]]: ...
    def pending_pushes(self) -> int: ...
    def order_push(
        self,
        order: Literal[
            "wrong_signature", "former_key", "doubled", "out_of_order", "oversized", "doctype"
        ],
        authorizer_appid: str | None = None,
        *,
        component_appid: str = ...,
    ) -> None: ...
    def put_account(
        self,
        appid: str,
        *,
        kind: Literal["mini_program", "service_account"] = ...,
        secret: str = ...,
        nickname: str = ...,
        permission_sets: Sequence[int] = ...,
        personal: bool = ...,
        verify_type: int = ...,
        account_status: int = ...,
        released: bool = ...,
        qrcodejump_open: bool = ...,
        token_lifetime_seconds: int = ...,
    ) -> None: ...
    def fetch_file(
        self,
        appid: str = ...,
        *,
        connect_to: Sequence[str] = ...,
        timeout_ms: int = ...,
        allow_private: bool = ...,
        extra_tls_roots: str | None = ...,
    ) -> None: ...
    def rules(self, appid: str = ...) -> list[dict[str, Any]]: ...
    def requests(self) -> list[dict[str, Any]]: ...
    def counters(self) -> dict[str, Any]: ...
    def advance(self, seconds: float) -> None: ...
    def reset(self) -> None: ...
    def control(self, method: str, path: str, body: object = None) -> Any: ...
    def stop(self) -> None: ...

@final
class TookTooLong:
    def __new__(cls) -> TookTooLong: ...

def check_document(document: bytes) -> dict[str, Any]: ...
def check_call(interface: str, arguments: object) -> dict[str, Any]: ...
def cancel_of_thread() -> Cancel | None: ...
def command(arguments: Sequence[str]) -> int: ...
def count_fork() -> None: ...
def launch_query(link: str, scancode_time: int) -> str: ...
def location(prefix: str, file_name: str) -> str | None: ...
def logger_of_calls() -> Logger | None: ...
def names() -> dict[str, Any]: ...
def nearest_prefix(prefix: str, listed: Sequence[str]) -> str | None: ...
def occupies(prefix: str, other: str) -> bool: ...
def process() -> int: ...
def tell(function: Callable[[Any], object], event: Any) -> None: ...
def undocumented_equivalence(prefix: str, link: str) -> bool: ...
