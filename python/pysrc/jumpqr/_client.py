"""The blocking client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from . import _jumpqr
from ._blocking import Blocking, on_loop, wait_for_token
from ._connection import check_process
from ._light import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._answers import ListedRule, VerificationFile
    from ._preflight import Preflight
    from ._rules import Rule
    from ._settings import ClientSettings
    from ._token_status import TokenStatus

__all__ = ["Client"]


class Client(_jumpqr.Client, Blocking[_jumpqr.OpenClient]):
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
        self._open(lambda: _jumpqr.OpenClient(given, wait_for_token, on_loop))

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

        begun_in = _jumpqr.process()
        pages = self._native().rules(appid, timeout)
        while True:
            check_process(begun_in, "rules")
            page = self._run("getJumpQRCode", pages.next_page)
            if page is None:
                return
            for rule in page:
                yield listed_rule(rule)

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

    def preflight(
        self,
        rule: str | Rule | ListedRule | Mapping[str, object],
        *,
        file: VerificationFile | None = None,
        timeout: float | None = None,
        fetch_timeout: float | None = None,
        allow_private: bool = False,
        allow_port: bool = False,
        connect_to: Sequence[str] = (),
        extra_tls_roots: str | None = None,
    ) -> Preflight:
        """Look whether WeChat will find the verification file of a rule, and say why not (85069).

        The file is downloaded with `download_qr_code_text`, and looked for as WeChat does: at each
        address of the host, three times, without following a redirect. If it is not in the right
        place, it is also looked for where people put it by mistake. Nothing is changed. Whatever
        the server does is a finding, not an exception. Whether a firewall refuses WeChat's own
        servers cannot be seen from here.

        Args:
            rule: A rule, a mapping with the wire names, or a prefix.
            file: The file, if it is at hand; then nothing is sent to WeChat.
            timeout: The time limit of the look, in seconds; 20 by default. The download before it
                has the client's.
            fetch_timeout: The time limit of each fetch, in seconds; 6 by default.
            allow_private: Whether addresses that are not public are looked at. Leave it False for
                prefixes of strangers.
            allow_port: Whether a port other than that of http or https is looked at. Leave it False
                for prefixes of strangers.
            connect_to: The addresses to connect to instead of those that DNS gives, such as
                `127.0.0.1:8080`, for a rehearsal.
            extra_tls_roots: Certificates in PEM to trust too, with `connect_to`.
        """
        from ._preflight import arguments, preflight

        given = arguments(
            rule,
            file,
            timeout=timeout,
            fetch_timeout=fetch_timeout,
            allow_private=allow_private,
            allow_port=allow_port,
            connect_to=connect_to,
            extra_tls_roots=extra_tls_roots,
        )
        return preflight(self._run("preflight", self._native().preflight, given))
