"""Calls await their responses in the event loop, without a thread."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import logging
import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import jumpqr
from jumpqr import AsyncClient, AsyncPlatform, _event_loop, _threads
from loop_server import EMPTY, begin, loop_serving, open_connections, warm
from processes import fork
from scripted_server import Action, Recorder, Reply, Request, serving
from test_secrets import SECRET, frames

LoopFactory = Callable[[], asyncio.AbstractEventLoop]
Run = Callable[[Coroutine[Any, Any, Any]], Any]

RULE = {
    "prefix": "https://m.example.cn/table/",
    "path": "pages/index/index",
    "open_version": 1,
    "permit_sub_rule": 1,
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, there are threads")


@pytest.fixture(params=["asyncio", "uvloop"])
def new_loop(request: pytest.FixtureRequest) -> LoopFactory:
    """A function that makes an event loop."""
    if request.param == "asyncio":
        return asyncio.new_event_loop
    uvloop = pytest.importorskip("uvloop")
    factory: LoopFactory = uvloop.new_event_loop
    return factory


@pytest.fixture
def run(new_loop: LoopFactory) -> Run:
    """A function that runs a coroutine to its end, as `asyncio.run`."""
    return lambda main: run_on(new_loop, main)


def run_on(new_loop: LoopFactory, main: Coroutine[Any, Any, Any]) -> Any:
    async def end() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    loop = new_loop()
    try:
        return loop.run_until_complete(asyncio.wait_for(main, 60))
    finally:
        loop.run_until_complete(end())
        loop.close()


@pytest.fixture
def forbid_threads(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """A function after which a call that needs a thread fails."""

    def refuse(*_: object) -> None:
        raise AssertionError("the call needs a thread")

    return lambda: monkeypatch.setattr(_threads.Threads, "_submit", refuse)


def test_64_calls_at_once_need_no_thread(run: Run, forbid_threads: Callable[[], None]) -> None:
    async def main() -> None:
        async with warm(64) as (server, client):
            forbid_threads()
            for _ in range(2):
                calls = [asyncio.create_task(client.get_jump_qr_code()) for _ in range(64)]
                received = await server.next(64)
                for request in reversed(received):
                    request.reply()
                assert len(await asyncio.gather(*calls)) == 64
            assert server.connections == 64

    run(main())


def test_threads_without_work_end(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_threads, "LINGER", 0.1)

    before = set(threading.enumerate())

    def workers() -> set[threading.Thread]:
        return set(threading.enumerate()) - before

    async def main() -> None:
        async with warm(8) as (server, client):
            assert len(workers()) == 8
            while workers():
                await asyncio.sleep(0.01)
            # Another connection needs a thread.
            calls = [asyncio.create_task(client.get_jump_qr_code()) for _ in range(9)]
            for request in await server.next(9):
                assert len(workers()) == 1
                request.reply()
            await asyncio.gather(*calls)

    run(main())


def test_a_merchants_client_needs_no_thread(run: Run, forbid_threads: Callable[[], None]) -> None:
    async def main() -> None:
        async with (
            loop_serving() as server,
            AsyncPlatform(
                component_appid="wx0",
                component_appsecret="s",
                base_url=server.url,
                pacing=False,
            ) as platform,
        ):
            await platform.set_verify_ticket("ticket")
            await platform.set_authorizer_refresh_token("wx1", "refresh")
            client = platform.merchant("wx1")
            call = asyncio.create_task(client.get_jump_qr_code())
            for answer in (
                b'{"component_access_token":"C","expires_in":7200}',
                b'{"authorizer_access_token":"T","expires_in":7200,'
                b'"authorizer_refresh_token":"refresh"}',
                EMPTY,
            ):
                (received,) = await server.next()
                received.reply(answer)
            await call
            forbid_threads()
            call, received = await begin(server, platform.merchant("wx1"))
            received.reply()
            await call

    run(main())


def test_a_response_may_arrive_in_parts(run: Run, forbid_threads: Callable[[], None]) -> None:
    async def main() -> None:
        async with warm() as (server, client):
            forbid_threads()
            call, received = await begin(server, client)
            response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(EMPTY), EMPTY)
            for index in range(len(response)):
                assert not call.done()
                received.write(response[index : index + 1])
                for _ in range(3):
                    await asyncio.sleep(0)
            assert (await call).rule_list == ()
            assert server.connections == 1

    run(main())


def test_an_unusual_response_is_finished_on_a_thread(run: Run) -> None:
    async def main() -> None:
        async with warm() as (server, client):
            call, received = await begin(server, client)
            received.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            received.write(b"%x\r\n%s\r\n0\r\n\r\n" % (len(EMPTY), EMPTY))
            assert (await call).rule_list == ()
            assert server.waiting == 0

    run(main())


def test_a_call_of_several_requests_stays_in_the_loop(
    run: Run, forbid_threads: Callable[[], None]
) -> None:
    async def main() -> None:
        async with warm() as (server, client):
            forbid_threads()
            call = asyncio.create_task(client.publish_jump_qr_code("https://m.example.cn/"))
            (received,) = await server.next()
            received.reply(
                b'{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/","state":1}]}'
            )
            (received,) = await server.next()
            assert received.path.endswith("publish")
            received.reply(b'{"errcode":0}')
            assert await call is jumpqr.Confirmation.ANSWERED

    run(main())


def test_no_frame_of_an_error_shows_the_token(run: Run) -> None:
    async def main() -> None:
        async with warm(access_token=SECRET) as (server, client):
            call, received = await begin(server, client)
            received.reply(b'{"errcode":85066,"errmsg":"link error"}')
            with pytest.raises(jumpqr.JumpqrError) as raised:
                await call
            assert raised.value.errcode == 85066
            assert list(frames(raised.value))
            for _, variables in frames(raised.value):
                assert SECRET not in "".join(variables.values())

    run(main())


@pytest.mark.parametrize("end", ["cancel", "timeout", "close"])
def test_a_call_that_is_cancelled_closes_its_connection_at_once(run: Run, end: str) -> None:
    async def main() -> None:
        async with warm(2) as (server, client):
            other, other_received = await begin(server, client)
            if end == "timeout":
                with pytest.raises(asyncio.TimeoutError):
                    await asyncio.wait_for(client.get_jump_qr_code(), 0.05)
                (received,) = await server.next()
            elif end == "cancel":
                call, received = await begin(server, client)
                call.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await call
            else:
                # As Python does with a coroutine that nobody awaits any longer.
                coroutine = client.get_jump_qr_code()
                coroutine.send(None)
                (received,) = await server.next()
                coroutine.close()
            await received.closed()
            other_received.reply()
            assert (await other).rule_list == ()
            assert server.waiting == 0

    run(main())


@pytest.mark.parametrize("woken", [False, True])
def test_a_call_that_is_cancelled_when_its_response_arrives_is_cancelled(
    run: Run, woken: bool
) -> None:
    async def main() -> None:
        async with warm(2) as (server, client):
            call, received = await begin(server, client)
            other, others = await begin(server, client)
            calls = _event_loop.loop_calls(asyncio.get_running_loop())
            assert calls is not None
            received.reply()
            others.reply()
            if not woken:
                call.cancel()
            # The responses wake the calls, but the calls do not go on yet.
            calls._look()
            assert all(future.done() for future in calls._futures.values())
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            assert (await other).rule_list == ()
            await open_connections(server, client, 2)
            assert server.connections == 3, "its response may be on the connection"

    run(main())


def test_a_request_ends_with_its_timeout(run: Run, forbid_threads: Callable[[], None]) -> None:
    async def main() -> None:
        async with warm(4, max_retries=0) as (server, client):
            forbid_threads()
            begun = [
                await begin(server, client, timeout=timeout) for timeout in (60, 0.1, 0.3, 0.2)
            ]
            (patient, patients), *others = begun
            for call, received in others:
                with pytest.raises(jumpqr.JumpqrError) as ended:
                    await call
                assert ended.value.code == "timeout"
                await received.closed()
            patients.reply()
            assert (await patient).rule_list == ()

    run(main())


def test_there_is_one_timer(run: Run) -> None:
    async def main() -> None:
        async with warm(3) as (server, client):
            calls = _event_loop.loop_calls(asyncio.get_running_loop())
            assert calls is not None
            begun = [await begin(server, client, timeout=8)]
            timer = calls._timer
            assert timer is not None
            begun.append(await begin(server, client, timeout=9))
            assert calls._timer is timer, "the second call has more time"
            begun.append(await begin(server, client, timeout=7))
            assert calls._timer is not timer
            assert timer.cancelled()
            for call, received in begun:
                received.reply()
                await call

    run(main())


def test_several_loops_use_one_client_at_once(new_loop: LoopFactory) -> None:
    together = threading.Barrier(4)

    def answer(request: Request) -> Action:
        # Nobody is answered before all loops have called.
        together.wait(30)
        return Reply(EMPTY)

    with serving(answer) as url:
        client = AsyncClient(access_token="T", base_url=url, pacing=False)

        async def main() -> int:
            lists = [await client.get_jump_qr_code() for _ in range(5)]
            return len(lists)

        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda _: run_on(new_loop, main()), range(4))) == [5] * 4
        run_on(new_loop, client.aclose())


@pytest.mark.parametrize("woken", [False, True])
def test_a_closed_loop_takes_nothing_from_the_next(new_loop: LoopFactory, woken: bool) -> None:
    release = threading.Event()
    server = Recorder(Reply(EMPTY))

    def answer(request: Request) -> Action:
        action = server(request)
        if len(server.requests) == 2:
            assert release.wait(30)
        return action

    with serving(answer) as url:
        client = AsyncClient(access_token="T", base_url=url, pacing=False, max_concurrency=1)
        loop = new_loop()
        loop.run_until_complete(client.get_jump_qr_code())

        async def leave() -> asyncio.Task[Any]:
            task = asyncio.create_task(client.get_jump_qr_code())
            while len(server.requests) < 2:
                await asyncio.sleep(0.01)
            calls = _event_loop.loop_calls(loop)
            assert calls is not None
            if woken:
                release.set()
                (future,) = calls._futures.values()
                while not future.done():
                    # The response has arrived, but the call does not go on.
                    calls._look()
            return task

        # Somebody holds it, so that the collector does not end it.
        left = loop.run_until_complete(leave())
        loop.stop()
        loop.close()
        # There is one permit, and the call in the closed loop has it.
        assert run_on(new_loop, client.get_jump_qr_code()).rule_list == ()
        release.set()
        run_on(new_loop, client.aclose())
        left.get_coro().close()
        left._log_destroy_pending = False  # type: ignore[attr-defined]


def test_a_call_without_a_coroutine_is_cancelled(run: Run) -> None:
    async def main() -> None:
        async with warm(1, max_concurrency=1) as (server, client):
            calls = _event_loop.loop_calls(asyncio.get_running_loop())
            assert calls is not None
            call, received = await begin(server, client)
            # As if Ctrl-C had ended the coroutine before it awaited the response.
            calls._futures.clear()
            received.reply()
            other, received = await begin(server, client)
            received.reply()
            assert (await other).rule_list == ()
            call.cancel()

    run(main())


def test_python_collects_a_closed_loop_and_its_calls(new_loop: LoopFactory) -> None:
    closed = threading.Event()

    def answer(request: Request) -> Action:
        return Reply(EMPTY)

    with serving(answer) as url:
        client = AsyncClient(access_token="T", base_url=url, pacing=False)

        async def hold() -> Any:
            await client.get_jump_qr_code()
            coroutine = client.get_jump_qr_code()
            coroutine.send(None)
            calls = _event_loop.loop_calls(asyncio.get_running_loop())
            assert calls is not None
            return coroutine, weakref.ref(calls)

        loop = new_loop()
        coroutine, calls = loop.run_until_complete(hold())
        loop.close()
        assert calls() is not None
        del loop, coroutine
        gc.collect()
        assert calls() is None
        closed.set()


def test_a_closed_loop_leaves_no_descriptor_open(new_loop: LoopFactory) -> None:
    async def main() -> None:
        async with warm() as (server, client):
            call, received = await begin(server, client)
            received.reply()
            await call

    run_on(new_loop, main())
    before = os.listdir("/proc/self/fd")
    # Cycles would hide behind the collector.
    gc.collect()
    gc.disable()
    try:
        for _ in range(3):
            run_on(new_loop, main())
        assert len(os.listdir("/proc/self/fd")) <= len(before)
    finally:
        gc.enable()


def test_calls_in_progress_end_when_the_client_is_closed(run: Run) -> None:
    async def main() -> None:
        async with warm(2) as (server, client):
            usual, usuals = await begin(server, client)
            unusual, unusuals = await begin(server, client)
            await client.aclose()
            usuals.reply()
            assert (await usual).rule_list == ()
            # It needs a thread now.
            unusuals.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + EMPTY)
            unusuals._writer.close()
            assert (await unusual).rule_list == ()

    run(main())


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_touches_no_call_of_its_parent(new_loop: LoopFactory) -> None:
    release = threading.Event()
    server = Recorder(Reply(EMPTY))

    def answer(request: Request) -> Action:
        action = server(request)
        if len(server.requests) == 2:
            assert release.wait(30)
        return action

    async def main(url: str) -> None:
        async with AsyncClient(access_token="T", base_url=url, pacing=False) as client:
            await client.get_jump_qr_code()
            call = asyncio.create_task(client.get_jump_qr_code())
            while len(server.requests) < 2:
                await asyncio.sleep(0.01)

            def in_child() -> int:
                call.get_coro().close()
                return len(run_on(new_loop, client.get_jump_qr_code()).rule_list)

            assert fork(in_child) == 0
            release.set()
            # Without a look, it would be noticed when the timer of the read timeout goes off.
            assert (await asyncio.wait_for(call, 5)).rule_list == ()

    with serving(answer) as url:
        run_on(new_loop, main(url))


def test_a_handler_of_the_log_may_begin_and_end_calls(run: Run) -> None:
    logger = logging.getLogger("jumpqr")

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            steps.pop(0)() if steps else None

    steps: list[Callable[[], object]] = []
    handler = Handler()

    async def main() -> None:
        async with warm(3) as (server, client):
            left = client.get_jump_qr_code()
            left.send(None)
            (received,) = await server.next()
            another = client.get_jump_qr_code()
            awaited: list[asyncio.Future[Any]] = []

            def begin_another() -> None:
                awaited.append(another.send(None))

            # The call logs that it reads the change back, and goes on in the loop.
            call = asyncio.create_task(client.add_jump_qr_code(RULE))
            (adding,) = await server.next()
            steps.extend((left.close, begin_another))
            adding.reply(b'{"errcode":-1,"errmsg":"system error"}')
            await received.closed()
            for _ in range(2):
                (other,) = await server.next()
                other.reply(
                    b'{"errcode":0,"rule_list":[{"prefix":"https://m.example.cn/table/",'
                    b'"path":"pages/index/index","open_version":1,"permit_sub_rule":1,"state":1}]}'
                )
            assert await call is not None
            assert steps == []
            while not awaited[0].done():
                await asyncio.sleep(0)
            with pytest.raises(StopIteration):
                another.send(None)

    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        run(main())
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)


def test_a_done_callback_may_begin_another_call(
    run: Run, forbid_threads: Callable[[], None]
) -> None:
    async def main() -> None:
        async with warm() as (server, client):
            forbid_threads()
            begun: list[asyncio.Task[Any]] = []

            def again(task: asyncio.Task[Any]) -> None:
                begun.append(asyncio.create_task(client.get_jump_qr_code()))

            call, received = await begin(server, client)
            call.add_done_callback(again)
            received.reply()
            (received,) = await server.next()
            received.reply()
            (second,) = begun
            assert (await second).rule_list == ()

    run(main())


def test_a_call_logs_in_its_own_context(run: Run) -> None:
    request_id: contextvars.ContextVar[str] = contextvars.ContextVar("request_id", default="none")
    lines: list[tuple[str, str]] = []
    logger = logging.getLogger("jumpqr")

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append((request_id.get(), record.getMessage()))

    handler = Handler()

    async def call(name: str, client: AsyncClient) -> None:
        request_id.set(name)
        with pytest.raises(jumpqr.JumpqrError):
            await client.add_jump_qr_code(RULE)

    async def main() -> None:
        async with warm(2, max_retries=0) as (server, client):
            lines.clear()
            calls = [asyncio.create_task(call(name, client)) for name in ("first", "second")]
            for _ in range(2):
                for received in await server.next(2):
                    received.reply(b'{"errcode":-1,"errmsg":"system error"}')
            await asyncio.gather(*calls)

    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        run(main())
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
    assert {name for name, _ in lines} == {"first", "second"}
    assert len([line for name, line in lines if "read" in line]) >= 2, lines


def test_the_loop_does_not_keep_the_context_of_a_call(run: Run) -> None:
    variable: contextvars.ContextVar[object] = contextvars.ContextVar("variable")

    class Value:
        pass

    async def call(client: AsyncClient) -> weakref.ref[Value]:
        value = Value()
        variable.set(value)
        await client.get_jump_qr_code()
        return weakref.ref(value)

    async def main() -> None:
        async with (
            loop_serving() as server,
            AsyncClient(access_token="T", base_url=server.url) as client,
        ):
            for _ in range(2):
                task = asyncio.create_task(call(client))
                (received,) = await server.next()
                received.reply()
                reference = await task
                del task
                await asyncio.sleep(0)
                gc.collect()
                assert reference() is None

    run(main())


class WithoutReaders(asyncio.SelectorEventLoop):
    """An event loop that watches no descriptors for others, such as that of Windows."""

    def add_reader(self, *_: Any) -> Any:  # type: ignore[override]
        raise NotImplementedError


def test_a_loop_without_readers_has_threads() -> None:
    # The loop's own reader is set by another method.
    async def main(url: str) -> None:
        async with AsyncClient(access_token="T", base_url=url, pacing=False) as client:
            for _ in range(2):
                assert (await client.get_jump_qr_code()).rule_list == ()
            server.action = Reply(EMPTY, delay=0.3)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(client.get_jump_qr_code(), 0.05)

    server = Recorder(Reply(EMPTY))
    with serving(server) as url:
        run_on(WithoutReaders, main(url))


AT_EXIT = """
import asyncio, threading
from jumpqr.testing import Sandbox

sandbox = Sandbox()
client = sandbox.async_client(pacing=False, max_retries=0)
begun = threading.Semaphore(0)

async def main():
    while True:
        try:
            await client.token_status()
            await client.get_jump_qr_code()
        except Exception:
            pass  # There are too many calls.
        begun.release()

for _ in range(4):
    threading.Thread(target=asyncio.run, args=(main(),), daemon=True).start()
for _ in range(40):
    begun.acquire()
"""


def test_a_process_ends_cleanly_while_loops_of_daemon_threads_make_calls() -> None:
    for _ in range(3):
        ended = subprocess.run(
            [sys.executable, "-c", AT_EXIT], capture_output=True, text=True, timeout=60
        )
        assert ended.returncode == 0, ended.stderr
