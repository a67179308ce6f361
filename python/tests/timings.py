"""Prints how long calls and their ends take, each the best of five attempts."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from jumpqr import AsyncClient, Client, RuleSet
from scripted_server import Action, Recorder, Reply, Request, Silence, serving

# A shell that runs this in the background has had it ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

SLOW = 0.3
SLOWLY = Recorder(Reply(b'{"errcode":0,"rule_list":[]}', delay=SLOW))


def best(attempt: Callable[[], None]) -> float:
    """The least time that it took, in seconds."""
    took = []
    for _ in range(5):
        started = time.monotonic()
        attempt()
        took.append(time.monotonic() - started)
    return min(took)


def threads() -> float:
    """8 threads, each with one call at the same time."""
    with (
        serving(SLOWLY) as url,
        ThreadPoolExecutor(8) as pool,
        Client(access_token="T", base_url=url, pacing=False) as client,
    ):
        return best(
            lambda: [
                call.result() for call in [pool.submit(client.get_jump_qr_code) for _ in range(8)]
            ].clear()
        )


def tasks() -> float:
    """64 tasks of asyncio, each with one call at the same time."""

    async def main(client: AsyncClient) -> None:
        await asyncio.gather(*(client.get_jump_qr_code() for _ in range(64)))

    with serving(SLOWLY) as url:
        client = AsyncClient(access_token="T", base_url=url, pacing=False)
        took = best(lambda: asyncio.run(main(client)))
        asyncio.run(client.aclose())
        return took


def ctrl_c() -> float:
    """From Ctrl-C to KeyboardInterrupt."""
    pressed: list[float] = []

    def answer(request: Request) -> Action:
        pressed.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)
        return Silence()

    took = []
    with serving(answer) as url, Client(access_token="T", base_url=url, pacing=False) as client:
        for _ in range(5):
            try:
                client.get_jump_qr_code(timeout=5)
            except KeyboardInterrupt:
                took.append(time.monotonic() - pressed.pop())
    return min(took)


def look_up() -> float:
    """One link among 100,000 rules."""
    rules = RuleSet([f"https://m.example.cn/{number}/" for number in range(100_000)])
    return (
        best(
            lambda: [
                rules.match_url("https://m.example.cn/77777/a?b=1") for _ in range(1000)
            ].clear()
        )
        / 1000
    )


for what, measure in [
    (f"8 threads, a server that takes {SLOW} s", threads),
    (f"64 tasks, a server that takes {SLOW} s", tasks),
    ("Ctrl-C during a call", ctrl_c),
    ("a link among 100,000 rules", look_up),
]:
    print(f"{what}: {measure():.6f} s")  # noqa: T201
