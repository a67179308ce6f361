"""The platform for asyncio."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

import jumpqr
from browser import auth_code, authorise
from jumpqr import AsyncClient, AsyncPlatform, TokenState
from jumpqr.testing import Sandbox
from scripted_server import Action, Reply, Request, serving
from test_pushes import AUTHORISATION


def test_it_calls_for_a_merchant(jumpqr_sandbox: Sandbox) -> None:
    appid = jumpqr_sandbox.mini_program.appid

    async def main() -> None:
        async with jumpqr_sandbox.async_platform(pacing=False) as platform:
            await platform.set_verify_ticket(jumpqr_sandbox.verify_ticket())
            await platform.set_authorizer_refresh_token(appid, jumpqr_sandbox.authorize(appid))
            async with platform.merchant(appid) as client:
                assert isinstance(client, AsyncClient)
                assert (await client.get_jump_qr_code()).list_size == 0
            with pytest.raises(RuntimeError, match="the client is closed"):
                await client.get_jump_qr_code()
            client = platform.merchant(appid)
            assert [rule async for rule in client.rules()] == []
            merchants = await client.token_status()
            assert merchants is not None
            assert merchants.has_refresh_token
            own = await platform.token_status()
            assert (own.interface, own.state) == ("api_component_token", TokenState.VALID)
            with pytest.raises(jumpqr.ValidationError, match="component_verify_ticket"):
                await platform.set_verify_ticket("")
        for ask in (client.get_jump_qr_code, client.token_status, platform.token_status):
            with pytest.raises(RuntimeError, match="the platform is closed"):
                await ask()

    asyncio.run(main())
    assert jumpqr_sandbox.counters()["token_calls"] == 2


def test_a_merchant_authorises_it(jumpqr_sandbox: Sandbox) -> None:
    appid = jumpqr_sandbox.mini_program.appid

    async def main() -> None:
        async with jumpqr_sandbox.async_platform(pacing=False) as platform:
            await platform.set_verify_ticket(jumpqr_sandbox.verify_ticket())
            link = await platform.authorization_url("http://127.0.0.1:9/done")
            location = await asyncio.to_thread(authorise, link, appid)
            merchant = await platform.exchange(auth_code(location))
            assert merchant.authorizer_appid == appid
            listed = [merchant.authorizer_appid async for merchant in platform.merchants()]
            assert listed == [appid]
            ready = await platform.readiness(appid, jumpqr.Mode.ORDINARY_LINK)
            assert ready.verdict is jumpqr.Verdict.READY
            info = await platform.authorizer_info(appid)
            assert info["authorizer_info"]["account_status"] == "normal"
            assert await platform.component_access_token()
            path = "/cgi-bin/component/api_get_authorizer_list"
            body = {"component_appid": jumpqr_sandbox.component.appid, "offset": 0, "count": 10}
            assert (await platform.call_raw(path, body=body, repeatable=True))["total_count"] == 1
            client = platform.merchant(appid)
            answer = await client.call_raw("/cgi-bin/wxopen/qrcodejumpget", {"a": 1}, {})
            assert answer["rule_list"] == []
            assert await platform.start_push_ticket() is jumpqr.TicketPushes.WERE_RUNNING
            await platform.forget(appid)
            merchants = platform.merchants()
        with pytest.raises(RuntimeError, match="the platform is closed"):
            await merchants.__anext__()

    asyncio.run(main())


class Held:
    """A WeChat that keeps everybody waiting until it is released."""

    def __init__(self) -> None:
        self.release = threading.Event()
        self.lock = threading.Lock()
        self.waiting = 0

    def __call__(self, request: Request) -> Action:
        with self.lock:
            self.waiting += 1
        assert self.release.wait(30)
        return Reply(b'{"errcode":40097,"errmsg":"invalid args"}')

    async def has(self, waiting: int) -> None:
        """Wait until so many calls have come."""
        while self.waiting < waiting:
            await asyncio.sleep(0.01)


def platform_of(url: str, **settings: Any) -> AsyncPlatform:
    defaults: Any = {"component_appid": "wxplatform00000000", "component_appsecret": "s"}
    return AsyncPlatform(**{**defaults, "base_url": url, "max_retries": 0, **settings})


def test_closing_a_merchants_client_disturbs_no_other_merchant() -> None:
    server = Held()

    async def main(url: str) -> None:
        async with platform_of(url, max_concurrency=1) as platform:
            await platform.set_verify_ticket("ticket")
            calls = [asyncio.create_task(platform.merchant("wx1").get_jump_qr_code())]
            await server.has(1)
            calls.append(asyncio.create_task(platform.merchant("wx2").get_jump_qr_code()))
            await asyncio.sleep(0)
            await platform.merchant("wx3").aclose()
            server.release.set()
            for call in calls:
                with pytest.raises(jumpqr.InvalidError) as refused:
                    await call
                assert refused.value.errcode == 40097

    with serving(server) as url:
        asyncio.run(asyncio.wait_for(main(url), 60))
    with pytest.raises(ValueError, match="max_concurrency: give 1 or more"):
        platform_of(url, max_concurrency=0)


def test_waiting_for_a_thread_ends_with_the_queue_timeout() -> None:
    server = Held()

    async def main(url: str) -> None:
        receives = AUTHORISATION["config"]
        async with platform_of(url, max_concurrency=1, queue_timeout=0.2, **receives) as platform:
            await platform.set_verify_ticket("ticket")
            handled = await platform.handle(AUTHORISATION["query"], AUTHORISATION["body"])
            client = platform.merchant("wx1")
            call = asyncio.create_task(client.get_jump_qr_code(timeout=30))
            await server.has(1)
            for ask in (
                lambda: platform.set_verify_ticket("ticket@@@later"),
                lambda: platform.set_authorizer_refresh_token("wx1", "token"),
                platform.token_status,
                platform.component_access_token,
                lambda: platform.handle(AUTHORISATION["query"], AUTHORISATION["body"]),
                handled.finish,
                lambda: platform.merchants().__anext__(),
                client.token_status,
            ):
                with pytest.raises(jumpqr.RateLimitedError, match="too many other calls"):
                    await ask()
            server.release.set()
            with pytest.raises(jumpqr.JumpqrError):
                await call
            merchants = await client.token_status()
            assert merchants is not None
            assert not merchants.has_refresh_token, "it was kept although the call had no permit"

    with serving(server) as url:
        asyncio.run(asyncio.wait_for(main(url), 60))


def test_closing_refuses_what_waits_for_a_thread() -> None:
    server = Held()

    async def main(url: str) -> None:
        platform = platform_of(url, max_concurrency=1)
        await platform.set_verify_ticket("ticket")
        call = asyncio.create_task(platform.merchant("wx1").get_jump_qr_code())
        await server.has(1)
        waiting = asyncio.create_task(platform.merchant("wx2").get_jump_qr_code())
        await asyncio.sleep(0)
        await platform.aclose()
        with pytest.raises(RuntimeError, match="closed while the call waited"):
            await waiting
        server.release.set()
        with pytest.raises(jumpqr.JumpqrError):
            await call

    with serving(server) as url:
        asyncio.run(asyncio.wait_for(main(url), 60))
