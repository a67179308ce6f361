"""The listener of calls: when it is called, in which thread, and what its exception does."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
import threading
from typing import Any

import pytest

import jumpqr
from jumpqr.testing import Sandbox

REQUEST: contextvars.ContextVar[str] = contextvars.ContextVar("request")


class ListenerError(Exception):
    pass


def unraisable(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    seen: list[Any] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda raised: seen.append(raised.exc_type))
    return seen


def fail(event: jumpqr.CallEvent) -> None:
    raise ListenerError(event["interface"])


def test_events_come_on_the_thread_of_the_call_before_it_returns(jumpqr_sandbox: Sandbox) -> None:
    seen: list[tuple[str, int, str]] = []

    def listen(event: jumpqr.CallEvent) -> None:
        seen.append((event["interface"], threading.get_ident(), REQUEST.get("none")))

    def call(request: str) -> None:
        REQUEST.set(request)
        client.get_jump_qr_code()

    with jumpqr_sandbox.client(on_call=listen) as client:
        here = threading.get_ident()
        contextvars.copy_context().run(call, "first")
        assert seen == [("stable_token", here, "first"), ("getJumpQRCode", here, "first")]
        seen.clear()
        other = threading.Thread(target=call, args=["second"])
        other.start()
        other.join()
        assert seen == [("getJumpQRCode", other.ident, "second")]


@pytest.mark.parametrize("fault", [None, "errcode"])
def test_in_asyncio_events_come_in_the_loop_before_the_call_returns(
    jumpqr_sandbox: Sandbox, fault: str | None
) -> None:
    seen: list[tuple[str, asyncio.AbstractEventLoop, str]] = []

    def listen(event: jumpqr.CallEvent) -> None:
        seen.append((event["interface"], asyncio.get_running_loop(), REQUEST.get("none")))

    async def call(client: jumpqr.AsyncClient, request: str) -> None:
        REQUEST.set(request)
        await client.get_jump_qr_code()

    async def main() -> None:
        loop = asyncio.get_running_loop()
        async with jumpqr_sandbox.async_client(on_call=listen) as client:
            await asyncio.create_task(call(client, "first"))
            # A thread has renewed the token.
            assert seen == [("stable_token", loop, "first"), ("getJumpQRCode", loop, "first")]
            seen.clear()
            if fault:
                # The second request is sent after a wait, by a thread.
                jumpqr_sandbox.inject("errcode", errcode=-1, on="getJumpQRCode")
            await asyncio.create_task(call(client, "second"))
            assert seen == [("getJumpQRCode", loop, "second")]

    asyncio.run(main())


def test_a_cancelled_call_has_an_event_in_the_loop(jumpqr_sandbox: Sandbox) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        told: asyncio.Queue[Any] = asyncio.Queue()

        def listen(event: jumpqr.CallEvent) -> None:
            assert asyncio.get_running_loop() is loop
            told.put_nowait(event)

        async with jumpqr_sandbox.async_client(on_call=listen) as client:
            await client.get_jump_qr_code()
            await told.get()
            await told.get()
            jumpqr_sandbox.inject("errcode", errcode=44990, on="getApiDomainIp")
            call = asyncio.create_task(client.get_api_domain_ip())
            while not any(
                request["interface"] == "getApiDomainIp" for request in jumpqr_sandbox.requests()
            ):
                await asyncio.sleep(0)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            event = await told.get()
            assert (event["interface"], event["code"]) == ("getApiDomainIp", "cancelled")

    asyncio.run(main())


def test_an_exception_of_the_listener_does_not_break_the_call(
    jumpqr_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = unraisable(monkeypatch)
    with jumpqr_sandbox.client(on_call=fail) as client:
        assert client.get_jump_qr_code().rule_list == ()
        with pytest.raises(jumpqr.StateError):
            client.publish_jump_qr_code("https://m.example.cn/none")
    assert seen == [ListenerError] * 3

    async def main() -> None:
        async with jumpqr_sandbox.async_client(on_call=fail) as client:
            await client.get_jump_qr_code()

    seen.clear()
    asyncio.run(main())
    assert seen == [ListenerError] * 2


def test_platforms_and_their_merchants_have_a_listener(jumpqr_sandbox: Sandbox) -> None:
    events: list[jumpqr.CallEvent] = []
    appid = jumpqr_sandbox.mini_program.appid
    with jumpqr_sandbox.platform(on_call=events.append) as platform:
        platform.set_verify_ticket(jumpqr_sandbox.verify_ticket())
        platform.set_authorizer_refresh_token(appid, jumpqr_sandbox.authorize(appid))
        platform.merchant(appid).get_jump_qr_code()
        found = [(event["interface"], event["appid"]) for event in events]
        component = jumpqr_sandbox.component.appid
        assert found == [
            ("api_component_token", component),
            ("api_authorizer_token", appid),
            ("getJumpQRCode", appid),
        ]
        events.clear()
        platform.authorization_url("https://saas.example.cn/done")
        assert [event["interface"] for event in events] == ["api_create_preauthcode"]


def test_a_listener_that_is_not_a_function_is_refused() -> None:
    for make in (jumpqr.Client, jumpqr.AsyncClient):
        with pytest.raises(jumpqr.ValidationError, match="on_call") as refused:
            make(access_token="T", on_call="print")  # type: ignore[arg-type]
        (finding,) = refused.value.violations
        assert (finding.field, finding.code) == ("on_call", "wrong_type")
    with jumpqr.Client(access_token="T", on_call=None):
        pass


def test_each_call_is_a_log_record_with_the_fields_of_the_event(
    jumpqr_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="jumpqr")
    with jumpqr_sandbox.client() as client:
        client.get_jump_qr_code()
    token, call = (vars(record) for record in caplog.records)
    assert (token["interface"], call["interface"]) == ("stable_token", "getJumpQRCode")
    assert call["token_renewed"] is True
    assert call["duration_ms"] >= call["wechat_ms"] > 0
    (attempt,) = call["attempts"]
    assert attempt["status"] == 200
    assert set(jumpqr.CallEvent.__annotations__) <= set(call)
    caplog.clear()
    caplog.set_level(logging.INFO, logger="jumpqr")
    with jumpqr_sandbox.client() as client:
        client.get_jump_qr_code()
    assert not caplog.records
