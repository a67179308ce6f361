"""The settings that clients and platforms have in common, and how texts that may be secrets are looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Callable, Optional, Union


@dataclass(frozen=True, repr=False)
class Settings:
    """What is None has its default. The extension module reads the attributes; no repr shows them: some are secrets."""

    token_store: Optional[str]
    base_url: Optional[str]
    alternate_base_urls: Optional[Sequence[str]]
    allow_http: Optional[bool]
    timeout: Optional[float]
    connect_timeout: Optional[float]
    read_timeout: Optional[float]
    max_retries: Optional[int]
    pacing: Optional[bool]
    validate: Optional[bool]
    body_limit: Optional[int]
    proxy: Optional[str]
    trust_env: Optional[bool]
    tls_roots: Optional[bytes]

    def __post_init__(self) -> None:
        """Refuse texts that are none."""
        check_text(token_store=self.token_store, base_url=self.base_url, proxy=self.proxy)


def check_text(**values: object) -> None:
    """Refuse a text that is not Unicode, naming it and not showing it; Python's own refusal would hold it."""
    for name, value in values.items():
        if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError(f"{name}: is not Unicode text; read it as UTF-8")


def check_access_token(access_token: Union[str, Callable[[Optional[str]], Any], None]) -> None:
    """Refuse what cannot give tokens, without showing it: whatever it is, it may be a secret."""
    if not (access_token is None or isinstance(access_token, str) or callable(access_token)):
        raise TypeError(f"access_token: give a str or a function, not {type(access_token).__name__}")
