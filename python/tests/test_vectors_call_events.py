"""`call_events.json`: the listener of a client gets exactly the events of a call."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

import jumpqr
from jumpqr.testing import Sandbox
from vectors import Vector, keys, load, method, run

EVENT_TIMES = ["duration_ms", "thread_ms", "slot_ms", "token_ms", "lock_ms", "retry_ms"]
EVENT_TIMES.append("wechat_ms")


def invoke(client: Any, call: Vector) -> Any:
    keys(call, "interface arguments")
    arguments = call["arguments"]
    if call["interface"] == "addJumpQRCode":
        return client.add_jump_qr_code(arguments)
    if call["interface"] == "call_raw":
        return client.call_raw(**arguments)
    return method(client, call["interface"])(**arguments)


def listen(vector: Vector, sandbox: Sandbox) -> list[Any]:
    events: list[Any] = []
    with sandbox.client(on_call=events.append, max_retries=vector.get("max_retries", 3)) as client:
        for call in vector["before"]:
            invoke(client, call)
        events.clear()
        inject(sandbox, vector)
        try:
            invoke(client, vector["call"])
        except jumpqr.JumpqrError as error:
            assert events[-1]["code"] == error.code
        else:
            assert events[-1]["code"] is None
    return events


def listen_in_loop(vector: Vector, sandbox: Sandbox) -> list[Any]:
    events: list[Any] = []

    async def make_calls() -> None:
        retries = vector.get("max_retries", 3)
        async with sandbox.async_client(on_call=events.append, max_retries=retries) as client:
            for call in vector["before"]:
                await invoke(client, call)
            events.clear()
            inject(sandbox, vector)
            try:
                await invoke(client, vector["call"])
            except jumpqr.JumpqrError as error:
                assert events[-1]["code"] == error.code
            else:
                assert events[-1]["code"] is None

    asyncio.run(make_calls())
    return events


def inject(sandbox: Sandbox, vector: Vector) -> None:
    for fault in vector["faults"]:
        sandbox.control("POST", "/sandbox/faults", fault)


def take_times(fields: dict[str, Any], times: list[str], appid: str) -> None:
    """Remove the times, and replace what differs from run to run."""
    assert all(fields.pop(time) >= 0 for time in times)
    if fields.get("appid") == appid:
        fields["appid"] = "APPID"
    if re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{8}){2}", fields["rid"] or ""):
        fields["rid"] = "RID"


def check_events(vector: Vector, events: list[Any], sandbox: Sandbox) -> None:
    appid, secret = sandbox.mini_program
    assert secret not in json.dumps(events)
    last = dict(events[-1])
    assert all(last[wait] > 0 for wait in vector["waits"])
    assert last["duration_ms"] >= sum(last[time] for time in EVENT_TIMES[1:]) - 0.001
    for event in events:
        take_times(event, EVENT_TIMES, appid)
        for attempt in event["attempts"]:
            take_times(attempt, ["start_ms", "duration_ms"], appid)
    assert events == vector["events"]


@pytest.mark.parametrize("listening", [listen, listen_in_loop])
def test_call_events(
    count: Callable[[str, int], None], listening: Callable[[Vector, Sandbox], list[Any]]
) -> None:
    def check(vector: Vector) -> None:
        keys(vector, "name before faults call waits events", "max_retries")
        with Sandbox() as sandbox:
            check_events(vector, listening(vector, sandbox), sandbox)

    run_count = run(load("call_events.json", ["call_events"])["call_events"], check)
    if listening is listen:
        count("call_events.json", run_count)
