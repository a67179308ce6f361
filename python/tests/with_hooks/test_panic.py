"""Panics in the extension module. They need a build with the feature `test-hooks`."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import jumpqr
from jumpqr import _jumpqr
from jumpqr.testing import Sandbox

panic = vars(_jumpqr)["panic"]


def test_the_hook_would_be_found_in_a_wheel() -> None:
    assert b"on purpose" in Path(_jumpqr.__file__).read_bytes()


@pytest.mark.parametrize("place", ["call", "interruptible call", "interruptible store", "offline"])
def test_a_panic_is_an_internal_error(place: str, capfd: pytest.CaptureFixture[str]) -> None:
    with ThreadPoolExecutor(1) as pool:
        for attempt in (panic, lambda place: pool.submit(panic, place).result()):
            with pytest.raises(jumpqr.InternalError, match="a panic: on purpose") as ended:
                attempt(place)
            assert ended.value.kind is jumpqr.ErrorKind.INTERNAL
            assert ended.value.__cause__ is None
    # The interpreter lives, and so does the package.
    with Sandbox() as sandbox, sandbox.client() as client:
        assert client.get_jump_qr_code().rule_list == ()
    assert "on purpose" in capfd.readouterr().err
