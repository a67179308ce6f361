"""The fixture `jumpqr_sandbox` for pytest, registered by the package jumpqr.

Every run of pytest in an environment that has jumpqr imports this package. So it is not a part of jumpqr, whose import
loads the extension module, and it imports only what pytest has imported already.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from jumpqr.testing import Sandbox


@pytest.fixture
def jumpqr_sandbox() -> Iterator[Sandbox]:
    """A fresh local WeChat for each test: a `jumpqr.testing.Sandbox`."""
    from jumpqr.testing import Sandbox

    with Sandbox() as sandbox:
        yield sandbox
