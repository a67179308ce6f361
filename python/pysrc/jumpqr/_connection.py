"""What `Client` and `AsyncClient` have in common: their settings, and the native client of this process."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Callable, NoReturn, Optional, Union

from . import _jumpqr
from ._exceptions import JumpqrError

logger = logging.getLogger("jumpqr")
"""Every call is logged at DEBUG, with how long it took and how it ended; never a token or a secret."""
logger.addHandler(logging.NullHandler())

_forks = 0


def _count_fork() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_count_fork)


def process() -> tuple[int, int]:
    """Tell which process this is. The id alone does not: an ancestor that has ended may have had the same."""
    return os.getpid(), _forks


class Connection:
    """Settings, and a native client for each process that uses them.

    A process that was forked must not use its parent's connections: it gets a native client of its own, with its own
    connections, tokens and pacing, at its first call. The parent's is kept, untouched.
    """

    def __init__(
        self,
        *,
        access_token: Union[str, Callable[[Optional[str]], Any], None] = None,
        appid: Optional[str] = None,
        secret: Optional[str] = None,
        token_interface: Optional[str] = None,
        base_url: Optional[str] = None,
        alternate_base_urls: Optional[Sequence[str]] = None,
        allow_http: Optional[bool] = None,
        timeout: Optional[float] = None,
        connect_timeout: Optional[float] = None,
        read_timeout: Optional[float] = None,
        max_retries: Optional[int] = None,
        pacing: Optional[bool] = None,
        validate: Optional[bool] = None,
        body_limit: Optional[int] = None,
        proxy: Optional[str] = None,
        trust_env: Optional[bool] = None,
        tls_roots: Optional[bytes] = None,
    ) -> None:
        """Take the settings; nothing is sent yet. See the class for what they are."""
        if not (access_token is None or isinstance(access_token, str) or callable(access_token)):
            # Whatever it is, it may be a secret.
            raise TypeError(f"access_token: give a str or a function, not {type(access_token).__name__}")
        for name, value in {"access_token": access_token, "appid": appid, "secret": secret, "proxy": proxy}.items():
            # Python's own refusal would hold the value.
            if isinstance(value, str) and any("\ud800" <= character <= "\udfff" for character in value):
                raise ValueError(f"{name}: is not Unicode text; read it as UTF-8")

        def connect() -> _jumpqr.Client:
            return _jumpqr.Client(
                access_token=access_token,
                appid=appid,
                secret=secret,
                token_interface=token_interface,
                base_url=base_url,
                alternate_base_urls=alternate_base_urls,
                allow_http=allow_http,
                timeout=timeout,
                connect_timeout=connect_timeout,
                read_timeout=read_timeout,
                max_retries=max_retries,
                pacing=pacing,
                validate=validate,
                body_limit=body_limit,
                proxy=proxy,
                trust_env=trust_env,
                tls_roots=tls_roots,
            )

        # The settings live in the closure: no attribute, and so no debugger's list of attributes, shows a secret.
        self._connect = connect
        self._natives = {process(): connect()}
        self._closed = False

    def _native(self) -> _jumpqr.Client:
        if self._closed:
            raise RuntimeError("the client is closed; make another one")
        here = process()
        native = self._natives.get(here)
        if native is None:
            # Atomic, so that no lock is needed, which another thread might have held during the fork.
            native = self._natives.setdefault(here, self._connect())
        return native

    def _close(self) -> None:
        self._closed = True
        self._natives.pop(process(), None)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot be pickled: it holds connections and credentials")


def check_process(begun_in: tuple[int, int]) -> None:
    """Refuse to go on with what was begun before a fork: it has the connections of another process."""
    if process() != begun_in:
        raise RuntimeError("rules: this iteration was begun before a fork; call rules() again in this process")


@contextmanager
def logged(interface: str) -> Iterator[None]:
    """Log how a call ended."""
    started = time.monotonic()
    try:
        yield
    except JumpqrError as error:
        logger.debug("%s (after %.3f s)", error, time.monotonic() - started)
        raise
    except BaseException as error:
        logger.debug("%s: %s (after %.3f s)", interface, type(error).__name__, time.monotonic() - started)
        raise
    logger.debug("%s: done (after %.3f s)", interface, time.monotonic() - started)
