"""The fixture `jumpqr_sandbox` for pytest, registered by the package."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .testing import Sandbox


@pytest.fixture
def jumpqr_sandbox() -> Iterator[Sandbox]:
    """A fresh local WeChat for each test: a `jumpqr.testing.Sandbox`."""
    with Sandbox() as sandbox:
        yield sandbox
