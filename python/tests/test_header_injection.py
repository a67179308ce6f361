"""Line breaks and spaces that would inject headers are refused before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

import jumpqr
from jumpqr import Client
from scripted_server import Recorder, serving

ENDINGS = ["\r\nX: y", "\n", " HTTP/1.1", "\t", "\0", "\u2028"]
"""Each goes on after what could be right."""


@pytest.mark.parametrize("ending", ENDINGS)
def test_in_a_setting(ending: str) -> None:
    app = {"appid": "wx1", "secret": "P4SS"}
    fixed = {"access_token": "T"}
    cases: list[tuple[str, dict[str, Any]]] = [
        ("access_token", {"access_token": f"P4SS{ending}"}),
        ("appid", {**app, "appid": f"wx1{ending}"}),
        ("secret", {**app, "secret": f"P4SS{ending}"}),
        ("base_url", {**fixed, "base_url": f"http://127.0.0.1:1{ending}"}),
        ("proxy", {**fixed, "proxy": f"http://user:P4SS@127.0.0.1:1{ending}"}),
    ]
    for name, settings in cases:
        with pytest.raises(jumpqr.ValidationError, match=f"^{name}: ") as refused:
            Client(**settings)
        assert "P4SS" not in repr(vars(refused.value)) + str(refused.value)


@pytest.mark.parametrize("ending", ENDINGS)
def test_in_a_token_that_a_function_gives(ending: str) -> None:
    server = Recorder()
    with (
        serving(server) as url,
        Client(access_token=lambda _: f"P4SS{ending}", base_url=url) as client,
    ):
        with pytest.raises(jumpqr.CredentialsError) as refused:
            client.get_jump_qr_code()
        assert refused.value.code == "token_source_failed"
        assert "P4SS" not in repr(vars(refused.value)) + str(refused.value)
    assert server.requests == []
