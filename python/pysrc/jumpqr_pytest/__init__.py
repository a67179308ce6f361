"""The fixture `jumpqr_sandbox` for pytest, registered by the package jumpqr.

Every run of pytest in an environment with jumpqr imports this package. It is therefore not a part
of jumpqr, whose import loads the extension module. It imports only what pytest has imported.
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
