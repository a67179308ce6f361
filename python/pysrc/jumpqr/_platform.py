"""The third-party platform."""

from __future__ import annotations

from . import _jumpqr
from ._blocking import Blocking
from ._client import Client
from ._light import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._settings import PlatformSettings
    from ._token_status import TokenStatus

__all__ = ["Platform"]


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

    >>> platform = Platform(component_appid="wxplatform00000000", component_appsecret="secret")
    >>> platform.set_verify_ticket("ticket@@@T1")
    >>> platform.set_authorizer_refresh_token("wx1234567890abcdef", "refreshtoken@@@R1")
    >>> client = platform.merchant("wx1234567890abcdef")
    """

    _what = "platform"

    def __init__(self, **settings: Unpack[PlatformSettings]) -> None:
        """Take the settings; nothing is sent yet."""
        given = _jumpqr.Hidden(settings)
        del settings
        self._open(lambda: _jumpqr.Platform(given))

    def set_verify_ticket(self, ticket: str) -> None:
        """Store the component_verify_ticket that WeChat has just pushed.

        WeChat pushes one every 10 minutes, each valid for 12 hours. Any process that shares the
        store may receive them.

        Args:
            ticket: The decrypted `ComponentVerifyTicket` of the push. It begins with `ticket@@@`.
                What cannot be a ticket, such as the ciphertext of `Encrypt`, is refused, and the
                former ticket stays.
        """
        given = _jumpqr.Hidden(ticket)
        del ticket
        self._run("set_verify_ticket", self._native().set_verify_ticket, given)

    def set_authorizer_refresh_token(self, appid: str, token: str) -> None:
        """Store the authorizer_refresh_token of a merchant that has just authorised the platform.

        It replaces the merchant's former refresh token and the access token that belongs to it.
        Call this only after a new authorisation: later refresh tokens are stored automatically.

        Args:
            appid: The merchant's `authorizer_appid`.
            token: The `authorizer_refresh_token`.
        """
        merchant, given = _jumpqr.Hidden(appid), _jumpqr.Hidden(token)
        del appid, token
        store = self._native().set_authorizer_refresh_token
        self._run("set_authorizer_refresh_token", store, merchant, given)

    def merchant(self, appid: str) -> Client:
        """Return a client that calls for this merchant; nothing is sent or looked up yet.

        It has the platform's settings and connections; closing it does not close those.
        Clients of the same merchant share its token and its pacing.

        Args:
            appid: The merchant's `authorizer_appid`.
        """
        merchant = _jumpqr.Hidden(appid)
        del appid
        return Client._within(self, lambda: self._native().merchant(merchant))

    def token_status(self) -> TokenStatus:
        """Return the state of the platform's own token and ticket in the store.

        WeChat is not asked. For a merchant's token, ask its client.

        Raises:
            StoreError: The store cannot be read.
        """
        from ._token_status import token_status

        return token_status(self._run("token_status", self._native().token_status))
