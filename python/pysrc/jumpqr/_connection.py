"""What clients and platforms have in common: the native object of this process, and how calls are logged."""

from __future__ import annotations

import os
import sys
import time
from types import TracebackType

from . import _jumpqr
from ._annotations import TYPE_CHECKING, Generic

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable
    from typing import Any, ClassVar, NoReturn, TypeVar
    from weakref import WeakValueDictionary

    N = TypeVar("N")
else:
    N = object

_forks = 0


def _count_fork() -> None:
    global _forks
    _forks += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_count_fork)


def process() -> tuple[int, int]:
    """Tell which process this is. The id alone does not: an ancestor that has ended may have had the same."""
    return os.getpid(), _forks


class Connection(Generic[N]):
    """What makes a native object, and one of them for each process that uses it.

    A process that was forked must not use its parent's connections: it gets a native object of its own, with its own
    connections, tokens and pacing, at its first call. The parent's is kept, untouched.
    """

    _what: ClassVar[str] = "client"
    """What it is called in texts."""

    _inner: WeakValueDictionary[int, Connection[Any]] | None = None
    """What is within it, once there is something."""

    def __init__(self, connect: Callable[[], N], within: Connection[Any] | None = None) -> None:
        """Make the one of this process. What is `within` another is closed with it.

        Settings live in the closure: no attribute, and so no debugger's list of attributes, shows a secret.
        """
        # What is worth a warning when the object is made is heard.
        _listened_to()
        self._connect = connect
        self._within = within
        self._natives = {process(): connect()}
        self._closed = False
        if within is not None:
            within._contain(self)

    def _native(self) -> N:
        self._check_open()
        here = process()
        native = self._natives.get(here)
        if native is None:
            # Atomic, so that no lock is needed, which another thread might have held during the fork.
            native = self._natives.setdefault(here, self._connect())
        return native

    def _check_open(self) -> None:
        if self._within is not None:
            self._within._check_open()
        if self._closed:
            raise RuntimeError(f"the {self._what} is closed; make another one")

    def _contain(self, inner: Connection[Any]) -> None:
        # Few processes have a platform.
        from weakref import WeakValueDictionary

        # Atomic, so that no thread's goes astray.
        vars(self).setdefault("_inner", WeakValueDictionary())[id(inner)] = inner

    def _close(self) -> None:
        self._closed = True
        # It holds the credentials.
        self._connect = _closed
        self._natives.pop(process(), None)
        # Their native objects hold the same connections.
        for reference in [] if self._inner is None else self._inner.valuerefs():
            inner = reference()
            if inner is not None:
                inner._close()

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} cannot be pickled: it holds connections and credentials")


def _closed() -> NoReturn:
    raise RuntimeError("it is closed; make another one")


def gets_signals() -> bool:
    """Whether this thread is the one that Python hands signals to."""
    # Where nobody has imported `threading`, there is no other; it is not imported for that.
    threading = sys.modules.get("threading")
    return threading is None or threading.get_ident() == threading.main_thread().ident


def check_process(begun_in: tuple[int, int]) -> None:
    """Refuse to go on with what was begun before a fork: it has the connections of another process."""
    if process() != begun_in:
        raise RuntimeError("rules: this iteration was begun before a fork; call rules() again in this process")


_DEBUG = 10
"""As in `logging`, like the next."""

_WARNING = 30

_heard_level: int | None = None
"""From which level on the extension module hands its lines over."""

_logger: logging.Logger | None = None


def _listened_to() -> logging.Logger | None:
    """Return the logger, if somebody listens."""
    global _logger, _heard_level
    if _logger is None:
        # Nobody listens who has not imported `logging`; it is not imported for that.
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


class _Unheard:
    """Logs nothing."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


_unheard = _Unheard()


class _Heard:
    """Logs how a call ended."""

    def __init__(self, logger: logging.Logger, name: str) -> None:
        """Take what is called."""
        self._logger = logger
        self._name = name

    def __enter__(self) -> None:
        self._started = time.monotonic()

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        seconds = time.monotonic() - self._started
        if exc is None:
            self._logger.debug("%s: done (after %.3f s)", self._name, seconds)
            return
        from ._exceptions import JumpqrError

        if isinstance(exc, JumpqrError):
            self._logger.debug("%s (after %.3f s)", exc, seconds)
        else:
            self._logger.debug("%s: %s (after %.3f s)", self._name, type(exc).__name__, seconds)


def logged(name: str) -> _Unheard | _Heard:
    """Log how a call ends, at DEBUG under the name `jumpqr`, and how long it took; never a token or a secret.

    Args:
        name: What is called.

    Returns:
        A context manager, for the call.
    """
    logger = _listened_to()
    return _unheard if logger is None else _Heard(logger, name)
