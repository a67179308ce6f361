"""The settings that clients and platforms have in common, and texts that may be secrets.

Tools that report a failure print the local variables of each frame. So no frame of this package
that a traceback can show has a secret in a local variable. A function that takes a secret puts it
into an object of this module, and deletes the variable before anything can fail.
"""

from __future__ import annotations

from ._annotations import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Settings:
    """What is None has its default. The extension module reads the attributes; no repr shows them: some are secrets."""

    __slots__ = (
        "allow_http",
        "alternate_base_urls",
        "base_url",
        "body_limit",
        "connect_timeout",
        "extra_tls_roots",
        "ip_version",
        "max_retries",
        "pacing",
        "proxy",
        "queue_timeout",
        "read_timeout",
        "timeout",
        "tls_roots",
        "token_store",
        "trust_env",
        "validate",
    )

    def __init__(
        self,
        *,
        token_store: str | None,
        base_url: str | None,
        alternate_base_urls: Sequence[str] | None,
        allow_http: bool | None,
        timeout: float | None,
        queue_timeout: float | None,
        connect_timeout: float | None,
        read_timeout: float | None,
        max_retries: int | None,
        pacing: bool | None,
        validate: bool | None,
        body_limit: int | None,
        proxy: str | None,
        trust_env: bool | None,
        tls_roots: bytes | str | None,
        extra_tls_roots: bytes | None,
        ip_version: str | None,
    ) -> None:
        """Keep the settings. This cannot fail: the caller still has them in local variables."""
        self.token_store = token_store
        self.base_url = base_url
        self.alternate_base_urls = alternate_base_urls
        self.allow_http = allow_http
        self.timeout = timeout
        self.queue_timeout = queue_timeout
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        self.max_retries = max_retries
        self.pacing = pacing
        self.validate = validate
        self.body_limit = body_limit
        self.proxy = proxy
        self.trust_env = trust_env
        self.tls_roots = tls_roots
        self.extra_tls_roots = extra_tls_roots
        self.ip_version = ip_version

    def check(self) -> None:
        """Refuse a text that is not Unicode."""
        check_text(self, "token_store", "base_url", "proxy")


class Credentials:
    """What a client gets its tokens with. No repr shows it."""

    __slots__ = ("access_token", "appid", "secret")

    def __init__(
        self,
        access_token: str | Callable[[str | None], object] | None,
        appid: str | None,
        secret: str | None,
    ) -> None:
        """Keep the credentials. This cannot fail: the caller still has them in local variables."""
        self.access_token = access_token
        self.appid = appid
        self.secret = secret

    def check(self) -> None:
        """Refuse what cannot give tokens, without showing it: whatever it is, it may be a secret."""
        given = type(self.access_token)
        if not (self.access_token is None or issubclass(given, str) or callable(self.access_token)):
            raise TypeError(f"access_token: give a str or a function, not {given.__name__}")
        check_text(self, *self.__slots__)


class PlatformCredentials:
    """What a platform gets its tokens with. No repr shows it."""

    __slots__ = ("component_appid", "component_appsecret")

    def __init__(self, component_appid: str, component_appsecret: str) -> None:
        """Keep the credentials. This cannot fail: the caller still has them in local variables."""
        self.component_appid = component_appid
        self.component_appsecret = component_appsecret

    def check(self) -> None:
        """Refuse a text that is not Unicode."""
        check_text(self, *self.__slots__)


class VerifyTicket:
    """A ticket that WeChat has pushed. No repr shows it."""

    __slots__ = ("component_verify_ticket",)

    def __init__(self, ticket: str) -> None:
        """Keep the ticket. This cannot fail: the caller still has it in a local variable."""
        self.component_verify_ticket = ticket

    def check(self) -> None:
        """Refuse a text that is not Unicode."""
        check_text(self, *self.__slots__)


class RefreshToken:
    """A merchant's refresh token. No repr shows it."""

    __slots__ = ("authorizer_appid", "authorizer_refresh_token")

    def __init__(self, appid: str, token: str) -> None:
        """Keep the token. This cannot fail: the caller still has it in a local variable."""
        self.authorizer_appid = appid
        self.authorizer_refresh_token = token

    def check(self) -> None:
        """Refuse a text that is not Unicode."""
        check_text(self, *self.__slots__)


def check_text(values: object, *names: str) -> None:
    """Refuse a text that is not Unicode, naming it and not showing it; Python's own refusal would hold it."""
    for name in names:
        if not _is_unicode(getattr(values, name)):
            raise ValueError(f"{name}: is not Unicode text; read it as UTF-8")


def check_appid(appid: str) -> None:
    """Refuse a merchant's appid that is not Unicode."""
    if not _is_unicode(appid):
        raise ValueError("authorizer_appid: is not Unicode text; read it as UTF-8")


def _is_unicode(value: object) -> bool:
    """Tell whether a value can be encoded. This cannot fail: it has a secret in a local variable."""
    return not (isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value))
