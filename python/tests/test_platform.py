"""A third-party platform that calls for its merchants."""

from __future__ import annotations

import json
import logging
import os
import pickle
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

import jumpqr
from browser import ask, auth_code, authorise
from jumpqr import Client, Platform, TokenState
from jumpqr.testing import Sandbox
from processes import fork
from test_pushes import AUTHORISATION, TICKET

SETTINGS: dict[str, Any] = {
    "component_appid": "wxplatform00000000",
    "component_appsecret": "APPSECRET",
}


MAY_FORK = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def store(tmp_path: Path) -> str:
    return f"dir:{tmp_path / 'tokens'}"


@pytest.fixture
def appid(jumpqr_sandbox: Sandbox) -> str:
    return jumpqr_sandbox.mini_program.appid


def authorised(sandbox: Sandbox, **settings: Any) -> Platform:
    """A platform that has been authorised by the Mini Program."""
    platform = sandbox.platform(pacing=False, **settings)
    platform.set_verify_ticket(sandbox.verify_ticket())
    appid = sandbox.mini_program.appid
    platform.set_authorizer_refresh_token(appid, sandbox.authorize(appid))
    return platform


def token_calls(sandbox: Sandbox) -> dict[str, int]:
    calls: dict[str, int] = sandbox.counters()["calls"]
    return {interface: count for interface, count in calls.items() if interface.startswith("api_")}


ONCE = {"api_component_token": 1, "api_authorizer_token": 1}


def test_it_calls_for_a_merchant(jumpqr_sandbox: Sandbox, appid: str) -> None:
    with authorised(jumpqr_sandbox) as platform, platform.merchant(appid) as client:
        assert isinstance(client, Client)
        assert token_calls(jumpqr_sandbox) == {}
        rule = jumpqr.OrdinaryLinkRule("https://m.example.cn/table/", "pages/index/index", 1, 1)
        assert client.add_jump_qr_code(rule) is jumpqr.Confirmation.ANSWERED
        assert [listed.prefix for listed in client.rules()] == [rule.prefix]
        assert platform.merchant(appid).get_jump_qr_code().list_size == 1
        assert token_calls(jumpqr_sandbox) == ONCE
        assert jumpqr_sandbox.rules(appid)[0]["prefix"] == rule.prefix


def test_how_its_tokens_stand(jumpqr_sandbox: Sandbox, store: str, appid: str) -> None:
    with jumpqr_sandbox.platform(token_store=store) as platform:
        client = platform.merchant(appid)
        before = platform.token_status()
        assert (before.store, before.appid) == (store, jumpqr_sandbox.component.appid)
        assert (before.interface, before.state) == ("api_component_token", TokenState.MISSING)
        assert (before.verify_ticket_age, before.has_refresh_token) == (None, None)
        merchants = client.token_status()
        assert merchants is not None
        assert (merchants.interface, merchants.appid) == ("api_authorizer_token", appid)
        assert (merchants.verify_ticket_age, merchants.has_refresh_token) == (None, False)
    with authorised(jumpqr_sandbox, token_store=store) as platform:
        client = platform.merchant(appid)
        client.get_jump_qr_code()
        after = platform.token_status()
        assert after.verify_ticket_age is not None
        assert 0 <= after.verify_ticket_age < 300
        assert after.state is TokenState.VALID
        merchants = client.token_status()
        assert merchants is not None
        assert (merchants.state, merchants.has_refresh_token) == (TokenState.VALID, True)


def test_another_one_goes_on_with_the_same_store(
    jumpqr_sandbox: Sandbox, store: str, appid: str
) -> None:
    with authorised(jumpqr_sandbox, token_store=store) as platform:
        platform.merchant(appid).get_jump_qr_code()
    with jumpqr_sandbox.platform(token_store=store) as platform:
        platform.merchant(appid).get_jump_qr_code()
        assert token_calls(jumpqr_sandbox) == ONCE
        # The refresh token is no longer the one that was handed over.
        jumpqr_sandbox.kill_tokens(appid)
        platform.merchant(appid).get_jump_qr_code()
    assert token_calls(jumpqr_sandbox) == {**ONCE, "api_authorizer_token": 2}


def test_what_is_missing_is_named(jumpqr_sandbox: Sandbox, appid: str) -> None:
    component = jumpqr_sandbox.component.appid
    jumpqr_sandbox.control("DELETE", f"/sandbox/platforms/{component}/authorizers/{appid}")
    with jumpqr_sandbox.platform() as platform:
        client = platform.merchant(appid)
        with pytest.raises(jumpqr.CredentialsError, match="ticket") as refused:
            client.get_jump_qr_code()
        assert refused.value.code == "no_verify_ticket"
        platform.set_verify_ticket(jumpqr_sandbox.verify_ticket())
        with pytest.raises(jumpqr.CredentialsError) as refused:
            client.get_jump_qr_code()
        assert refused.value.code == "no_refresh_token"
        # A new authorisation ends it at once.
        platform.set_authorizer_refresh_token(appid, jumpqr_sandbox.authorize(appid))
        assert client.get_jump_qr_code().list_size == 0


def test_a_permission_set_that_is_missing(jumpqr_sandbox: Sandbox, appid: str) -> None:
    with authorised(jumpqr_sandbox) as platform:
        platform.set_authorizer_refresh_token(
            appid, jumpqr_sandbox.authorize(appid, permission_sets=[17])
        )
        with pytest.raises(jumpqr.PermissionDeniedError) as refused:
            platform.merchant(appid).get_jump_qr_code()
    assert refused.value.errcode == 61007


@pytest.mark.parametrize("field", [None, "access_token", "component_access_token"])
def test_the_platforms_token_is_called_as_told(
    jumpqr_sandbox: Sandbox, appid: str, field: str
) -> None:
    with authorised(jumpqr_sandbox, component_token_field=field) as platform:
        platform.merchant(appid).get_jump_qr_code()
    (sent,) = [
        request
        for request in jumpqr_sandbox.requests()
        if request["interface"] == "api_authorizer_token"
    ]
    assert sent["query_names"] == [field or "access_token"]


def test_what_it_is_handed_is_checked_and_not_shown() -> None:
    broken = b"S3CRET\xff".decode(errors="surrogateescape")
    with Platform(**SETTINGS) as platform:
        hands: list[tuple[Callable[[Any], object], str]] = [
            (platform.set_verify_ticket, "component_verify_ticket"),
            (
                lambda value: platform.set_authorizer_refresh_token("wx1", value),
                "authorizer_refresh_token",
            ),
            (
                lambda value: platform.set_authorizer_refresh_token(value, "token"),
                "authorizer_appid",
            ),
            (platform.merchant, "authorizer_appid"),
            (platform.forget, "authorizer_appid"),
            (platform.authorizer_info, "authorizer_appid"),
            (lambda value: platform.readiness(value, "ordinary_link"), "authorizer_appid"),
            (lambda value: platform.readiness("wx1", value), "mode"),
            (platform.authorization_url, "redirect_uri"),
        ]
        for hand, name in hands:
            for value, error in [
                (broken, ValueError),
                ("S3CRET\n", jumpqr.ValidationError),
                ("", ValueError),
            ]:
                with pytest.raises(error, match=name) as refused:
                    hand(value)
                assert "S3CRET" not in repr((refused.value, refused.value.__context__))
            for other in (b"S3CRET", {"S3CRET"}, object()):
                with pytest.raises(TypeError, match=name) as wrong:
                    hand(other)
                assert "S3CRET" not in repr(wrong.value)
        # Any text may be a code.
        for other, error in [(broken, ValueError), (b"S3CRET", TypeError), ("", ValueError)]:
            with pytest.raises(error, match="authorization_code") as refused:
                platform.exchange(other)  # type: ignore[arg-type]
            assert "S3CRET" not in repr((refused.value, refused.value.__context__))
    with pytest.raises(ValueError, match="component_appsecret: is not Unicode text") as refused:
        Platform(component_appid="wx1", component_appsecret=broken)
    assert "S3CRET" not in repr(refused.value)


def test_a_merchant_authorises_it(jumpqr_sandbox: Sandbox, appid: str) -> None:
    component = jumpqr_sandbox.component.appid
    jumpqr_sandbox.control("DELETE", f"/sandbox/platforms/{component}/authorizers/{appid}")
    with jumpqr_sandbox.platform(pacing=False) as platform:
        platform.set_verify_ticket(jumpqr_sandbox.verify_ticket())
        link = platform.authorization_url("http://127.0.0.1:9/done?shop=7")
        location = authorise(link, appid)
        assert location.startswith("http://127.0.0.1:9/done?shop=7&auth_code=")
        for _ in range(2):
            # The page may be loaded again.
            merchant = platform.exchange(auth_code(location))
            assert (merchant.authorizer_appid, merchant.has_refresh_token) == (appid, True)
            assert merchant.func_info is not None
            sets = {granted.id: granted for granted in merchant.func_info}
            assert isinstance(sets[18], jumpqr.FuncInfo)
        assert platform.merchant(appid).get_jump_qr_code().list_size == 0
        with pytest.raises(jumpqr.CredentialsError) as refused:
            platform.exchange("queryauthcode@@@other")
        assert refused.value.errcode == 61009
        assert "queryauthcode" not in str(refused.value)


@pytest.mark.parametrize("device", [jumpqr.Device.MOBILE, "mobile"])
@pytest.mark.parametrize("auth_type", [jumpqr.AuthType.MINI_PROGRAM, 2, "mini_program"])
def test_a_link_says_what_it_is_told(
    jumpqr_sandbox: Sandbox, device: str, auth_type: int | str
) -> None:
    with authorised(jumpqr_sandbox) as platform:
        link = platform.authorization_url(
            "https://saas.example.cn/done",
            device=device,
            auth_type=auth_type,
            biz_appid="wx7",
            category_id_list=(18, 33),
        )
        other = parse_qs(urlsplit(platform.authorization_url("https://saas.example.cn/")).query)
    assert link.startswith(f"{jumpqr_sandbox.base_url}/wxaopen/safe/bindcomponent?")
    query = parse_qs(urlsplit(link).query)
    assert query["redirect_uri"] == ["https://saas.example.cn/done"]
    assert (query["auth_type"], other["auth_type"]) == (["2"], ["3"])
    assert (query["biz_appid"], query["category_id_list"]) == (["wx7"], ["18|33"])
    assert query["pre_auth_code"] != other["pre_auth_code"], "a code works once"


def test_a_wrong_link_is_not_asked_for(jumpqr_sandbox: Sandbox) -> None:
    wrong: dict[str, Any] = {
        "device": "phone",
        "auth_type": 7,
        "biz_appid": "?",
        "category_id_list": [18, "all"],
    }
    with authorised(jumpqr_sandbox) as platform:
        with pytest.raises(jumpqr.ValidationError) as refused:
            platform.authorization_url("/done", **wrong)
        with pytest.raises(jumpqr.ValidationError, match="mode"):
            platform.readiness("wx1", "both")
    fields = {finding.field.partition("[")[0] for finding in refused.value.violations}
    assert fields == {"redirect_uri", *wrong}
    assert token_calls(jumpqr_sandbox) == {}


def test_its_merchants_are_listed(jumpqr_sandbox: Sandbox, appid: str) -> None:
    service = jumpqr_sandbox.service_account.appid
    jumpqr_sandbox.authorize(service)
    with authorised(jumpqr_sandbox) as platform:
        merchants = list(platform.merchants())
        assert {merchant.authorizer_appid for merchant in merchants} == {appid, service}
        assert all(merchant.has_refresh_token for merchant in merchants)
        assert all(abs(time.time() - (merchant.auth_time or 0)) < 300 for merchant in merchants)


def test_it_judges_whether_the_rules_of_a_merchant_can_work(
    jumpqr_sandbox: Sandbox, appid: str
) -> None:
    with authorised(jumpqr_sandbox) as platform:
        ready = platform.readiness(appid, jumpqr.Mode.ORDINARY_LINK)
        assert (ready.verdict, ready.findings) == (jumpqr.Verdict.READY, ())
        wrong = platform.readiness(appid, "service_account")
        assert wrong.verdict is jumpqr.Verdict.NOT_READY
        (finding,) = [found for found in wrong.findings if found.code == "wrong_account"]
        assert finding.severity is jumpqr.Severity.BLOCKS
        assert (finding.field, finding.errcode) == ("MiniProgramInfo", 85069)
        assert str(finding) == f"MiniProgramInfo: {finding.message} (85069)"
        info = platform.authorizer_info(appid)
        assert info["authorizer_info"]["account_status"] == "normal"
        assert 18 in {granted["id"] for granted in info["authorization_info"]["func_info"]}
        assert "refreshtoken" not in str(info)


def test_a_push_is_handled_without_a_network() -> None:
    settings = {**TICKET["config"], "component_appsecret": "APPSECRET"}
    query, body = TICKET["query"], TICKET["body"]
    with Platform(**settings) as platform:
        handled = platform.handle(query, body)
        assert isinstance(handled, jumpqr.Push)
        assert (handled.reply, handled.has_changed) == ("success", True)
        assert handled.event == jumpqr.PushEvent(**TICKET["event"])
        assert not platform.handle(query.encode(), body.encode()).has_changed
        assert platform.token_status().verify_ticket_age is not None
        for wrong in ((None, body), ({"nonce": "S3CRET"}, body), (query, bytearray())):
            with pytest.raises(TypeError, match=r"(query|body): give the raw"):
                platform.handle(*wrong)
        with pytest.raises(jumpqr.ValidationError) as refused:
            platform.handle(query.replace("msg_signature=", "msg_signature=0"), body)
        assert refused.value.code == "push_not_signed"
    with Platform(**SETTINGS) as platform:
        with pytest.raises(jumpqr.ValidationError, match="message_token") as refused:
            platform.handle(query, body)
        assert refused.value.code == "invalid_config"


@MAY_FORK
def test_a_push_is_finished_where_it_was_handled(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    settings = {**AUTHORISATION["config"], "component_appsecret": "APPSECRET"}
    with Platform(**settings) as platform:
        handled = platform.handle(AUTHORISATION["query"], AUTHORISATION["body"])
        assert not handled.has_changed
        with pytest.raises(TypeError, match="a Handled cannot be pickled"):
            pickle.dumps(handled)
        refused = fork(handled.finish)
        assert isinstance(refused, RuntimeError)
        assert "before a fork" in str(refused)
        with pytest.raises(jumpqr.CredentialsError) as missing:
            handled.finish()
        assert missing.value.code == "no_verify_ticket"
    with pytest.raises(RuntimeError, match="the platform is closed"):
        handled.finish()
    shown = f"{handled!r} {handled} {vars(handled)} {missing.value!r} {caplog.text}"
    for secret in ("authorization_code", "pre_auth_code"):
        assert AUTHORISATION["event"][secret] not in shown
    assert "handle: done" in caplog.text


def test_it_forgets_a_merchant(jumpqr_sandbox: Sandbox, appid: str) -> None:
    with authorised(jumpqr_sandbox) as platform:
        client = platform.merchant(appid)
        platform.forget(appid)
        status = client.token_status()
        assert status is not None
        assert not status.has_refresh_token
        # WeChat still has the authorisation.
        assert client.get_jump_qr_code().list_size == 0


def test_its_token_is_for_any_interface(jumpqr_sandbox: Sandbox) -> None:
    with authorised(jumpqr_sandbox) as platform:
        token = platform.component_access_token()
        assert platform.component_access_token() == token
        appid = jumpqr_sandbox.component.appid
        status, answer, _ = ask(
            f"{jumpqr_sandbox.base_url}/cgi-bin/component/api_create_preauthcode"
            f"?component_access_token={token}",
            json.dumps({"component_appid": appid}),
        )
        assert (status, "pre_auth_code" in json.loads(answer)) == (200, True)
    assert token_calls(jumpqr_sandbox)["api_component_token"] == 1


def test_it_calls_any_interface_and_so_does_a_merchants_client(
    jumpqr_sandbox: Sandbox, appid: str
) -> None:
    path = "/cgi-bin/component/api_get_authorizer_list"
    body = {"component_appid": jumpqr_sandbox.component.appid, "offset": 0, "count": 10}
    with authorised(jumpqr_sandbox) as platform:
        listed = platform.call_raw(path, body=body)
        assert [merchant["authorizer_appid"] for merchant in listed["list"]] == [appid]
        client = platform.merchant(appid)
        assert client.call_raw("/cgi-bin/wxopen/qrcodejumpget", body={})["rule_list"] == []
        with pytest.raises(jumpqr.JumpqrError) as refused:
            client.call_raw(path, body=body)
        assert refused.value.errcode
        assert refused.value.interface == path


def test_tickets_are_pushed_again(jumpqr_sandbox: Sandbox) -> None:
    path = f"/sandbox/platforms/{jumpqr_sandbox.component.appid}/ticket"
    with jumpqr_sandbox.platform() as platform:
        assert platform.start_push_ticket() is jumpqr.TicketPushes.WERE_RUNNING
        jumpqr_sandbox.control("PUT", path, {"paused": True})
        assert platform.start_push_ticket() is jumpqr.TicketPushes.RESTARTED


def test_it_keeps_its_secrets(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    platform = Platform(**SETTINGS)
    platform.set_verify_ticket("T1CKET")
    platform.set_authorizer_refresh_token("wx1", "R3FRESH")
    shown = f"{caplog.text} {platform!r} {vars(platform)} {vars(platform.merchant('wx1'))}"
    shown += str(platform.token_status())
    for secret in ("APPSECRET", "T1CKET", "R3FRESH"):
        assert secret not in shown
    names = ["set_verify_ticket", "set_authorizer_refresh_token", "token_status"]
    assert [record.getMessage().partition(": done")[0] for record in caplog.records] == names
    with pytest.raises(TypeError, match="a Platform cannot be pickled"):
        pickle.dumps(platform)


def test_what_is_closed_says_so(jumpqr_sandbox: Sandbox, appid: str) -> None:
    with authorised(jumpqr_sandbox) as platform:
        client, other = platform.merchant(appid), platform.merchant(appid)
        client.close()
        with pytest.raises(RuntimeError, match="the client is closed"):
            client.get_jump_qr_code()
        other.get_jump_qr_code()
        merchants = platform.merchants()
    for call in (
        other.get_jump_qr_code,
        other.token_status,
        platform.token_status,
        platform.component_access_token,
        lambda: platform.merchant(appid),
        lambda: platform.handle("", ""),
        lambda: next(platform.merchants()),
        merchants.__next__,
    ):
        with pytest.raises(RuntimeError, match="the platform is closed"):
            call()


def sockets() -> int:
    """How many this process has open, the sandbox' own included."""
    count = 0
    for file in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):
            count += os.readlink(file).startswith("socket:")
    return count


@pytest.mark.skipif(
    not Path("/proc/self/fd").exists(), reason="sockets are counted as Linux tells them"
)
def test_closing_it_closes_connections_though_a_merchants_client_is_held(
    jumpqr_sandbox: Sandbox, appid: str
) -> None:
    jumpqr_sandbox.counters()
    before = sockets()
    with authorised(jumpqr_sandbox) as platform:
        client = platform.merchant(appid)
        client.get_jump_qr_code()
        assert sockets() > before
    deadline = time.monotonic() + 10
    # The sandbox' side closes when it has seen that.
    while sockets() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert sockets() == before
    del client


@MAY_FORK
def test_it_works_after_a_fork(jumpqr_sandbox: Sandbox, store: str, appid: str) -> None:
    with authorised(jumpqr_sandbox, token_store=store) as platform:
        client = platform.merchant(appid)
        client.get_jump_qr_code()
        connections = jumpqr_sandbox.counters()["connections"]
        assert fork(lambda: client.get_jump_qr_code().list_size) == 0
        assert fork(lambda: platform.merchant(appid).get_jump_qr_code().list_size) == 0
        assert jumpqr_sandbox.counters()["connections"] == connections + 2
        client.get_jump_qr_code()
        assert jumpqr_sandbox.counters()["connections"] == connections + 2
        assert token_calls(jumpqr_sandbox) == ONCE
        fork(platform.set_verify_ticket, "T1CKET")
        assert fork(lambda: [merchant.authorizer_appid for merchant in platform.merchants()])
        merchants = platform.merchants()
        next(merchants)
        refused = fork(lambda: next(merchants))
        assert isinstance(refused, RuntimeError)
        assert "call merchants() again in this process" in str(refused)
    with authorised(jumpqr_sandbox) as platform:
        # What is in memory is that of one process.
        assert fork(platform.token_status).verify_ticket_age is None
