"""Log lines about calls, under the name `jumpqr`."""

from __future__ import annotations

import sys
import time
from types import TracebackType

from . import _jumpqr
from ._light import TYPE_CHECKING

if TYPE_CHECKING:
    import logging

# As in `logging`.
_DEBUG = 10
_WARNING = 30

_heard_level: int | None = None
"""The lowest level of the lines that the extension module hands over."""

_logger: logging.Logger | None = None


def logger_of_calls() -> logging.Logger | None:
    """Return the logger; None if nobody listens at DEBUG."""
    global _logger, _heard_level
    if _logger is None:
        # If nobody has imported `logging`, nobody listens.
        logging = sys.modules.get("logging")
        if logging is None:
            return None
        _logger = logging.getLogger("jumpqr")
    listens = _logger.isEnabledFor(_DEBUG)
    level = _DEBUG if listens else _WARNING
    if level != _heard_level:
        _heard_level = level
        _jumpqr.listen(_logger.log, level)
    return _logger if listens else None


class LoggedCall:
    """Logs at DEBUG how a call ends and how long it took; never a token or a secret."""

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
        seconds = time.monotonic() - self._started
        if exc is None:
            self._logger.debug("%s: done (after %.3f s)", self._name, seconds)
            return
        from ._exceptions import JumpqrError

        text = str(exc) if isinstance(exc, JumpqrError) else f"{self._name}: {type(exc).__name__}"
        self._logger.debug("%s (after %.3f s)", text, seconds)
