"""No more calls run at once than `max_concurrency`, in event loops and on threads together."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import jumpqr
from jumpqr import AsyncClient, _jumpqr, _permits
from jumpqr._event_loop import loop_calls
from jumpqr._threads import Threads
from loop_server import begin, warm
from scripted_server import Action, Reply, Request, serving

EMPTY = b'{"errcode":0,"rule_list":[]}'


async def turn() -> None:
    """Let the event loop, and the server in it, do all that it can do."""
    for _ in range(10):
        await asyncio.sleep(0.001)


def run(main: Any) -> None:
    asyncio.run(asyncio.wait_for(main, 60))


def test_a_permit_is_free_again_when_it_is_given_back_or_deleted() -> None:
    permits = _jumpqr.Permits(2)
    first, second = permits.take(), permits.take()
    assert first is not None
    assert second is not None
    assert permits.take() is None
    first.give_back()
    first.give_back()
    third = permits.take()
    assert third is not None
    assert permits.take() is None
    del second
    assert permits.take() is not None


def test_calls_of_the_loop_and_of_threads_count_together() -> None:
    async def main() -> None:
        async with warm(2, max_concurrency=3) as (server, client):
            # Two calls have connections. The third one opens one, on a thread.
            calls = [await begin(server, client) for _ in range(3)]
            waiting = [asyncio.create_task(client.get_jump_qr_code()) for _ in range(2)]
            await turn()
            assert (server.waiting, server.connections) == (0, 3)
            for _ in range(2):
                _, received = calls.pop()
                received.reply()
                (received,) = await server.next()
                calls.append((waiting.pop(0), received))
                await turn()
                assert server.waiting == 0
            for call, received in calls:
                received.reply()
                await call

    run(main())


def test_calls_get_their_permits_in_their_order() -> None:
    ended: list[int] = []

    async def call(number: int, client: AsyncClient) -> None:
        await client.get_jump_qr_code()
        ended.append(number)

    async def main() -> None:
        async with warm(1, max_concurrency=1) as (server, client):
            calls = [asyncio.create_task(call(number, client)) for number in range(20)]
            for _ in calls:
                (received,) = await server.next()
                await turn()
                assert server.waiting == 0
                received.reply()
            await asyncio.gather(*calls)

    run(main())
    assert ended == list(range(20))


def test_a_new_call_does_not_overtake_those_that_wait() -> None:
    async def main() -> None:
        async with warm(1, max_concurrency=1) as (server, client):
            (threads,) = client._threads.values()
            permit = threads.permits.free.take()
            assert permit is not None
            waiting = asyncio.create_task(client.get_jump_qr_code())
            await turn()
            # As by a thread, whose word has not arrived.
            permit.give_back()
            new = asyncio.create_task(client.wxamplinkget())
            for call, path in ((waiting, "qrcodejumpget"), (new, "wxamplinkget")):
                (received,) = await server.next()
                assert received.path.endswith(path)
                received.reply(b'{"errcode":0,"rule_list":[],"links":{"items":[]}}')
                await call

    run(main())


@pytest.mark.parametrize("granted", [False, True])
def test_a_call_that_is_cancelled_leaves_its_permit_to_the_next(
    granted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody finds a permit by looking for it.
    monkeypatch.setattr(_permits, "BETWEEN_LOOKS", 3600.0)

    async def main() -> None:
        async with warm(1, max_concurrency=1) as (server, client):

            async def call_and_cancel() -> None:
                await client.get_jump_qr_code()
                if granted:
                    # The second call has its permit by now, but it has not gone on.
                    second.cancel()

            first = asyncio.create_task(call_and_cancel())
            (received,) = await server.next()
            second = asyncio.create_task(client.get_jump_qr_code())
            third = asyncio.create_task(client.get_jump_qr_code())
            await turn()
            if not granted:
                second.cancel()
            received.reply()
            await first
            with pytest.raises(asyncio.CancelledError):
                await second
            (received,) = await server.next()
            received.reply()
            await third
            assert server.waiting == 0

    run(main())


def test_a_call_with_a_wrong_argument_leaves_its_permit_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Nobody finds a permit by looking for it.
    monkeypatch.setattr(_permits, "BETWEEN_LOOKS", 3600.0)
    wrong: Any = "1 s"

    async def main() -> None:
        async with warm(1, max_concurrency=1) as (server, client):
            first, received = await begin(server, client)
            # Its argument is read when it has its permit, because another call waits, too.
            second = asyncio.create_task(client.get_jump_qr_code())
            await turn()
            refused = asyncio.create_task(client.get_jump_qr_code(timeout=wrong))
            last = asyncio.create_task(client.get_jump_qr_code())
            await turn()
            received.reply()
            await first
            (received,) = await server.next()
            received.reply()
            await second
            with pytest.raises(TypeError):
                await refused
            (received,) = await server.next()
            received.reply()
            await last

    run(main())


def test_a_late_word_does_not_remove_the_next_queue() -> None:
    async def main() -> None:
        permits = _permits.Permits(1, 3600.0)
        permit, _ = await permits.get()
        first = asyncio.create_task(permits.get())
        await turn()
        # Its word arrives when the loop next turns.
        thread = threading.Thread(target=permits.grant)
        thread.start()
        thread.join()
        permits.give_back(permit)
        second = permits.get()
        second.send(None)
        await turn()
        assert len(permits.queues) == 1
        second.close()
        permits.give_back((await first)[0])

    run(main())


def test_waiting_ends_with_the_queue_timeout() -> None:
    async def main() -> None:
        async with warm(1, max_concurrency=1, queue_timeout=0.2) as (server, client):
            first, received = await begin(server, client)
            begun = time.monotonic()
            waiting = [asyncio.create_task(client.get_jump_qr_code(timeout=60)) for _ in range(3)]
            for call in waiting:
                with pytest.raises(jumpqr.RateLimitedError) as ended:
                    await call
                assert ended.value.code == "paced_out"
                assert ended.value.outcome is jumpqr.Outcome.NOT_APPLIED
            assert time.monotonic() - begun >= 0.2
            # What is wrong with a call is said first.
            with pytest.raises(jumpqr.ValidationError, match="timeout"):
                await client.get_jump_qr_code(timeout=float("nan"))
            received.reply()
            await first
            assert server.waiting == 0

    run(main())


def test_waiting_counts_towards_the_queue_timeout_and_not_towards_the_timeout() -> None:
    told: list[float] = []
    timeout = 0.2

    class Listening:
        """Hears how long the calls have waited, on which the queue timeout depends."""

        def __init__(self, calls: _jumpqr.InFlightCalls) -> None:
            self.calls = calls

        def __getattr__(self, name: str) -> Any:
            return getattr(self.calls, name)

        def begin(self, client: Any, permits: Any, permit: Any, waited: float, *rest: Any) -> Any:
            told.append(waited)
            return self.calls.begin(client, permits, permit, waited, *rest)

    async def main() -> None:
        async with warm(1, max_concurrency=1) as (server, client):
            calls: Any = loop_calls(asyncio.get_running_loop())
            calls._calls = Listening(calls._calls)
            first, received = await begin(server, client)
            second = asyncio.create_task(client.get_jump_qr_code(timeout=timeout))
            while len(told) < 2:
                await asyncio.sleep(0)
            await asyncio.sleep(timeout)
            received.reply()
            await first
            (received,) = await server.next()
            received.reply()
            await second

    run(main())
    first, *no_permit, waited = told
    assert [first, *no_permit] == [0.0, 0.0]
    assert waited >= timeout


def test_a_loop_gets_the_permits_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody finds a permit by looking for it.
    monkeypatch.setattr(_permits, "BETWEEN_LOOKS", 60.0)
    lock, now, most = threading.Lock(), 0, 0

    def answer(request: Request) -> Action:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        time.sleep(0.001)
        with lock:
            now -= 1
        return Reply(EMPTY)

    with serving(answer) as url:
        client = AsyncClient(access_token="T", base_url=url, pacing=False, max_concurrency=2)

        async def call_often() -> None:
            for _ in range(10):
                await asyncio.gather(*(client.get_jump_qr_code() for _ in range(4)))

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: run(call_often()), range(3)))
        run(client.aclose())
    assert most == 2


def test_a_client_that_is_closed_refuses_the_calls_that_wait() -> None:
    async def main() -> None:
        async with warm(1, max_concurrency=1) as (server, client):
            first, received = await begin(server, client)
            waiting = [asyncio.create_task(client.get_jump_qr_code()) for _ in range(2)]
            await turn()
            await client.aclose()
            for call in waiting:
                with pytest.raises(RuntimeError, match="closed while the call waited"):
                    await call
            received.reply()
            assert (await first).rule_list == ()
            assert server.waiting == 0

    run(main())


def test_a_queue_that_is_empty_again_is_forgotten() -> None:
    async def main() -> None:
        async with warm(1, max_concurrency=1) as (server, client):
            (threads,) = client._threads.values()
            assert isinstance(threads, Threads)
            first, received = await begin(server, client)
            second = asyncio.create_task(client.get_jump_qr_code())
            await turn()
            assert len(threads.permits.queues) == 1
            received.reply()
            (received,) = await server.next()
            assert threads.permits.queues == {}
            received.reply()
            await asyncio.gather(first, second)

    run(main())
