"""The settings that clients and platforms have in common, and how texts that may be secrets are looked at."""

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
        "max_retries",
        "pacing",
        "proxy",
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
        connect_timeout: float | None,
        read_timeout: float | None,
        max_retries: int | None,
        pacing: bool | None,
        validate: bool | None,
        body_limit: int | None,
        proxy: str | None,
        trust_env: bool | None,
        tls_roots: bytes | None,
    ) -> None:
        """Refuse texts that are none."""
        check_text(token_store=token_store, base_url=base_url, proxy=proxy)
        self.token_store = token_store
        self.base_url = base_url
        self.alternate_base_urls = alternate_base_urls
        self.allow_http = allow_http
        self.timeout = timeout
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        self.max_retries = max_retries
        self.pacing = pacing
        self.validate = validate
        self.body_limit = body_limit
        self.proxy = proxy
        self.trust_env = trust_env
        self.tls_roots = tls_roots


def check_text(**values: object) -> None:
    """Refuse a text that is not Unicode, naming it and not showing it; Python's own refusal would hold it."""
    for name, value in values.items():
        if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError(f"{name}: is not Unicode text; read it as UTF-8")


def check_access_token(access_token: str | Callable[[str | None], object] | None) -> None:
    """Refuse what cannot give tokens, without showing it: whatever it is, it may be a secret."""
    if not (access_token is None or isinstance(access_token, str) or callable(access_token)):
        raise TypeError(f"access_token: give a str or a function, not {type(access_token).__name__}")
