"""`preflight` in every client, and how it is cancelled. The vectors show what it finds."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any

import pytest

import jumpqr

PREFIX = "http://m.example.cn/table/"
FILE = jumpqr.VerificationFile("UASjIrr8C9.txt", "7781805a2d7f096b0a277a8db058c316")
SERVICE_ACCOUNT_RULE = jumpqr.ServiceAccountRule(
    prefix="http://weixin.qq.com/q/kZgfwMTm72W", path="p", appid="wx1234567890abcdef"
)
# Nothing is sent for a rule with a port.
ORDINARY_LINK_RULE = jumpqr.OrdinaryLinkRule(
    prefix="http://m.example.cn:8080/", path="p", open_version=1, permit_sub_rule=1
)


def test_every_form_of_a_rule_is_looked_at() -> None:
    with jumpqr.Client(access_token="T") as client:
        forms: list[tuple[str | jumpqr.Rule | dict[str, Any], str]] = [
            (SERVICE_ACCOUNT_RULE, "no_file_needed"),
            (SERVICE_ACCOUNT_RULE.to_dict(), "no_file_needed"),
            (SERVICE_ACCOUNT_RULE.prefix, "no_file_needed"),
            (ORDINARY_LINK_RULE, "may_fail"),
            (ORDINARY_LINK_RULE.prefix, "may_fail"),
        ]
        for rule, verdict in forms:
            assert client.preflight(rule).verdict == verdict
        with pytest.raises(jumpqr.ValidationError) as refused:
            client.preflight({"path": "p"})
        assert [finding.field for finding in refused.value.violations] == ["prefix"]


def test_a_report_says_what_was_seen_and_what_was_not() -> None:
    with jumpqr.Client(access_token="T") as client:
        report = client.preflight("http://127.0.0.1/a/b", file=FILE)
    assert report.url == "http://127.0.0.1/a/UASjIrr8C9.txt"
    assert report.file_name == FILE.file_name
    assert not report.is_rehearsal
    assert "cannot be seen from here" in report.unseen
    (finding,) = report.findings
    assert finding.addresses == ("127.0.0.1:80",)
    assert finding.severity is jumpqr.Severity.BLOCKS
    for part in (finding.message, finding.seen, finding.why, finding.remedy):
        assert part in str(finding)
    (fetch,) = report.fetches
    assert fetch["outcome"] == "private_address"


def test_a_merchant_of_a_platform_has_a_preflight() -> None:
    appid, secret = "wxplatform00000000", "COMPONENTSECRET"
    with jumpqr.Platform(
        component_appid=appid, component_appsecret=secret, token_store="memory:"
    ) as platform:
        merchant = platform.merchant("wx1234567890abcdef")
        assert merchant.preflight(ORDINARY_LINK_RULE).verdict == "may_fail"

    async def look() -> jumpqr.Preflight:
        async with jumpqr.AsyncPlatform(
            component_appid=appid, component_appsecret=secret, token_store="memory:"
        ) as platform:
            return await platform.merchant("wx1234567890abcdef").preflight(ORDINARY_LINK_RULE)

    assert asyncio.run(look()).verdict is jumpqr.PreflightVerdict.MAY_FAIL


def test_a_cancelled_preflight_closes_its_connection() -> None:
    async def look(address: str) -> None:
        async with jumpqr.AsyncClient(access_token="T") as client:
            await client.preflight(
                PREFIX, file=FILE, timeout=600, fetch_timeout=600, connect_to=[address]
            )

    async def cancel_when_asked() -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.setblocking(False)
            host, port = listener.getsockname()
            task = asyncio.create_task(look(f"{host}:{port}"))
            loop = asyncio.get_running_loop()
            connection, _ = await loop.sock_accept(listener)
            with connection:
                # The event loop is free while the preflight waits for the response.
                assert b"/table/UASjIrr8C9.txt" in await loop.sock_recv(connection, 4096)
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
                assert await loop.sock_recv(connection, 4096) == b""

    asyncio.run(cancel_when_asked())
