"""What clients and platforms have in common: a native object for each process that uses them."""

from __future__ import annotations

import os

from ._jumpqr import count_fork, logger_of_calls, process
from ._light import TYPE_CHECKING, Generic

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar, NoReturn, TypeVar
    from weakref import WeakValueDictionary

    from typing_extensions import Self

    N = TypeVar("N")
else:
    N = object

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=count_fork)


def check_process(begun_in: int, name: str) -> None:
    """Refuse to continue an iteration after a fork: it uses connections of another process."""
    if process() != begun_in:
        raise RuntimeError(
            f"{name}: this iteration was begun before a fork; call {name}() again in this process"
        )


class Connection(Generic[N]):
    """Makes a native object in each process that uses it.

    A forked process must not use its parent's connections. At its first call, it gets a native
    object with connections, tokens and pacing of its own. It never touches the parent's.

    The extension module, too, looks for the native object in `_natives`. A closed connection has
    none there.
    """

    _what: ClassVar[str] = "client"
    """The noun for it in messages."""

    _inner: WeakValueDictionary[int, Connection[Any]] | None = None
    """The connections that are closed with this one, once there are any."""

    def _open(self, connect: Callable[[], N], outer: Connection[Any] | None = None) -> None:
        """Make the native object of this process. With `outer`, it is closed when that is closed.

        The closure `connect` holds the settings, so a list of the attributes shows no secret.
        """
        # From now on, warnings of the extension module are heard.
        logger_of_calls()
        self._connect = connect
        self._outer = outer
        self._natives = {process(): connect()}
        self._closed = False
        if outer is not None:
            outer._contain(self)
            if outer._closed:
                # It was closed too early to close this one.
                self._close()

    @classmethod
    def _within(cls, outer: Connection[Any], connect: Callable[[], N]) -> Self:
        inner = cls.__new__(cls)
        inner._open(connect, outer)
        return inner

    def _native(self) -> N:
        self._check_open()
        here = process()
        native = self._natives.get(here)
        if native is None:
            # Atomic. Another thread might have held a lock during the fork.
            native = self._natives.setdefault(here, self._connect())
            if self._closed:
                # It was closed too early to drop the new object.
                self._close()
                self._check_open()
        return native

    def _check_open(self) -> None:
        if self._outer is not None:
            self._outer._check_open()
        if self._closed:
            raise RuntimeError(f"the {self._what} is closed; make another one")

    def _contain(self, inner: Connection[Any]) -> None:
        # Few processes have a platform.
        from weakref import WeakValueDictionary

        # Atomic, so that no other thread's entry is lost.
        vars(self).setdefault("_inner", WeakValueDictionary())[id(inner)] = inner

    def _close(self) -> None:
        self._closed = True
        # The closure holds the credentials.
        self._connect = _closed
        self._natives.pop(process(), None)
        # The inner native objects hold the same connections.
        for reference in [] if self._inner is None else self._inner.valuerefs():
            inner = reference()
            if inner is not None:
                inner._close()

    def __reduce__(self) -> NoReturn:
        name = type(self).__name__
        raise TypeError(f"a {name} cannot be pickled: it holds connections and credentials")


def _closed() -> NoReturn:
    raise RuntimeError("it is closed; make another one")
