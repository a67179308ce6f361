"""The soak client in Python: a tenth of the calls on threads, the next one in asyncio, and so on."""

from __future__ import annotations

import asyncio
import itertools
import os
import sys
from collections.abc import Awaitable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any

import jumpqr

APPID = "wx1234567890abcdef"
CALLS = int(os.environ["SOAK_CALLS"])
IN_FLIGHT = int(os.environ["SOAK_IN_FLIGHT"])
ACCOUNT: dict[str, Any] = {
    "appid": "wxsoak000000000000",
    "secret": "secret",
    "base_url": os.environ["JUMPQR_BASE_URL"],
    "pacing": False,
}

writing = Lock()


def say(line: str) -> None:
    """Write a line; threads take turns."""
    with writing:
        sys.stdout.write(f"{line}\n")


def turn(line: str) -> None:
    """Say that a part is over, and wait until the next one may begin."""
    say(line)
    sys.stdout.flush()
    sys.stdin.readline()


def request(client: Any, number: int) -> Any:
    """Call, or begin to."""
    if number & 1 == 0:
        return client.get_jump_qr_code(
            appid=APPID, prefix_list=[f"http://weixin.qq.com/q/g{number}"]
        )
    return client.add_jump_qr_code(
        prefix=f"http://weixin.qq.com/q/a{number}", appid=APPID, path="pages/index/index"
    )


def answered(answer: Any) -> str:
    """Tell what came."""
    if isinstance(answer, jumpqr.JumpQRCodeList):
        rules = answer.rule_list
        return f"listed {len(rules)} {rules[0].prefix} {rules[-1].path}"
    return str(answer.value)


def failed(error: jumpqr.JumpqrError) -> str:
    """Tell what it failed with."""
    errcode = "-" if error.errcode is None else error.errcode
    return f"error {error.kind} {error.code} {errcode} {error.rid or '-'} {error.outcome}"


def call(client: jumpqr.Client, number: int) -> str:
    """Make a call; tell what came of it."""
    try:
        return answered(request(client, number))
    except jumpqr.JumpqrError as error:
        return failed(error)


async def call_async(answer: Awaitable[Any]) -> str:
    """Wait for a call; tell what came of it."""
    try:
        return answered(await answer)
    except jumpqr.JumpqrError as error:
        return failed(error)


def on_threads(clients: list[jumpqr.Client], numbers: Iterator[int]) -> None:
    """Make these calls on threads."""

    def work() -> None:
        # `next` of a range is atomic.
        for number in numbers:
            say(f"{number} {call(clients[number >> 1 & 1], number)}")

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        for worker in [pool.submit(work) for _ in range(IN_FLIGHT)]:
            worker.result()


async def in_tasks(clients: list[jumpqr.AsyncClient], numbers: Iterator[int]) -> None:
    """Make these calls in tasks."""

    async def work() -> None:
        for number in numbers:
            say(f"{number} {await call_async(request(clients[number >> 1 & 1], number))}")

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


def main() -> None:
    """Make all calls."""
    retries = [0, 3]
    clients = [jumpqr.Client(max_retries=most, **ACCOUNT) for most in retries]
    async_clients = [jumpqr.AsyncClient(max_retries=most, **ACCOUNT) for most in retries]
    turn(f"start {len(clients) + len(async_clients)}")
    bounds = [CALLS * tenth // 10 for tenth in range(11)]
    for tenth, (begin, end) in enumerate(itertools.pairwise(bounds)):
        numbers = iter(range(begin, end))
        if tenth % 2 == 0:
            on_threads(clients, numbers)
        else:
            asyncio.run(in_tasks(async_clients, numbers))
    for client in clients:
        client.close()
    asyncio.run(close(async_clients))
    turn("end")


async def close(clients: list[jumpqr.AsyncClient]) -> None:
    """Close their connections, and end their threads."""
    for client in clients:
        await client.aclose()


main()
