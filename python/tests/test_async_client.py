"""The asyncio client: nothing blocks the loop, and cancelling and timeouts behave."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import os
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import pytest

import jumpqr
from jumpqr import AsyncClient, Confirmation
from jumpqr.testing import Sandbox
from scripted_server import Action, Close, Recorder, Reply, Request, Silence, serving
from test_client import Account

RULE = {
    "prefix": "https://m.example.cn/table/",
    "path": "pages/index/index",
    "open_version": 1,
    "permit_sub_rule": 1,
}

EMPTY = b'{"errcode":0,"rule_list":[]}'


def test_the_same_calls(jumpqr_sandbox: Sandbox) -> None:
    async def main() -> None:
        async with jumpqr_sandbox.async_client(pacing=False) as client:
            assert await client.add_jump_qr_code(RULE) is Confirmation.ANSWERED
            assert await client.add_jump_qr_code(**RULE, is_edit=True) is Confirmation.ANSWERED  # type: ignore[arg-type]
            assert await client.publish_jump_qr_code(str(RULE["prefix"])) is Confirmation.ANSWERED
            assert [rule.prefix async for rule in client.rules()] == [RULE["prefix"]]
            assert (await client.get_jump_qr_code()).list_size == 1
            assert (await client.download_qr_code_text()).file_name.endswith(".txt")
            assert await client.delete_jump_qr_code(str(RULE["prefix"])) is Confirmation.ANSWERED
            with pytest.raises(jumpqr.ValidationError):
                await client.add_jump_qr_code({})
        with pytest.raises(RuntimeError, match="closed"):
            await client.get_jump_qr_code()
        service_account = jumpqr_sandbox.async_client(jumpqr_sandbox.service_account)
        async with service_account as client:
            assert len(await client.wxamplinkget()) == 1
            with pytest.raises(jumpqr.CredentialsError):
                await client.link_miniprogram("wx0000000000000000")

    asyncio.run(main())


def test_the_loop_goes_on_during_as_many_calls_as_documented() -> None:
    release = threading.Event()
    server = Recorder(Reply(EMPTY))

    def answer(request: Request) -> Action:
        action = server(request)
        # Nobody is answered before the loop, which the calls must not hold up, says so.
        assert release.wait(30)
        return action

    async def main(url: str) -> None:
        async with AsyncClient(access_token="T", base_url=url, pacing=False) as client:
            calls = [asyncio.create_task(client.get_jump_qr_code()) for _ in range(70)]
            while len(server.requests) < 64:
                await asyncio.sleep(0.01)
            assert await asyncio.get_running_loop().run_in_executor(None, lambda: "free") == "free"
            # Time for more calls than there may be.
            await asyncio.sleep(0.2)
            assert len(server.requests) == 64
            release.set()
            assert len(await asyncio.gather(*calls)) == 70

    with serving(answer) as url:
        asyncio.run(asyncio.wait_for(main(url), 30))
    assert len(server.requests) == 70


def test_no_more_calls_at_once_than_asked_for() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def answer(request: Request) -> Action:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.05)
        with lock:
            now -= 1
        return Reply(EMPTY)

    async def main(url: str) -> None:
        async with AsyncClient(
            access_token="T", base_url=url, pacing=False, max_concurrency=3
        ) as client:
            await asyncio.gather(*(client.get_jump_qr_code() for _ in range(12)))

    with serving(answer) as url:
        asyncio.run(main(url))
    assert most == 3
    with pytest.raises(ValueError, match="max_concurrency: give 1 or more"):
        AsyncClient(access_token="T", max_concurrency=0)


def test_a_call_that_is_cancelled_ends_at_once_and_one_that_waits_is_never_sent() -> None:
    received, release = threading.Event(), threading.Event()
    paths: list[str] = []
    asked: list[str | None] = []

    def token(rejected: str | None) -> str:
        asked.append(rejected)
        return "T"

    def answer(request: Request) -> Action:
        paths.append(request.path.rpartition("/")[2])
        received.set()
        assert release.wait(10)
        return Reply(EMPTY)

    async def main(url: str) -> None:
        async with AsyncClient(
            access_token=token, base_url=url, pacing=False, max_retries=0, max_concurrency=1
        ) as client:
            sent = asyncio.create_task(client.get_jump_qr_code())
            await asyncio.get_running_loop().run_in_executor(None, received.wait, 10)
            waiting = asyncio.create_task(client.add_jump_qr_code(RULE))
            await asyncio.sleep(0)
            # While the server holds its answer back.
            for task in (waiting, sent):
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            release.set()
            await client.download_qr_code_text()

    with serving(answer) as url, pytest.raises(jumpqr.ProtocolError):
        asyncio.run(main(url))
    assert paths == ["qrcodejumpget", "qrcodejumpdownload"]
    assert asked == [None, None]


def test_nothing_more_is_sent_for_a_call_that_was_cancelled() -> None:
    received = threading.Event()
    server = Recorder(Reply(b'{"errcode":45011,"errmsg":"api minute-quota reach limit"}'))

    def answer(request: Request) -> Action:
        action = server(request)
        server.action = Reply(EMPTY)
        received.set()
        return action

    async def main(url: str) -> None:
        async with AsyncClient(
            access_token="T", base_url=url, pacing=False, max_concurrency=1
        ) as client:
            # It waits for a minute, and is sent again.
            task = asyncio.create_task(client.get_jump_qr_code(timeout=120))
            await asyncio.get_running_loop().run_in_executor(None, received.wait, 10)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            # The only thread of the pool does not sit the minute out.
            await client.get_jump_qr_code(timeout=30)

    with serving(answer) as url:
        asyncio.run(main(url))
    assert len(server.requests) == 2


def test_a_token_that_others_wait_for_is_fetched_all_the_same() -> None:
    received = threading.Event()
    tokens = Recorder(Reply(b'{"errcode":-1,"errmsg":"system error"}'))

    def answer(request: Request) -> Action:
        if request.access_token:
            return Reply(EMPTY)
        action = tokens(request)
        tokens.action = Reply(b'{"access_token":"T","expires_in":7200}')
        received.set()
        return action

    async def main(url: str) -> None:
        async with AsyncClient(appid="wx1", secret="s", base_url=url, pacing=False) as client:
            fetching = asyncio.create_task(client.get_jump_qr_code())
            await asyncio.get_running_loop().run_in_executor(None, received.wait, 30)
            waiting = asyncio.create_task(client.get_jump_qr_code())
            fetching.cancel()
            with pytest.raises(asyncio.CancelledError):
                await fetching
            assert (await waiting).rule_list == ()

    with serving(answer) as url:
        asyncio.run(main(url))
    assert len(tokens.requests) == 2


class Held:
    """A server that answers nothing until it is released."""

    def __init__(self) -> None:
        self.received = threading.Event()
        self.release = threading.Event()
        self.recorder = Recorder(Reply(EMPTY))

    def __call__(self, request: Request) -> Action:
        action = self.recorder(request)
        self.received.set()
        assert self.release.wait(30)
        return action

    async def first(self, client: AsyncClient) -> asyncio.Task[jumpqr.JumpQRCodeList]:
        """A call that the server has received."""
        task = asyncio.create_task(client.get_jump_qr_code())
        await asyncio.get_running_loop().run_in_executor(None, self.received.wait, 30)
        return task


def test_waiting_for_a_thread_ends_with_the_queue_timeout() -> None:
    server = Held()

    async def main(url: str) -> None:
        async with AsyncClient(
            access_token="T", base_url=url, pacing=False, max_concurrency=1, queue_timeout=0.1
        ) as client:
            first = await server.first(client)
            with pytest.raises(jumpqr.RateLimitedError, match="too many other calls") as ended:
                await client.publish_jump_qr_code("https://m.example.cn/", timeout=60)
            assert ended.value.code == "paced_out"
            assert "queue timeout" in ended.value.advice
            assert ended.value.outcome is jumpqr.Outcome.NOT_APPLIED
            with pytest.raises(jumpqr.RateLimitedError):
                await client.rules(timeout=60).__anext__()
            with pytest.raises(jumpqr.RateLimitedError):
                await client.token_status()
            with pytest.raises(jumpqr.ValidationError, match="timeout"):
                await client.get_jump_qr_code(timeout=float("nan"))
            # The call that has its thread, all that time, is not disturbed.
            server.release.set()
            assert (await first).rule_list == ()

    with serving(server) as url:
        asyncio.run(main(url))
    assert len(server.recorder.requests) == 1


def test_calls_at_once_that_wait_longer_for_their_slots_than_their_timeout_succeed() -> None:
    async def main(sandbox: Sandbox) -> list[Any]:
        async with sandbox.async_client(timeout=3, max_concurrency=8) as client:
            return await asyncio.gather(*(client.download_qr_code_text() for _ in range(25)))

    with Sandbox() as sandbox:
        assert len(asyncio.run(main(sandbox))) == 25


def test_a_slot_that_is_not_used_is_given_back() -> None:
    async def main(sandbox: Sandbox) -> int:
        async with sandbox.async_client() as client:
            for _ in range(5):
                await client.download_qr_code_text()
            # All of these wait for slots.
            calls = [asyncio.create_task(client.download_qr_code_text()) for _ in range(64)]
            await asyncio.sleep(0.1)
            for call in calls:
                call.cancel()
            await asyncio.gather(*calls, return_exceptions=True)
            # Behind them it would wait for 14 s.
            await asyncio.wait_for(client.download_qr_code_text(), 10)
            return len(sandbox.requests())

    with Sandbox() as sandbox:
        assert asyncio.run(main(sandbox)) < 64


def test_a_client_that_is_closed_refuses_what_waits() -> None:
    server = Held()

    async def main(url: str) -> None:
        client = AsyncClient(access_token="T", base_url=url, pacing=False, max_concurrency=1)
        first = await server.first(client)
        waiting = asyncio.create_task(client.get_jump_qr_code())
        await asyncio.sleep(0)
        await client.aclose()
        with pytest.raises(RuntimeError, match="closed while the call waited"):
            await waiting
        server.release.set()
        assert (await first).rule_list == ()

    with serving(server) as url:
        asyncio.run(main(url))
    assert len(server.recorder.requests) == 1


def test_a_closed_client_keeps_no_connection_though_a_call_failed() -> None:
    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(10)
            connection.recv(65536)
            connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{"errcode":40097}')
            # Fails where the connection stays open.
            while connection.recv(65536):
                pass

    async def main(url: str) -> None:
        client = AsyncClient(access_token="T", base_url=url)
        with contextlib.suppress(jumpqr.JumpqrError):
            await client.publish_jump_qr_code(str(RULE["prefix"]))
        await client.aclose()

    # Cycles would hide behind the collector.
    gc.disable()
    try:
        with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
            listener.settimeout(10)
            served = pool.submit(serve, listener)
            asyncio.run(main(f"http://127.0.0.1:{listener.getsockname()[1]}"))
            served.result()
    finally:
        gc.enable()


def test_ctrl_c_comes_out_of_the_loop() -> None:
    out, came_out = threading.Event(), SimpleQueue[bool]()

    def answer(request: Request) -> Action:
        os.kill(os.getpid(), signal.SIGINT)
        # The call cannot end before Ctrl-C has come out of it.
        came_out.put(out.wait(10))
        return Close()

    async def main(url: str) -> None:
        async with AsyncClient(access_token="T", base_url=url, max_retries=0) as client:
            await client.get_jump_qr_code()

    with serving(answer) as url:
        with pytest.raises(KeyboardInterrupt):
            asyncio.run(main(url))
        out.set()
        assert came_out.get(timeout=20)


def test_rules_are_asked_for_as_they_are_needed() -> None:
    server = Recorder(
        Reply(b'{"errcode":0,"rule_list":[{"prefix":"a"},{"prefix":"b"}],"total_count":2}')
    )

    async def main(url: str) -> None:
        async with AsyncClient(access_token="T", base_url=url, pacing=False) as client:
            rules = client.rules("wx1234567890abcdef")
            assert len(server.requests) == 0
            assert [(await rules.__anext__()).prefix for _ in range(2)] == ["a", "b"]
            assert len(server.requests) == 1
            assert [rule async for rule in rules] == []
            assert len(server.requests) == 1

    with serving(server) as url:
        asyncio.run(main(url))


def test_each_rule_may_be_deleted_when_it_is_given() -> None:
    account = Account(250)
    appid = "wx1234567890abcdef"

    async def main(url: str) -> None:
        async with AsyncClient(access_token="T", base_url=url, pacing=False) as client:
            async for rule in client.rules(appid):
                await client.delete_jump_qr_code(rule.prefix, appid=appid)

    with serving(account) as url:
        asyncio.run(main(url))
    assert account.prefixes == []


def test_a_timeout_of_asyncio() -> None:
    async def main(url: str) -> None:
        client = AsyncClient(access_token="T", base_url=url)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(client.get_jump_qr_code(timeout=2), 0.1)
        await client.aclose()

    with serving(Recorder(Silence())) as url:
        asyncio.run(main(url))


def test_the_token_function_may_be_asynchronous(jumpqr_sandbox: Sandbox) -> None:
    token = jumpqr_sandbox.access_token(jumpqr_sandbox.mini_program.appid)
    threads: list[str] = []
    request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id")

    async def fetch(rejected: str | None) -> str:
        await asyncio.sleep(0)
        threads.append(threading.current_thread().name)
        assert request_id.get() == "r-1"
        return token

    async def fail(rejected: str | None) -> str:
        raise KeyError("vault")

    async def main() -> None:
        request_id.set("r-1")
        async with AsyncClient(access_token=fetch, base_url=jumpqr_sandbox.base_url) as client:
            assert (await client.get_jump_qr_code()).rule_list == ()
        async with AsyncClient(access_token=fail) as client:
            with pytest.raises(KeyError, match="vault"):
                await client.get_jump_qr_code()

    asyncio.run(main())
    assert threads == ["MainThread"]


def test_a_client_outlives_a_loop(jumpqr_sandbox: Sandbox) -> None:
    client = jumpqr_sandbox.async_client()
    for _ in range(2):
        assert asyncio.run(client.get_jump_qr_code()).list_size == 0
    asyncio.run(client.aclose())


class Vault:
    """An asynchronous token function that gives nothing until it is opened."""

    def __init__(self, *, stubborn: bool = False) -> None:
        self.opened = False
        self.stubborn = stubborn
        self.asked = 0
        self.cancelled = 0

    async def token(self, rejected: str | None) -> str:
        if self.opened:
            return "T"
        self.asked += 1
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            if not self.stubborn:
                raise
            while not self.opened:
                await asyncio.sleep(0.01)
        return "late"


@pytest.mark.parametrize("stubborn", [False, True])
def test_cancelling_a_call_cancels_its_token_function_and_frees_its_thread(stubborn: bool) -> None:
    vault = Vault(stubborn=stubborn)
    server = Recorder(Reply(EMPTY))

    async def main(url: str) -> None:
        async with AsyncClient(
            access_token=vault.token, base_url=url, pacing=False, max_concurrency=2
        ) as client:
            calls = [asyncio.create_task(client.get_jump_qr_code(timeout=60)) for _ in range(5)]
            while vault.asked < 2:
                await asyncio.sleep(0.01)
            for call in calls:
                call.cancel()
            ended = await asyncio.gather(*calls, return_exceptions=True)
            assert [type(end) for end in ended] == [asyncio.CancelledError] * 5
            while vault.cancelled < 2:
                await asyncio.sleep(0.01)
            vault.opened = True
            assert (await client.get_jump_qr_code()).rule_list == ()
            # A call that had no thread may get one before it is cancelled, and ask, too.
            while vault.cancelled < vault.asked:
                await asyncio.sleep(0.01)

    with serving(server) as url:
        asyncio.run(asyncio.wait_for(main(url), 20))
    assert len(server.requests) == 1


@pytest.mark.parametrize("stubborn", [False, True])
def test_a_token_function_has_the_time_of_its_call(stubborn: bool) -> None:
    vault = Vault(stubborn=stubborn)
    server = Recorder(Reply(EMPTY))

    async def main(url: str) -> None:
        async with AsyncClient(
            access_token=vault.token, base_url=url, pacing=False, max_concurrency=1
        ) as client:
            with pytest.raises(
                jumpqr.CallTimeoutError, match="the access_token function took too long"
            ) as ended:
                await client.get_jump_qr_code(timeout=0.2)
            assert ended.value.interface == "getJumpQRCode"
            while vault.cancelled < 1:
                await asyncio.sleep(0.01)
            vault.opened = True
            assert (await client.get_jump_qr_code()).rule_list == ()

    with serving(server) as url:
        asyncio.run(asyncio.wait_for(main(url), 20))
    assert len(server.requests) == 1


def test_a_loop_that_ends_ends_what_waits_for_a_token_in_it() -> None:
    vault = Vault()
    client = AsyncClient(access_token=vault.token, max_concurrency=1)

    async def leave() -> None:
        task = asyncio.create_task(client.get_jump_qr_code(timeout=60))
        while vault.asked < 1:
            await asyncio.sleep(0.01)
        assert not task.done()

    asyncio.run(leave())
    assert vault.cancelled == 1
    vault.opened = True
    with serving(Recorder(Reply(EMPTY))):
        asyncio.run(asyncio.wait_for(client.aclose(), 20))
