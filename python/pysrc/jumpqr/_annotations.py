"""What type checkers take from `typing`, and a running program need not import: that costs it more than a call does."""

from __future__ import annotations

TYPE_CHECKING = bool()  # noqa: UP018 - see below
"""False. Editors that complete names by jedi evaluate a literal, and skip what stands below."""

if TYPE_CHECKING:
    from typing import Generic as Generic
else:

    class Generic:
        """A base that takes the parameters of a type, and forgets them."""

        def __class_getitem__(cls, parameters):
            return cls
