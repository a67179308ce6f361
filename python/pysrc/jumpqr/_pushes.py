"""What WeChat pushes to a third-party platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NoReturn

from . import _jumpqr
from ._enums import Name

__all__ = ["Push", "PushEvent", "Receiver", "TicketPushes"]


class TicketPushes(Name):
    """What `start_push_ticket` has found."""

    RESTARTED = "restarted"
    """The pushes are restarted."""
    WERE_RUNNING = "were_running"
    """The pushes were not stopped."""


@dataclass(frozen=True)
class PushEvent:
    """What a push says. What an event does not have is None.

    It has a ticket or codes in it: `repr` does not show them, and it cannot be pickled.

    A push can come twice, late, or out of order. If you store more than jumpqr does, ignore an
    event that has an earlier `create_time` than the last one of the same merchant.
    """

    info_type: str | None
    """The `InfoType`: `component_verify_ticket`, `authorized`, `updateauthorized`, `unauthorized`,
    or any other; None for a message or event of a merchant."""
    create_time: int | None = None
    """When WeChat made the event, in UNIX seconds."""
    authorizer_appid: str | None = None
    """The merchant."""
    component_verify_ticket: str | None = field(default=None, repr=False)
    """The ticket, which is valid for 12 hours."""
    authorization_code: str | None = field(default=None, repr=False)
    """The code that is exchanged for the merchant's tokens."""
    authorization_code_expired_time: int | None = None
    """When the code expires, in UNIX seconds."""
    pre_auth_code: str | None = field(default=None, repr=False)
    """The code in the link on which the merchant authorised the platform."""
    raw: str | None = field(default=None, repr=False)
    """The decrypted text of an event of any other type, usually XML. Users of a merchant may have
    written parts of it."""

    def __reduce__(self) -> NoReturn:
        raise TypeError("a PushEvent cannot be pickled: it holds a ticket, codes or a raw text")


class Push:
    """A push that was checked and decrypted."""

    event: PushEvent
    """What the push says."""
    reply: str
    """The body to answer with, with HTTP status 200: `success`. WeChat waits 5 seconds for it."""

    def __init__(self, native: _jumpqr.Push | _jumpqr.Handled) -> None:
        """Take the push that was received; see `Receiver.receive` and `Platform.handle`."""
        self.event = PushEvent(**native.event())
        self.reply = native.reply()
        self._native = native

    def encrypt_reply(self, text: str) -> str:
        """Return the XML of an encrypted reply to a message, to answer with instead of `reply`.

        Tickets and authorisations are answered with `reply`.

        Args:
            text: The XML of the reply, as WeChat's pages about messages describe it.
        """
        return self._native.encrypt_reply(text)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.event!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot be pickled: it holds a ticket or codes")


class Receiver:
    """Checks and decrypts pushes, and stores nothing. It needs no network.

    `Platform.handle` does this, and also stores what a push says. Any number of threads may use one
    receiver at once.

    Args:
        component_appid: The appid of the third-party platform.
        message_token: Its message token (消息校验Token).
        encoding_aes_key: Its EncodingAESKey (消息加解密Key): 43 letters and digits.
        message_token_former: The message token before the last change.
        encoding_aes_key_former: The EncodingAESKey before the last change. WeChat does not say when
            it begins to use a new one.

    Raises:
        ValidationError: A setting is wrong; `violations` names each.

    >>> key = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
    >>> receiver = Receiver(
    ...     component_appid="wxplatform00000000", message_token="token", encoding_aes_key=key
    ... )
    """

    def __init__(
        self,
        *,
        component_appid: str,
        message_token: str,
        encoding_aes_key: str,
        message_token_former: str | None = None,
        encoding_aes_key_former: str | None = None,
    ) -> None:
        """Check the settings."""
        settings = _jumpqr.Hidden(
            {
                "component_appid": component_appid,
                "message_token": message_token,
                "encoding_aes_key": encoding_aes_key,
                "message_token_former": message_token_former,
                "encoding_aes_key_former": encoding_aes_key_former,
            }
        )
        del message_token, encoding_aes_key, message_token_former, encoding_aes_key_former
        self._receiver = _jumpqr.Receiver(settings)

    def receive(self, query: str | bytes, body: str | bytes) -> Push:
        """Check and decrypt a push to either address of the platform.

        Args:
            query: The raw query string of the request.
            body: Its raw body.

        Raises:
            ValidationError: The push is refused. Answer with an HTTP status such as 403 and an
                empty body. `code` is `push_malformed`, `push_not_signed`, `push_not_decrypted` or
                `unexpected_push`.
        """
        return Push(self._receiver.receive(query, body))

    def verify_url(self, query: str | bytes) -> str:
        """Check the GET request with which WeChat verifies an address.

        WeChat documents this request for the message addresses of single accounts, not of
        platforms.

        Args:
            query: The raw query string of the request.

        Returns:
            The body to answer with: its `echostr`.

        Raises:
            ValidationError: The request is refused, as by `receive`.
        """
        return self._receiver.verify_url(query)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Receiver cannot be pickled: it holds credentials")
