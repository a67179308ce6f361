"""The third-party platform."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import _jumpqr
from ._blocking import Blocking, on_loop
from ._client import Client
from ._connection import check_process
from ._light import TYPE_CHECKING
from ._pushes import Push, TicketPushes

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._merchants import AuthorizedMerchant, AuthType, Device, ListedAuthorizer
    from ._readiness import Mode, Readiness
    from ._settings import PlatformSettings
    from ._token_status import TokenStatus

__all__ = ["Handled", "Platform"]


class Handled(Push):
    """A push that was received and stored. Answer with `reply`, then call `finish`."""

    has_changed: bool
    """Whether the store has changed: a newer ticket was stored, or the tokens of a merchant were
    removed. It is False if the push is a repeated or an old one, and for an authorisation, whose
    tokens come with `finish`."""

    def __init__(self, platform: Platform, native: _jumpqr.Handled) -> None:
        """Take the push that the platform has received; see `Platform.handle`."""
        super().__init__(native)
        self.has_changed = native.has_changed()
        self._finish = native.finish
        self._platform = platform
        self._handled_in = _jumpqr.process()

    def finish(self) -> AuthorizedMerchant | None:
        """Do what is left after the reply: exchange the code of an authorisation.

        WeChat waits 5 seconds for the reply, and exchanging a code asks WeChat. So you decide where
        this runs: after the reply, on a thread or in a task that the web framework has for such
        work. You may call it again after an error.

        If the process ends before, or if this fails, no authorisation is lost: `handle` has stored
        the code, and the next call for the merchant exchanges it, in any process that shares the
        store. A code is valid for about an hour. Doubled and late pushes do no harm.

        Returns:
            The merchant of `authorized` and `updateauthorized`; None at once for every other event.

        Raises:
            CredentialsError: `merchant_unauthorized`: the merchant has ended the authorisation
                since this push. Nothing is stored. Or WeChat does not know the code (61009), or it
                has expired (61010), and the merchant is not stored.
            StoreError: The store failed. Call this again when it works.
        """
        from ._merchants import authorized_merchant

        if _jumpqr.process() != self._handled_in:
            raise RuntimeError("finish: the push was handled before a fork; finish it there")
        self._platform._check_open()
        merchant = self._platform._run("finish", self._finish)
        return authorized_merchant(merchant) if merchant else None


class Platform(Blocking[_jumpqr.Platform]):
    """A third-party platform, which calls for the merchants that have authorised it.

    The platform gets its own token with its appsecret and the component_verify_ticket that WeChat
    pushes. It gets a merchant's token with its own token and the merchant's refresh token. If the
    answer brings another refresh token, that is stored before the access token is used. A lost
    refresh token is taken from WeChat's list of the platform's merchants.

    Make one platform, with a token store that outlives the process, and keep it. It may serve
    thousands of merchants, which share its connections and its store. For each merchant, it keeps
    about 2 KB in memory until 10 minutes after the last use, or as long as you hold a client of the
    merchant. Any number of threads may use it at once. After a fork, the child gets connections of
    its own, and with "memory:" an empty store. It is a context manager; leaving it closes its
    connections, and its merchants' clients.

    Args:
        **settings: See `PlatformSettings`. The platform's credentials are required.

    Raises:
        ValidationError: A setting is wrong; `violations` names each.
        StoreError: The folder of the token store cannot be made, or others may read it.

    Hand every push of WeChat to `handle`. Show a merchant the link of `authorization_url`, and give
    `exchange` the code with which the merchant comes back. From then on, `merchant` has a client.

    >>> platform = Platform(component_appid="wxplatform00000000", component_appsecret="secret")
    >>> client = platform.merchant("wx1234567890abcdef")
    """

    _what = "platform"

    def __init__(self, **settings: Unpack[PlatformSettings]) -> None:
        """Take the settings; nothing is sent yet."""
        given = _jumpqr.Hidden(settings)
        del settings
        self._open(lambda: _jumpqr.Platform(given, on_loop))

    def handle(self, query: str | bytes, body: str | bytes) -> Handled:
        """Receive what WeChat pushes to either address of the platform, and store it.

        - A ticket is stored, unless the stored one is of the same or a later push.
        - `unauthorized` removes the merchant's tokens, unless the merchant has authorised the
          platform in the same second or later. From then on, calls for the merchant raise
          `merchant_unauthorized`, and WeChat is not asked. If another process has the former
          access token in memory, it learns this when WeChat refuses its next call.
        - The code of `authorized` and `updateauthorized` is stored, unless a newer one is known.
          It is exchanged by `finish`. If that is not called or fails, the next call for the
          merchant exchanges it.
        - Everything else is only received.

        Any process that shares the store may receive the pushes.

        Args:
            query: The raw query string of the request.
            body: Its raw body.

        Returns:
            The push. Answer with its `reply`, then call its `finish`.

        Raises:
            ValidationError: If `code` is `push_malformed`, `push_not_signed`, `push_not_decrypted`
                or `unexpected_push`, the push is refused: answer with an HTTP status such as 403
                and an empty body. If it is `invalid_config`, a setting such as `message_token` is
                missing: answer with 500.
            StoreError: The store failed. Answer with 500: then WeChat may send the push again.
        """
        return Handled(self, self._run("handle", self._native().handle, query, body))

    def authorization_url(
        self,
        redirect_uri: str,
        *,
        device: Device | str | None = None,
        auth_type: AuthType | int | str | None = None,
        biz_appid: str | None = None,
        category_id_list: Sequence[int] | None = None,
    ) -> str:
        """Make a link on which a merchant authorises the platform.

        Make one for each merchant when the page with the link is shown: it works once, and for
        about 10 minutes. Put it on a page of the domain that the console has as 授权发起页域名:
        WeChat refuses a merchant who comes from elsewhere, also by a redirect of a server.

        Afterwards, WeChat sends the merchant to `redirect_uri` with an `auth_code` in the query,
        for `exchange`, and pushes `authorized`, for `handle`.

        Args:
            redirect_uri: The page to which the merchant comes back: an absolute URL, not
                percent-encoded.
            device: `pc` (the default), which shows a QR code, or `mobile`, for WeChat on a phone.
            auth_type: Which accounts the page offers; by default Mini Programs, service accounts
                and subscription accounts.
            biz_appid: The only account that may authorise. Then `auth_type` has no effect.
            category_id_list: The numbers of the permission sets that are offered; by default all of
                the platform's.

        Raises:
            ValidationError: An argument is wrong; nothing was sent.
            CredentialsError: `no_verify_ticket`: no ticket was pushed yet, or the last one has
                expired.
        """
        link = {
            "redirect_uri": redirect_uri,
            "device": device,
            "auth_type": auth_type,
            "biz_appid": biz_appid,
            "category_id_list": category_id_list,
        }
        url: str = self._ask("authorization_url", _jumpqr.Hidden(link))
        return url

    def exchange(self, authorization_code: str) -> AuthorizedMerchant:
        """Exchange the code of a merchant who has come back from the link, and store the tokens.

        The refresh token is stored before this returns. The push `authorized` brings a code of the
        same merchant; both may be exchanged, in any order. If the page is loaded twice, the second
        exchange in the same process is no error. In another process, it is 61009.

        Args:
            authorization_code: The decoded `auth_code` of the redirect's query.

        Raises:
            ValidationError: The code is empty; nothing was sent.
            CredentialsError: The code was used or is unknown (61009), or it has expired (61010).
                Look whether `merchants` has the merchant; if not, make another link. Or
                `merchant_unauthorized`: the merchant has ended the authorisation meanwhile.
        """
        from ._merchants import authorized_merchant

        given = _jumpqr.Hidden({"authorization_code": authorization_code})
        del authorization_code
        merchant = self._ask("exchange", given)
        return authorized_merchant(merchant)

    def merchant(self, appid: str) -> Client:
        """Return a client that calls for this merchant; nothing is sent or looked up yet.

        It has the platform's settings and connections; closing it does not close those.
        Clients of the same merchant share its token and its pacing.

        Args:
            appid: The merchant's `authorizer_appid`. If it comes from the web, check first that
                the merchant is yours: each call for an unknown one asks WeChat, and leaves a
                record in the store.

        Raises:
            ValidationError: It cannot be an appid.
        """
        merchant = _jumpqr.Hidden(appid)
        del appid
        return Client._within(self, lambda: self._native().merchant(merchant))

    def merchants(self) -> Iterator[ListedAuthorizer]:
        """Iterate over all merchants that have authorised the platform, as WeChat lists them.

        Pages of 500 are requested when they are needed. Each merchant comes once. Merchants may
        come and go meanwhile: one who is on the list all the time is not skipped. The store is
        neither read nor changed.
        """
        from ._merchants import ListedAuthorizer

        begun_in = _jumpqr.process()
        pages = self._native().merchants()
        while True:
            check_process(begun_in, "merchants")
            page = self._run("api_get_authorizer_list", pages.next_page)
            if page is None:
                return
            for merchant in page:
                yield ListedAuthorizer(**merchant)

    def readiness(self, authorizer_appid: str, mode: Mode | str) -> Readiness:
        """Ask WeChat about a merchant, and judge whether its rules can work. Nothing is written.

        It finds out of which kind the account is, which permission sets it has granted, and whether
        it is verified and not frozen.

        Args:
            authorizer_appid: The merchant; for `service_account`, the service account, not the Mini
                Program that the rules open.
            mode: The mode of its rules: `ordinary_link` or `service_account`.

        Raises:
            ValidationError: The mode is neither, or the merchant cannot be an appid.
        """
        from ._readiness import readiness

        given = _jumpqr.Hidden({"authorizer_appid": authorizer_appid, "mode": mode})
        found = self._ask("readiness", given)
        return readiness(found)

    def authorizer_info(self, authorizer_appid: str) -> dict[str, Any]:
        """Return what WeChat says about a merchant, and what the merchant has granted.

        Args:
            authorizer_appid: The merchant.

        Returns:
            `authorizer_info` and `authorization_info`, with WeChat's names and without tokens. What
            WeChat left out is None. The two types are numbers, `account_status` is a name, and
            `func_info` has the fields of `FuncInfo`.
        """
        given = _jumpqr.Hidden({"authorizer_appid": authorizer_appid})
        info: dict[str, Any] = self._ask("authorizer_info", given)
        return info

    def forget(self, authorizer_appid: str) -> None:
        """Remove what the store has of a merchant: its tokens, and when it authorised or ended it.

        WeChat is not told: only the merchant can end an authorisation. While it stands, a later
        call for the merchant finds the refresh token in WeChat's list again.

        Args:
            authorizer_appid: The merchant.
        """
        given = _jumpqr.Hidden({"authorizer_appid": authorizer_appid})
        self._ask("forget", given)

    def component_access_token(self) -> str:
        """Return the platform's own token, for an interface that jumpqr does not have.

        It is renewed if it is due, and shared through the store, so no other program of the
        platform needs to fetch one. It is a secret: keep it out of logs.
        """
        token: str = self._ask("component_access_token", _jumpqr.Hidden({}))
        return token

    def call_raw(
        self,
        path: str,
        query: Mapping[str, str | int] | Sequence[tuple[str, str | int]] | None = None,
        body: Mapping[str, object] | Sequence[object] | None = None,
        *,
        repeatable: bool = False,
    ) -> dict[str, Any]:
        """Call any interface of WeChat's with the platform's own token.

        The token has the name in the query that the setting `component_token_field` says. For an
        interface that needs a merchant's token, use the `call_raw` of the merchant's client: there
        is more about it.

        Args:
            path: The path, such as `/cgi-bin/component/get_authorizer_option`, without host
                and query.
            query: The fields of the query, without the token.
            body: A mapping or a list, which is sent as JSON in a POST. Without it, the call is a
                GET.
            repeatable: Whether the call may be sent again after a lost response.

        Returns:
            The whole response, which may contain secrets.
        """
        given = _jumpqr.Hidden((path, query, body, repeatable))
        del query, body
        answer: dict[str, Any] = self._run("call_raw", self._native().call_raw, given)
        return answer

    def start_push_ticket(self) -> TicketPushes:
        """Ask WeChat to push tickets again; it stops if the platform's address does not answer.

        This needs no token and no ticket.
        """
        found = self._ask("start_push_ticket", _jumpqr.Hidden({}))
        return TicketPushes(found)

    def set_verify_ticket(self, ticket: str) -> None:
        """Store the component_verify_ticket that WeChat has just pushed.

        This is for programs that decrypt pushes by themselves: `handle` does both. WeChat pushes a
        ticket every 10 minutes, each valid for 12 hours. Any process that shares the store may
        receive them.

        Args:
            ticket: The decrypted `ComponentVerifyTicket` of the push. It begins with `ticket@@@`.
                What cannot be a ticket, such as the ciphertext of `Encrypt`, is refused, and the
                former ticket stays.

        Raises:
            ValidationError: It cannot be a ticket.
            StoreError: The store failed.
        """
        given = _jumpqr.Hidden({"component_verify_ticket": ticket})
        del ticket
        self._ask("set_verify_ticket", given)

    def set_authorizer_refresh_token(self, appid: str, token: str) -> None:
        """Store the authorizer_refresh_token that another program got for a merchant.

        `exchange` and `finish` do this by themselves. It replaces the merchant's former refresh
        token and the access token that belongs to it. Call this only after a new authorisation:
        later refresh tokens are stored automatically.

        Args:
            appid: The merchant's `authorizer_appid`.
            token: The `authorizer_refresh_token`.

        Raises:
            ValidationError: One of the two cannot be what it must be, for example an empty text.
            StoreError: The store failed.
        """
        given = _jumpqr.Hidden({"authorizer_appid": appid, "authorizer_refresh_token": token})
        del appid, token
        self._ask("set_authorizer_refresh_token", given)

    def token_status(self) -> TokenStatus:
        """Return the state of the platform's own token and ticket in the store.

        WeChat is not asked. For a merchant's token, ask its client.

        Raises:
            StoreError: The store cannot be read.
        """
        from ._token_status import token_status

        status = self._ask("token_status", _jumpqr.Hidden({}))
        return token_status(status)

    def _ask(self, method: str, arguments: _jumpqr.Hidden) -> Any:
        return self._run(method, self._native().call, method, arguments)
