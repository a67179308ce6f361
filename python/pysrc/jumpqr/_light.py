"""Stand-ins for `typing` and `dataclasses`: a process that makes one call need not import those.

`import jumpqr` takes 70 million instructions, 28 million of them Python's own start. `typing` would
add 27 million, and `dataclasses` 57 million (CPython 3.11 without `site`, counted by callgrind).
"""

from __future__ import annotations

TYPE_CHECKING = bool()  # noqa: UP018
"""False. If this were a literal, jedi would skip what stands below it, and complete no names."""

if TYPE_CHECKING:
    from typing import Any
    from typing import Generic as Generic
else:

    class Generic:
        """A base class that takes type parameters and ignores them."""

        def __class_getitem__(cls, parameters):
            return cls


class DataclassAttribute:
    """An attribute that `dataclasses` keeps in a class, made from the constructor on first use.

    Functions such as `dataclasses.replace` then take the objects of a class without the decorator.
    """

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, instance: object, owner: type) -> Any:
        from dataclasses import field, make_dataclass
        from inspect import signature

        fields = [
            (name, of.annotation, field() if of.default is of.empty else field(default=of.default))
            for name, of in signature(owner).parameters.items()
        ]
        return getattr(make_dataclass(owner.__name__, fields), self._name)
