"""The blocking client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from . import _jumpqr
from ._blocking import Blocking, wait_for_token
from ._connection import check_process, process
from ._enums import confirmation
from ._light import TYPE_CHECKING
from ._rules import rule_or_fields

if TYPE_CHECKING:
    from typing import Any, TypeVar

    from typing_extensions import Unpack

    from ._answers import JumpQRCodeList, LinkedMiniprogram, ListedRule, VerificationFile
    from ._enums import Confirmation, Edit
    from ._rules import Rule
    from ._settings import ClientSettings
    from ._token_status import TokenStatus

    T = TypeVar("T")

__all__ = ["Client"]


class Client(Blocking[_jumpqr.Client]):
    """Calls WeChat's QR jump-rule interfaces for one account.

    Any number of threads may use one client at once; they share its connections, tokens and pacing.
    The interpreter's lock is free during every call. Ctrl-C in the main thread raises
    KeyboardInterrupt at once: a request that was sent may still be applied, and nothing more is
    sent for the call. After a fork, the child gets connections of its own, and tokens of its own
    unless they share a token store. It is a context manager; leaving it closes its connections.

    Args:
        **settings: See `ClientSettings`. Give `access_token`, or `appid` and `secret`.

    Raises:
        ValidationError: A setting is wrong; `violations` names each.
        CredentialsError: There are no credentials.
        StoreError: The folder of the token store cannot be made, or others may read it.

    Every method that calls WeChat takes `timeout`, the time limit of that call in seconds. It does
    not run while the call waits for slots. The methods raise `JumpqrError`: `ValidationError`
    before anything is sent, else one of its other subclasses.

    >>> client = Client(appid="wx1234567890abcdef", secret="appsecret")
    """

    def __init__(self, **settings: Unpack[ClientSettings]) -> None:
        """Take the settings; nothing is sent yet."""
        given = _jumpqr.Hidden(settings)
        del settings
        self._open(lambda: _jumpqr.Client(given, wait_for_token))

    def _call(
        self,
        interface: str,
        arguments: object,
        read: Callable[[Any], T],
        timeout: float | None,
        validate: bool | None = None,
    ) -> T:
        call = self._native().call
        return read(self._run(interface, call, interface, arguments, timeout, validate))

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
        fields = (prefix, path, open_version, permit_sub_rule, debug_url, appid)
        mapping = rule_or_fields(rule, fields, is_edit)
        return self._call("addJumpQRCode", mapping, confirmation, timeout, validate)

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
        from ._answers import jump_qr_code_list

        arguments = {
            "appid": appid,
            "get_type": get_type,
            "prefix_list": prefix_list,
            "page_num": page_num,
            "page_size": page_size,
        }
        return self._call("getJumpQRCode", arguments, jump_qr_code_list, timeout)

    def rules(
        self, appid: str | None = None, *, timeout: float | None = None
    ) -> Iterator[ListedRule]:
        """Iterate over all rules, also over more than 10,000. Each prefix comes once.

        Pages are requested when they are needed. Rules may be added and deleted during the
        iteration, also the rule just returned. No other rule is skipped because of that.

        Args:
            appid: The Mini Program that the service account's rules open; without it, ordinary-link
                rules.
            timeout: The time limit of one page, in seconds.
        """
        from ._answers import listed_rule

        begun_in = process()
        pages = self._native().rules(appid, timeout)
        while True:
            check_process(begun_in)
            page = self._run("getJumpQRCode", pages.next_page)
            if page is None:
                return
            for rule in page:
                yield listed_rule(rule)

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
        arguments = {"prefix": prefix, "appid": appid}
        return self._call("publishJumpQRCode", arguments, confirmation, timeout)

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
        arguments = {"prefix": prefix, "appid": appid}
        return self._call("deleteJumpQRCode", arguments, confirmation, timeout)

    def download_qr_code_text(self, *, timeout: float | None = None) -> VerificationFile:
        """Fetch the file that proves the account's ownership of a domain.

        Args:
            timeout: The time limit of this call, in seconds.
        """
        from ._answers import verification_file

        return self._call("downloadQRCodeText", {}, verification_file, timeout)

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
        arguments = {"appid": appid, "notify_users": notify_users, "show_profile": show_profile}
        return self._call("linkMiniprogram", arguments, confirmation, timeout)

    def wxamplinkget(self, *, timeout: float | None = None) -> list[LinkedMiniprogram]:
        """List the Mini Programs that the service account is linked to, or will be.

        Args:
            timeout: The time limit of this call, in seconds.
        """
        from ._answers import linked_miniprograms

        return self._call("wxamplinkget", {}, linked_miniprograms, timeout)

    def token_status(self) -> TokenStatus | None:
        """Return the state of the client's token in its store; WeChat is not asked.

        Returns:
            The store, the age of the token and when it expires; None if the setting `access_token`
            provides the tokens.

        Raises:
            StoreError: The store cannot be read.
        """
        from ._token_status import token_status

        status = self._run("token_status", self._native().token_status)
        return token_status(status) if status else None
