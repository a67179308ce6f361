"""Tokens that clients and processes share, and how they stand."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import jumpqr
from jumpqr import Client, TokenState, TokenStatus
from jumpqr.testing import Sandbox
from processes import fork


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"dir:{tmp_path / 'tokens'}"


def issued(sandbox: Sandbox) -> int:
    return int(sandbox.counters()["token_calls"])


def status(client: Client) -> TokenStatus:
    found = client.token_status()
    assert found is not None
    return found


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_clients_of_a_folder_share_a_token(jumpqr_sandbox: Sandbox, store: str) -> None:
    for _ in range(2):
        with jumpqr_sandbox.client(token_store=store) as client:
            client.get_jump_qr_code()
    assert issued(jumpqr_sandbox) == 1

    async def main() -> None:
        async with jumpqr_sandbox.async_client(token_store=store) as client:
            await client.get_jump_qr_code()
            shared = await client.token_status()
            assert shared is not None
            assert (shared.store, shared.state) == (store, TokenState.VALID)

    asyncio.run(main())
    assert issued(jumpqr_sandbox) == 1


def test_a_client_in_memory_is_alone(jumpqr_sandbox: Sandbox) -> None:
    for number, token_store in enumerate((None, "memory:"), 1):
        with jumpqr_sandbox.client(token_store=token_store) as client:
            client.get_jump_qr_code()
            assert status(client).store == "memory:"
        assert issued(jumpqr_sandbox) == number


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_shares_the_folder(jumpqr_sandbox: Sandbox, store: str) -> None:
    with jumpqr_sandbox.client(token_store=store, pacing=False) as client:
        client.get_jump_qr_code()
        assert fork(lambda: client.get_jump_qr_code().list_size) == 0
        assert fork(client.token_status).state is TokenState.VALID
    assert issued(jumpqr_sandbox) == 1


def test_how_a_token_stands(jumpqr_sandbox: Sandbox, store: str) -> None:
    appid = jumpqr_sandbox.mini_program.appid
    with jumpqr_sandbox.client(token_store=store) as client:
        missing = TokenStatus(
            store=store,
            interface="stable_token",
            appid=appid,
            state=TokenState.MISSING,
            age=None,
            expires_in=None,
            has_refresh_token=None,
            verify_ticket_age=None,
            refused_errcode=None,
            refused_for=None,
        )
        assert status(client) == missing
        client.get_jump_qr_code()
        valid = status(client)
        assert valid.age is not None
        assert valid.expires_in is not None
        assert valid.age < 300
        assert 6900 < valid.expires_in <= 7200
        assert valid.age + valid.expires_in in {7199, 7200}
        assert (valid.state, str(valid.state)) == (TokenState.VALID, "valid")
    assert issued(jumpqr_sandbox) == 1


def test_a_token_that_has_expired(jumpqr_sandbox: Sandbox, store: str) -> None:
    jumpqr_sandbox.put_account(jumpqr_sandbox.mini_program.appid, token_lifetime_seconds=1)
    with jumpqr_sandbox.client(token_store=store) as client:
        client.get_jump_qr_code()
        until(lambda: status(client).state is TokenState.EXPIRED)
        assert status(client).expires_in == 0


def test_credentials_that_were_refused(jumpqr_sandbox: Sandbox, store: str) -> None:
    account = jumpqr_sandbox.mini_program._replace(secret="APPSECRET")
    with jumpqr_sandbox.client(account, token_store=store) as client:

        def is_remembered() -> bool:
            with pytest.raises(jumpqr.CredentialsError):
                client.get_jump_qr_code()
            # Longer each time.
            return status(client).refused_errcode == 40125

        until(is_remembered)
        refused_for = status(client).refused_for
        assert refused_for is None or 0 <= refused_for <= 60
        assert status(client).state is TokenState.MISSING
        assert "APPSECRET" not in repr(status(client))


def test_tokens_of_the_callers_own_have_no_status() -> None:
    with Client(access_token="T") as client:
        assert client.token_status() is None
    with Client(access_token=lambda rejected: "T") as client:
        assert client.token_status() is None


def test_a_store_that_others_may_read_is_made_private_again(
    tmp_path: Path, jumpqr_sandbox: Sandbox
) -> None:
    for mode in (0o755, 0o770):
        tmp_path.chmod(mode)
        with jumpqr_sandbox.client(None, token_store=f"dir:{tmp_path}") as client:
            client.get_jump_qr_code()
        assert tmp_path.stat().st_mode & 0o777 == 0o700
    tmp_path.chmod(0o755)
    (tmp_path / "notes.txt").touch()
    with pytest.raises(jumpqr.StoreError, match="other files") as refused:
        jumpqr_sandbox.client(token_store=f"dir:{tmp_path}")
    assert (refused.value.code, refused.value.kind) == ("store_not_private", jumpqr.ErrorKind.STORE)


# What a process does in the second test below: it has the files of its store open all the time, and
# forks children meanwhile, each of which uses the store, too.
FORKS_AND_SAVES = """
import os, sys, threading
from jumpqr import Platform

def save():
    platform = Platform(
        component_appid="wxc", component_appsecret="s", token_store=f"dir:{sys.argv[1]}"
    )
    platform.set_verify_ticket("ticket@@@0")

def save_on():
    while True:
        save()

threading.Thread(target=save_on, daemon=True).start()
for _ in range(10):
    child = os.fork()
    if child == 0:
        save()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
print("saved", flush=True)
os._exit(0)
"""

# A process of the first test below: it saves tickets in the folder of its store without end, and
# forks children meanwhile, which live on and do nothing.
SAVES_AND_FORKS = """
import os, sys, threading, time
from jumpqr import Platform

platform = Platform(
    component_appid="wxc", component_appsecret="s", token_store=f"dir:{sys.argv[1]}"
)

def save():
    while True:
        platform.set_verify_ticket("ticket@@@0")

threading.Thread(target=save, daemon=True).start()
for _ in range(60):
    time.sleep(0.005)
    if os.fork() == 0:
        os.closerange(0, 3)
        time.sleep(120)
        os._exit(0)
print("forked", flush=True)
time.sleep(120)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_lock_dies_with_its_process_though_its_children_live(tmp_path: Path) -> None:
    folder = tmp_path / "tokens"
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", SAVES_AND_FORKS, str(folder)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == b"forked\n"
            process.kill()
            process.wait()
            platform = jumpqr.Platform(
                component_appid="wxc",
                component_appsecret="s",
                token_store=f"dir:{folder}",
                timeout=20,
            )
            with platform:
                platform.set_verify_ticket("ticket@@@1")
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_a_child_is_not_held_up_by_what_its_parent_did_when_it_was_forked(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "ignore", "-c", FORKS_AND_SAVES, str(tmp_path / "tokens")]
    run = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert run.stdout == b"saved\n", run.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there is no FIFO")
def test_what_is_not_a_file_is_refused(tmp_path: Path, jumpqr_sandbox: Sandbox) -> None:
    folder = tmp_path / "tokens"
    with jumpqr_sandbox.client(None, token_store=f"dir:{folder}") as client:
        client.get_jump_qr_code()
        for file in list(folder.iterdir()):
            file.unlink()
            os.mkfifo(file)
    with (
        jumpqr_sandbox.client(None, token_store=f"dir:{folder}") as client,
        pytest.raises(jumpqr.StoreError, match="a FIFO, not a file") as refused,
    ):
        client.get_jump_qr_code()
    assert not refused.value.retryable


def test_a_store_that_is_damaged_is_left_as_it_is(tmp_path: Path, jumpqr_sandbox: Sandbox) -> None:
    folder = tmp_path / "tokens"
    token_store = f"dir:{folder}"
    with jumpqr_sandbox.client(token_store=token_store) as client:
        client.get_jump_qr_code()
    (record,) = [file for file in folder.iterdir() if not file.suffix]
    record.write_bytes(b"what is this?")
    with jumpqr_sandbox.client(token_store=token_store) as client:
        for ask in (client.token_status, client.get_jump_qr_code):
            with pytest.raises(jumpqr.StoreError) as refused:
                ask()
            assert refused.value.code == "store_damaged"
    assert record.read_bytes() == b"what is this?"


def test_a_setting_that_may_hold_a_password_is_not_repeated() -> None:
    with pytest.raises(jumpqr.ValidationError, match="token_store") as refused:
        Client(appid="wx1", secret="s", token_store="ftp://user:PASSW0RD@store.example.cn")
    assert "PASSW0RD" not in repr(refused.value)
    assert "PASSW0RD" not in repr(vars(refused.value))
