"""Tokens that a fleet shares."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

import jumpqr
from jumpqr import Client, TokenState
from jumpqr.testing import Sandbox

PASSWORD = "P4SSW0RD"


def start(folder: str) -> subprocess.Popen[bytes]:
    """A redis-server at a socket in this folder, which has a short name: sockets must."""
    arguments = [
        "--port",
        "0",
        "--unixsocket",
        f"{folder}/socket",
        "--dir",
        folder,
        "--save",
        "",
        "--appendonly",
        "no",
    ]
    command = ["redis-server", *arguments, "--requirepass", PASSWORD]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not Path(folder, "socket").exists():
        assert server.poll() is None, "redis-server has ended"
        assert time.monotonic() < deadline, "redis-server does not start"
        time.sleep(0.01)
    return server


@pytest.fixture
def folder() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        yield folder


@pytest.fixture
def store(folder: str) -> Iterator[str]:
    server = start(folder)
    try:
        yield f"redis+unix://{folder}/socket?pass={PASSWORD}"
    finally:
        server.kill()
        server.wait()


def test_clients_share_a_token(jumpqr_sandbox: Sandbox, store: str) -> None:
    for _ in range(2):
        with jumpqr_sandbox.client(token_store=store) as client:
            client.get_jump_qr_code()
            status = client.token_status()
            assert status is not None
            assert status.state is TokenState.VALID
            assert status.store.startswith("redis+unix://")
            assert PASSWORD not in repr(status)
    assert jumpqr_sandbox.counters()["token_calls"] == 1


def test_platforms_share_their_tickets_and_tokens(jumpqr_sandbox: Sandbox, store: str) -> None:
    appid = jumpqr_sandbox.mini_program.appid
    with jumpqr_sandbox.platform(token_store=store) as platform:
        platform.set_verify_ticket(jumpqr_sandbox.verify_ticket())
        platform.set_authorizer_refresh_token(appid, jumpqr_sandbox.authorize(appid))
    for _ in range(2):
        with jumpqr_sandbox.platform(token_store=store) as platform:
            assert platform.merchant(appid).get_jump_qr_code().list_size == 0
    assert jumpqr_sandbox.counters()["token_calls"] == 2


def test_one_that_is_not_there_is_a_failure_of_the_store(folder: str) -> None:
    # There is no need for it before it is used.
    with Client(
        appid="wx1", secret="s", token_store=f"redis+unix://{folder}/none?pass={PASSWORD}"
    ) as client:
        for ask in (client.token_status, client.get_jump_qr_code):
            with pytest.raises(jumpqr.StoreError) as refused:
                ask()
            assert (refused.value.code, refused.value.retryable) == ("store_failed", True)
            assert PASSWORD not in repr((refused.value, vars(refused.value)))
