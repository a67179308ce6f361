"""The sandbox in this process, and what pytest gets of it."""

from __future__ import annotations

import json
import queue
import urllib.error
import urllib.request
from typing import Any

import pytest

import jumpqr
from jumpqr.testing import ENCODING_AES_KEY, MESSAGE_TOKEN, Sandbox, SandboxError
from scripted_server import Action, Reply, Request, serving

pytest_plugins = ["pytester"]


def test_it_is_a_server(jumpqr_sandbox: Sandbox) -> None:
    appid, secret = jumpqr_sandbox.mini_program
    query = f"grant_type=client_credential&appid={appid}&secret={secret}"
    url = f"{jumpqr_sandbox.base_url}/cgi-bin/token?{query}"
    with urllib.request.urlopen(url) as answer:  # noqa: S310
        assert json.load(answer)["expires_in"] == 7200
    assert jumpqr_sandbox.counters()["token_calls"] == 1
    assert jumpqr_sandbox.requests()[0]["interface"] == "token"


def test_faults_and_time(jumpqr_sandbox: Sandbox) -> None:
    with jumpqr_sandbox.client(max_retries=0) as client:
        client.get_jump_qr_code()
        jumpqr_sandbox.inject("status", status=502, times="forever")
        with pytest.raises(jumpqr.ProtocolError):
            client.get_jump_qr_code()
        jumpqr_sandbox.clear_faults()
        jumpqr_sandbox.kill_tokens(jumpqr_sandbox.mini_program.appid)
        client.get_jump_qr_code()
        assert jumpqr_sandbox.counters()["token_calls"] == 2
        jumpqr_sandbox.advance(3600.5)
        jumpqr_sandbox.reset()
        assert jumpqr_sandbox.counters()["business_calls"] == 0
        assert jumpqr_sandbox.rules(jumpqr_sandbox.mini_program.appid) == []


def test_methods_are_about_the_mini_program_by_default(jumpqr_sandbox: Sandbox) -> None:
    appid = jumpqr_sandbox.mini_program.appid
    jumpqr_sandbox.access_token()
    jumpqr_sandbox.access_token(jumpqr_sandbox.service_account.appid)
    assert jumpqr_sandbox.kill_tokens() == 1
    assert jumpqr_sandbox.rules() == []
    first = jumpqr_sandbox.authorize(permission_sets={18})
    assert first != jumpqr_sandbox.authorize(appid, component_appid=jumpqr_sandbox.component.appid)
    platform = f"/sandbox/platforms/{jumpqr_sandbox.component.appid}"
    assert jumpqr_sandbox.control("GET", f"{platform}/authorizers")[0]["permission_sets"] == [18]
    assert jumpqr_sandbox.control("GET", f"{platform}/ticket")["component_verify_ticket"] == (
        jumpqr_sandbox.verify_ticket()
    )


def test_it_pushes_to_a_server() -> None:
    received: queue.Queue[jumpqr.PushEvent] = queue.Queue()
    with Sandbox() as other:
        receiver = jumpqr.Receiver(
            component_appid=other.component.appid,
            message_token=MESSAGE_TOKEN,
            encoding_aes_key=ENCODING_AES_KEY,
        )

    def answer(request: Request) -> Action:
        assert request.path == "/wechat"
        received.put(receiver.receive(request.query, request.body or "").event)
        return Reply(b"success")

    with serving(answer) as url, Sandbox(push_url=f"{url}/wechat") as sandbox:
        ticket = received.get(timeout=60)
        assert ticket.component_verify_ticket == sandbox.verify_ticket()
        while sandbox.pending_pushes():
            pass
        (push,) = sandbox.pushes()
        assert (push["status"], push["body"], push["is_success"]) == (200, "success", True)
        assert (push["info_type"], push["attempt"], push["order"]) == (ticket.info_type, 1, None)
    for wrong in ("https://127.0.0.1/", "http://example.cn/", ""):
        with pytest.raises(SandboxError, match="push_url"):
            Sandbox(push_url=wrong)


def test_an_account_is_added_and_changed(jumpqr_sandbox: Sandbox) -> None:
    jumpqr_sandbox.put_account("wx1", kind="service_account", secret="s", nickname="One")
    jumpqr_sandbox.put_account("wx1", permission_sets=[3])
    account = jumpqr_sandbox.control("GET", "/sandbox/accounts/wx1")
    assert (account["nickname"], account["permission_sets"]) == ("One", [3])
    with pytest.raises(SandboxError, match="unknown field `colour`"):
        jumpqr_sandbox.put_account("wx1", colour="red")  # type: ignore[call-arg]
    with pytest.raises(SandboxError, match="secret is missing"):
        jumpqr_sandbox.put_account("wx2", kind="mini_program")


def test_the_verification_file_is_really_fetched(jumpqr_sandbox: Sandbox) -> None:
    asked = []

    def answer(request: Request) -> Action:
        asked.append(request.path)
        return Reply(b"not here", status=404)

    rule = jumpqr.OrdinaryLinkRule(
        prefix="http://m.example.cn/shop/",
        path="pages/index/index",
        open_version=1,
        permit_sub_rule=1,
    )
    with serving(answer) as url, jumpqr_sandbox.client() as client:
        address = url.removeprefix("http://")
        jumpqr_sandbox.fetch_file(connect_to=[address], timeout_ms=5000)
        with pytest.raises(jumpqr.JumpqrError) as refused:
            client.add_jump_qr_code(rule)
        assert refused.value.errcode == 85069
        request = jumpqr_sandbox.requests()[-1]
        assert (request["errcode"], request["reason"]["code"]) == (85069, "not_found")
        assert asked[0] == "/shop/KCfCAeDG9F.txt"
        jumpqr_sandbox.reset()
        client.add_jump_qr_code(rule)
    with pytest.raises(SandboxError, match="no account"):
        jumpqr_sandbox.fetch_file("wx1")
    with pytest.raises(SandboxError, match=r"connect_to\[0\] is "):
        jumpqr_sandbox.fetch_file(connect_to=["localhost:80"])
    with pytest.raises(SandboxError, match="unknown field `port`"):
        jumpqr_sandbox.fetch_file(port=80)  # type: ignore[call-arg]


def test_what_makes_no_sense_is_refused(jumpqr_sandbox: Sandbox) -> None:
    with pytest.raises(SandboxError, match='the fault "explode": unknown'):
        jumpqr_sandbox.inject("explode")
    with pytest.raises(SandboxError, match='status is not a field of the fault "reset"'):
        jumpqr_sandbox.inject("reset", status=502)
    with pytest.raises(SandboxError, match="cannot go back"):
        jumpqr_sandbox.advance(-1)
    with pytest.raises(SandboxError, match="no account"):
        jumpqr_sandbox.rules("wx?/#")
    with pytest.raises(SandboxError, match="nothing at"):
        jumpqr_sandbox.control("GET", "/sandbox/nothing")
    port = int(jumpqr_sandbox.base_url.rpartition(":")[2])
    with pytest.raises(SandboxError, match=f"port {port}"):
        Sandbox(port=port)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"port": 65536}, "port is 65536"),
        ({"frozen_at": -1}, "frozen_at is -1"),
        ({"allow_hosts": ["http://wechat.test"]}, "http://wechat.test"),
    ]
    for settings, text in wrong:
        with pytest.raises(SandboxError, match=text):
            Sandbox(**settings)


def test_a_web_page_is_refused_and_a_host_that_is_allowed_is_served() -> None:
    with Sandbox(allow_hosts=["wechat.test"]) as sandbox:
        for headers, status in [
            ({"Host": "wechat.test"}, 200),
            ({"Host": "evil.example"}, 403),
            ({"Origin": "https://evil.example"}, 403),
        ]:
            request = urllib.request.Request(f"{sandbox.base_url}/sandbox", headers=headers)  # noqa: S310
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                    assert answer.status == status
            except urllib.error.HTTPError as refusal:
                assert refusal.code == status
                assert "error" in json.load(refusal)


def test_it_stops(jumpqr_sandbox: Sandbox) -> None:
    jumpqr_sandbox.stop()
    jumpqr_sandbox.stop()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(jumpqr_sandbox.base_url)  # noqa: S310


def test_a_clock_that_stands_still() -> None:
    with Sandbox(frozen_at=1_700_000_000) as sandbox:
        assert sandbox.control("GET", "/sandbox/clock")["unix_seconds"] == 1_700_000_000


def test_pytest_has_the_fixture_without_being_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_sandbox(jumpqr_sandbox):
            with jumpqr_sandbox.client() as client:
                assert client.get_jump_qr_code().rule_list == ()
        """
    )
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)
