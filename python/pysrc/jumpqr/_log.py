"""Log lines about calls, under the name `jumpqr`."""

from __future__ import annotations

import time
from contextlib import suppress
from types import TracebackType

from ._light import TYPE_CHECKING

if TYPE_CHECKING:
    import logging


def log_end(logger: logging.Logger, name: str, seconds: float, error: BaseException | None) -> None:
    """Log at DEBUG how a call ended and how long it took; never a token or a secret.

    The exception of a handler must not take the place of the result.
    """
    from ._exceptions import JumpqrError

    if error is None:
        text = f"{name}: done"
    elif isinstance(error, JumpqrError):
        text = str(error)
    else:
        text = f"{name}: {type(error).__name__}"
    with suppress(Exception):
        logger.debug("%s (after %.3f s)", text, seconds)


def log_call(logger: logging.Logger, text: str, event: dict[str, object]) -> None:
    """Log the event of a call at DEBUG. Its fields are attributes of the record."""
    with suppress(Exception):
        logger.debug("%s", text, extra=event)


class LoggedCall:
    """Logs the end of a call."""

    def __init__(self, logger: logging.Logger, name: str) -> None:
        """Take the name of the call."""
        self._logger = logger
        self._name = name

    def __enter__(self) -> None:
        self._started = time.monotonic()

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        log_end(self._logger, self._name, time.monotonic() - self._started, exc)
