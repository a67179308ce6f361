"""The soak client in Python. Tenths of the calls run on threads and in asyncio, by turns."""

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
    """Writes a line. A lock keeps the lines of threads apart."""
    with writing:
        sys.stdout.write(f"{line}\n")


def report_and_wait(line: str) -> None:
    """Reports the end of a part, and waits for the start of the next one."""
    say(line)
    sys.stdout.flush()
    sys.stdin.readline()


def request(client: Any, number: int) -> Any:
    """Makes a call, or returns its awaitable."""
    if number & 1 == 0:
        return client.get_jump_qr_code(
            appid=APPID, prefix_list=[f"http://weixin.qq.com/q/g{number}"]
        )
    return client.add_jump_qr_code(
        prefix=f"http://weixin.qq.com/q/a{number}", appid=APPID, path="pages/index/index"
    )


def format_answer(answer: Any) -> str:
    """Formats an answer."""
    if isinstance(answer, jumpqr.JumpQRCodeList):
        rules = answer.rule_list
        return f"listed {len(rules)} {rules[0].prefix} {rules[-1].path}"
    return str(answer.value)


def format_error(error: jumpqr.JumpqrError) -> str:
    """Formats an error."""
    errcode = "-" if error.errcode is None else error.errcode
    return f"error {error.kind} {error.code} {errcode} {error.rid or '-'} {error.outcome}"


def call(client: jumpqr.Client, number: int) -> str:
    """Makes a call, and formats its result."""
    try:
        return format_answer(request(client, number))
    except jumpqr.JumpqrError as error:
        return format_error(error)


async def call_async(answer: Awaitable[Any]) -> str:
    """Waits for a call, and formats its result."""
    try:
        return format_answer(await answer)
    except jumpqr.JumpqrError as error:
        return format_error(error)


def call_on_threads(clients: list[jumpqr.Client], numbers: Iterator[int]) -> None:
    """Makes calls on threads."""

    def work() -> None:
        # `next` of a range is atomic.
        for number in numbers:
            say(f"{number} {call(clients[number >> 1 & 1], number)}")

    with ThreadPoolExecutor(IN_FLIGHT) as pool:
        for worker in [pool.submit(work) for _ in range(IN_FLIGHT)]:
            worker.result()


async def call_in_tasks(clients: list[jumpqr.AsyncClient], numbers: Iterator[int]) -> None:
    """Makes calls in tasks."""

    async def work() -> None:
        for number in numbers:
            say(f"{number} {await call_async(request(clients[number >> 1 & 1], number))}")

    await asyncio.gather(*(work() for _ in range(IN_FLIGHT)))


def main() -> None:
    """Makes all calls."""
    retries = [0, 3]
    clients = [jumpqr.Client(max_retries=most, **ACCOUNT) for most in retries]
    async_clients = [jumpqr.AsyncClient(max_retries=most, **ACCOUNT) for most in retries]
    report_and_wait(f"start {len(clients) + len(async_clients)}")
    bounds = [CALLS * tenth // 10 for tenth in range(11)]
    for tenth, (begin, end) in enumerate(itertools.pairwise(bounds)):
        numbers = iter(range(begin, end))
        if tenth % 2 == 0:
            call_on_threads(clients, numbers)
        else:
            asyncio.run(call_in_tasks(async_clients, numbers))
    for client in clients:
        client.close()
    asyncio.run(close(async_clients))
    report_and_wait("end")


async def close(clients: list[jumpqr.AsyncClient]) -> None:
    """Closes the connections, and ends the threads."""
    for client in clients:
        await client.aclose()


main()
