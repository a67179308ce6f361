"""The blocking client against a sandbox, and against servers of the tests' own."""

from __future__ import annotations

import dataclasses
import json
import logging
import pickle
import re
import threading
import weakref
from collections.abc import Callable
from contextlib import closing
from functools import partial
from types import MappingProxyType
from typing import Any

import pytest

import jumpqr
from hostile import Hostile, program
from jumpqr import (
    Client,
    Confirmation,
    Edit,
    ListedRule,
    OpenVersion,
    OrdinaryLinkRule,
    Outcome,
    PermitSubRule,
    Platform,
    RuleState,
)
from jumpqr.testing import Sandbox
from scripted_server import Action, Close, Recorder, Reply, Request, Silence, serving

RULE = OrdinaryLinkRule(
    prefix="https://m.example.cn/table/",
    path="pages/index/index",
    open_version=OpenVersion.TRIAL,
    permit_sub_rule=PermitSubRule.NOT_OCCUPIED,
    debug_url=["https://m.example.cn/table/?a=1"],
)


def test_a_rule_lives_and_dies(jumpqr_sandbox: Sandbox) -> None:
    with jumpqr_sandbox.client() as client:
        assert client.add_jump_qr_code(RULE) is Confirmation.ANSWERED
        RULE_2 = {**RULE.to_dict(), "path": "pages/other", "is_edit": 1}
        assert client.add_jump_qr_code(RULE_2) is Confirmation.ANSWERED
        assert client.publish_jump_qr_code(RULE.prefix) is Confirmation.ANSWERED
        listed = client.get_jump_qr_code()
        assert listed.rule_list == (
            ListedRule(
                prefix=RULE.prefix,
                path="pages/other",
                state=RuleState.PUBLISHED,
                open_version=OpenVersion.TRIAL,
                debug_url=("https://m.example.cn/table/?a=1",),
                permit_sub_rule=PermitSubRule.NOT_OCCUPIED,
            ),
        )
        assert listed.qrcodejump_pub_quota == 99
        assert (
            jumpqr.match_url(listed.rule_list, "https://m.example.cn/table/7").hit
            is listed.rule_list[0]
        )
        assert client.delete_jump_qr_code(RULE.prefix) is Confirmation.ANSWERED
        assert list(client.rules()) == []


def test_a_rule_is_given_in_three_forms(jumpqr_sandbox: Sandbox) -> None:
    bodies: list[str] = []
    with jumpqr_sandbox.client(pacing=False) as client:
        fields = RULE.to_dict()
        client.add_jump_qr_code(RULE)
        adding: list[Callable[[], Confirmation]] = [
            lambda: client.add_jump_qr_code(RULE, is_edit=True),
            lambda: client.add_jump_qr_code({**fields, "is_edit": 0}, is_edit=Edit.MODIFY),
            lambda: client.add_jump_qr_code(**fields, is_edit=True),
        ]
        for add in adding:
            add()
            bodies.append(jumpqr_sandbox.requests()[-1]["body"])
        with pytest.raises(TypeError, match="not both: path"):
            client.add_jump_qr_code(RULE, path="pages/x")
        with pytest.raises(jumpqr.ValidationError):
            client.add_jump_qr_code()
    assert len(set(bodies)) == 1
    assert bodies[0].endswith('"is_edit":1}')


def test_the_interfaces_of_a_service_account(jumpqr_sandbox: Sandbox) -> None:
    mini_program = jumpqr_sandbox.mini_program.appid
    rule = jumpqr.ServiceAccountRule(
        "http://weixin.qq.com/q/kZgfwMTm72Wxxxx", mini_program, "pages/index/index"
    )
    with jumpqr_sandbox.client(jumpqr_sandbox.service_account) as client:
        assert client.add_jump_qr_code(rule) is Confirmation.ANSWERED
        found = client.get_jump_qr_code(appid=mini_program, prefix_list=[rule.prefix])
        assert [listed.prefix for listed in found.rule_list] == [rule.prefix]
        assert [listed.path for listed in client.rules(mini_program)] == ["pages/index/index"]
        client.publish_jump_qr_code(rule.prefix, appid=mini_program)
        client.delete_jump_qr_code(rule.prefix, appid=mini_program)
        assert [linked.status for linked in client.wxamplinkget()] == [jumpqr.LinkStatus.LINKED]
        jumpqr_sandbox.put_account("wx1111111111111111", kind="mini_program", secret="s")
        assert client.link_miniprogram("wx1111111111111111") is Confirmation.ANSWERED
        linked = {linked.appid: linked.status for linked in client.wxamplinkget()}
        assert linked["wx1111111111111111"] is jumpqr.LinkStatus.AWAITS_ACCOUNT_ADMIN


@pytest.mark.parametrize("name", ["notify_users", "show_profile"])
def test_a_link_is_asked_for_as_told(name: str) -> None:
    server = Recorder(Reply(b'{"errcode":0}'))
    with serving(server) as url, Client(access_token="T", base_url=url) as client:
        client.link_miniprogram("wx1234567890abcdef", **{name: True})
    sent = json.loads(server.requests[0].body or "")
    assert {field for field, value in sent.items() if value == 1} == {name}


def test_the_verification_file(jumpqr_sandbox: Sandbox) -> None:
    with jumpqr_sandbox.client() as client:
        file = client.download_qr_code_text()
    assert file.location("https://m.example.cn/a/b") == f"https://m.example.cn/a/{file.file_name}"


class Account:
    """A service account whose list is too long for one answer, and whose rules can be deleted."""

    def __init__(self, count: int) -> None:
        self.prefixes = [f"http://weixin.qq.com/q/{number}" for number in range(count)]
        self.requests: list[str] = []

    def __call__(self, request: Request) -> Action:
        body = json.loads(request.body or "{}")
        self.requests.append(request.path.rpartition("/")[2])
        if "prefix" in body:
            self.prefixes.remove(body["prefix"])
            return Reply(b'{"errcode":0}')
        listed = self.prefixes[:100]
        if body["get_type"] == 1:
            listed = [prefix for prefix in self.prefixes if prefix in body["prefix_list"]]
        elif body["get_type"] == 2:
            start = (body["page_num"] - 1) * body["page_size"]
            listed = self.prefixes[start : start + body["page_size"]]
        rules = [{"prefix": prefix, "path": "p"} for prefix in listed]
        answer = {"errcode": 0, "rule_list": rules, "total_count": len(self.prefixes)}
        return Reply(json.dumps(answer).encode())


def test_rules_are_asked_for_as_they_are_needed() -> None:
    account = Account(450)
    with serving(account) as url, Client(access_token="T", base_url=url, pacing=False) as client:
        rules = client.rules("wx1234567890abcdef")
        assert len(account.requests) == 0
        assert [next(rules).prefix, next(rules).prefix] == account.prefixes[:2]
        # First all rules in one answer, which are too many; then the first page.
        assert len(account.requests) == 2
        assert [rule.prefix for rule in rules] == account.prefixes[2:]
        assert len(account.requests) == 4
        with pytest.raises(jumpqr.ValidationError):
            next(client.rules(""))


def test_each_rule_may_be_deleted_when_it_is_given() -> None:
    account = Account(450)
    appid = "wx1234567890abcdef"
    with serving(account) as url, Client(access_token="T", base_url=url, pacing=False) as client:
        for rule in client.rules(appid):
            assert client.delete_jump_qr_code(rule.prefix, appid=appid) is Confirmation.ANSWERED
    assert account.prefixes == []
    assert account.requests.count("qrcodejumpdelete") == 450


def test_what_is_not_json_is_refused(jumpqr_sandbox: Sandbox) -> None:
    with jumpqr_sandbox.client() as client:
        with pytest.raises(TypeError, match="not bytes"):
            client.add_jump_qr_code({**RULE.to_dict(), "path": b"pages"})
        with pytest.raises(jumpqr.ValidationError) as refused:
            client.add_jump_qr_code({**RULE.to_dict(), "open_version": float("nan")})
    assert refused.value.violations[0].code == "not_json"
    assert "finite numbers" in str(refused.value)
    assert jumpqr_sandbox.counters()["business_calls"] == 0
    assert jumpqr.check({"open_version": float("nan")}).violations[0].code == "not_json"
    assert jumpqr.check("\ud800").violations[0].code == "not_utf8"


def test_a_raw_call_takes_its_arguments_in_several_forms() -> None:
    server = Recorder(Reply('{"b":1,"a":"店","id":123456789012345678901}'.encode()))
    queries: list[Any] = [
        {"z": "1", "a": 2},
        [("z", "1"), ("a", 2)],
        MappingProxyType({"z": 1, "a": "2"}),
        None,
    ]
    bodies: list[Any] = [
        {"z": [1, -1.5, True, None], "a": {"店": '"\\', "id": 2**64 - 1}},
        MappingProxyType({"z": (1, -1.5, True, None), "a": {"店": '"\\', "id": 2**64 - 1}}),
        [],
    ]
    with serving(server) as url, Client(access_token="T", base_url=url) as client:
        for query in queries:
            answer = client.call_raw("/a", query)
        for body in bodies:
            client.call_raw("/a", body=body, repeatable=True, timeout=5)
    assert answer == {"b": 1, "a": "店", "id": 123456789012345678901}
    assert list(answer) == ["b", "a", "id"]
    assert [request.query_without_token() for request in server.requests] == [
        *["z=1&a=2"] * 3,
        *[""] * 4,
    ]
    sent = '{"z":[1,-1.5,true,null],"a":{"店":"\\"\\\\","id":18446744073709551615}}'
    assert [request.body for request in server.requests] == [*[None] * 4, sent, sent, "[]"]


class Endless(list[Any]):
    """A list that contains itself."""

    def __init__(self) -> None:
        super().__init__([self])


@pytest.mark.parametrize(
    ("arguments", "error", "says"),
    [
        ({"body": "S3CRET"}, TypeError, "body: give a mapping or a list, not str"),
        ({"body": {"a": b"S3CRET"}}, TypeError, "body: .* not bytes"),
        ({"body": {1: "S3CRET"}}, TypeError, "body: .* not int"),
        ({"body": {"a": float("nan")}}, jumpqr.ValidationError, "body: .* finite"),
        ({"body": {"a": 2**64}}, jumpqr.ValidationError, "body: .* 64 bits"),
        ({"body": {"a": "\ud800"}}, jumpqr.ValidationError, "body: .* Unicode"),
        ({"body": Endless()}, jumpqr.ValidationError, "body: .* too deep"),
        ({"query": "a=S3CRET"}, TypeError, "query: give .* not str"),
        ({"query": {"a": b"S3CRET"}}, TypeError, "not bytes"),
        ({"query": {"a": True}}, jumpqr.ValidationError, r"query\[0\]: has true or false"),
        ({"query": {"a": 1.5}}, jumpqr.ValidationError, r"query\[0\]: has a number"),
        ({"query": [("a",)]}, jumpqr.ValidationError, r"query\[0\]: is not a name and a value"),
        ({"query": {"access_token": "S3CRET"}}, jumpqr.ValidationError, r"query\[0\]"),
        ({"repeatable": "S3CRET"}, jumpqr.ValidationError, "repeatable: "),
        ({"path": 7}, jumpqr.ValidationError, "path: is a number"),
        ({"path": None}, jumpqr.ValidationError, "path: is missing"),
    ],
)
def test_a_raw_call_with_a_wrong_argument_is_refused_without_its_value(
    arguments: dict[str, Any], error: type[Exception], says: str
) -> None:
    given = {"path": "/a", **arguments}
    platform = Platform(
        component_appid="wxplatform00000000", component_appsecret="s", token_store="memory:"
    )
    with Client(access_token="T", base_url="http://127.0.0.1:1") as client, platform:
        for caller in (client, platform):
            with pytest.raises(error, match=says) as refused:
                caller.call_raw(**given)
            assert "S3CRET" not in str(refused.value)


def test_what_is_edited_is_decided_by_the_core() -> None:
    with Client(access_token="T") as client, pytest.raises(jumpqr.ValidationError) as refused:
        client.add_jump_qr_code(RULE, is_edit="yes")  # type: ignore[arg-type]
    assert [violation.field for violation in refused.value.violations] == ["is_edit"]


def test_a_long_list_is_no_document() -> None:
    server = Recorder(Reply(b'{"errcode":0}'))
    with serving(server) as url, Client(access_token="T", base_url=url, validate=False) as client:
        client.add_jump_qr_code(
            {**RULE.to_dict(), "debug_url": ["https://m.example.cn/table/" + "x" * 1000] * 1500}
        )
    assert len(server.requests[0].body or "") > 1 << 20


def test_validate_can_be_left_out(jumpqr_sandbox: Sandbox) -> None:
    with jumpqr_sandbox.client() as client:
        wrong = {**RULE.to_dict(), "debug_url": ["https://other.example.cn/"]}
        with pytest.raises(jumpqr.ValidationError):
            client.add_jump_qr_code(wrong)
        with pytest.raises(jumpqr.JumpqrError) as refused:
            client.add_jump_qr_code(wrong, validate=False)
    assert refused.value.errcode == 85068


@pytest.mark.parametrize(
    ("setting", "value", "code"),
    [
        ("timeout", float("nan"), "not_json"),
        ("tls_roots", b"none", "unusable"),
        ("extra_tls_roots", b"none", "unusable"),
        ("token_store", b"S3CRET", "wrong_type"),
        ("proxy", object(), "wrong_type"),
        ("time_out", 1, "unknown_setting"),
    ],
)
def test_a_setting_that_only_python_has_is_named_but_not_shown(
    setting: str, value: object, code: str
) -> None:
    with pytest.raises(jumpqr.ValidationError) as refused:
        Client(access_token="T", **{setting: value})  # type: ignore[arg-type]
    found = [(violation.field, violation.code) for violation in refused.value.violations]
    assert found == [(setting, code)]
    assert "S3CRET" not in repr(refused.value)


@pytest.mark.parametrize(
    ("settings", "action", "code", "requests"),
    [
        # A server that says nothing is asked again; a call whose time is over is not.
        ({"read_timeout": 0.2, "timeout": 8}, Silence(), "timeout", 2),
        ({"timeout": 0.2}, Silence(), "timeout", 1),
        ({"body_limit": 5}, Reply(b'{"errcode":0,"rule_list":[]}'), "body_too_large", 1),
        ({"max_retries": 0}, Close(), "connection_lost", 1),
    ],
)
def test_a_setting_is_kept(
    settings: dict[str, float], action: Action, code: str, requests: int
) -> None:
    server = Recorder(action)
    with serving(server) as url:
        client = Client(**{"access_token": "T", "base_url": url, "max_retries": 1, **settings})  # type: ignore[arg-type]
        with pytest.raises(jumpqr.JumpqrError) as ended:
            client.get_jump_qr_code()
    assert (ended.value.code, len(server.requests)) == (code, requests)


def test_the_proxy_is_the_one_given_or_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # An address for documentation, where nobody is.
    settings = {
        "access_token": "T",
        "base_url": "http://192.0.2.1",
        "allow_http": True,
        "max_retries": 0,
    }
    asked = Recorder()
    with serving(asked) as url:
        for name in (
            "http_proxy",
            "HTTP_PROXY",
            "https_proxy",
            "HTTPS_PROXY",
            "all_proxy",
            "ALL_PROXY",
        ):
            monkeypatch.setenv(name, url)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        for choice, requests in [({"proxy": "direct"}, 0), ({}, 1), ({"proxy": url}, 2)]:
            with pytest.raises(jumpqr.JumpqrError):
                Client(**settings, **choice, connect_timeout=0.3).get_jump_qr_code(timeout=2)  # type: ignore[arg-type]
            assert len(asked.requests) == requests, choice
    assert {(request.method, request.path) for request in asked.requests} == {
        ("CONNECT", "192.0.2.1:80")
    }


def test_a_proxy_that_cannot_be_used_is_not_passed_over_in_silence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ALL_PROXY", "socks4://user:P4SS@proxy")
    with pytest.raises(
        jumpqr.ValidationError, match="ALL_PROXY cannot be used: SOCKS 4"
    ) as refused:
        Client(access_token="T")
    assert "P4SS" not in repr(refused.value)
    monkeypatch.setenv("NO_PROXY", "localhost, .qq.com")
    Client(access_token="T")


def test_the_version_of_ip_is_kept() -> None:
    server = Recorder()
    with serving(server) as url:
        client = Client(access_token="T", base_url=url, max_retries=0, ip_version="ipv6")
        with pytest.raises(jumpqr.NetworkError, match="to an IPv6 address"):
            client.get_jump_qr_code()
        assert not server.requests
        Client(access_token="T", base_url=url, ip_version="ipv4").get_jump_qr_code()


def test_an_extra_authority_is_trusted_besides_the_others() -> None:
    with program() as address, closing(Hostile(address, "tls-right")) as server:
        authority = server.tls_roots
        make = partial(
            Client, access_token=server.access_token, base_url=server.base_url, max_retries=0
        )
        for others in (None, "bundled", "os"):
            with pytest.raises(jumpqr.NetworkError, match="extra TLS roots"):
                make(tls_roots=others).get_jump_qr_code()
            make(tls_roots=others, extra_tls_roots=authority).get_jump_qr_code()
        make(tls_roots=authority.decode()).get_jump_qr_code()


@pytest.mark.parametrize(
    "setting", ["access_token", "appid", "secret", "proxy", "token_store", "base_url"]
)
def test_a_setting_that_is_no_text_is_named_but_not_shown(setting: str) -> None:
    # What os.environ gives for bytes that are not UTF-8.
    value = b"APPSECRET\xff".decode(errors="surrogateescape")
    settings = {"appid": "wx1", "secret": "s"} if setting != "access_token" else {}
    with pytest.raises(ValueError, match=f"{setting}: is not Unicode text") as refused:
        Client(**{**settings, setting: value})  # type: ignore[arg-type]
    assert "APPSECRET" not in repr(refused.value)
    assert refused.value.__context__ is None


def test_a_closed_client_says_so(jumpqr_sandbox: Sandbox) -> None:
    client = jumpqr_sandbox.client()
    client.close()
    client.close()
    with pytest.raises(RuntimeError, match="closed"):
        client.download_qr_code_text()


class Named:
    def __init__(self, *, name: str, **settings: Any) -> None:
        super().__init__(**settings)
        self.name = name


class Wary(Named, Client):
    """A client of a caller's own, whose constructor takes something else."""

    def __init__(self, base_url: str) -> None:
        super().__init__(name="wary", access_token="T", base_url=base_url)

    def add_jump_qr_code(self, *arguments: Any, **fields: Any) -> Confirmation:
        return super().add_jump_qr_code(*arguments, **{"is_edit": True, **fields})


def test_a_client_may_be_derived_from() -> None:
    server = Recorder(Reply(b'{"errcode":0}'))
    with serving(server) as url, Wary(url) as client:
        client.add_jump_qr_code(RULE)
        assert client.name == "wary"
        assert weakref.ref(client)() is client
    assert (server.requests[0].body or "").endswith('"is_edit":1}')
    with pytest.raises(RuntimeError, match="closed"):
        client.add_jump_qr_code(RULE)


def test_a_client_keeps_its_secrets() -> None:
    client = Client(appid="wx1234567890abcdef", secret="APPSECRET")
    assert "APPSECRET" not in f"{client!r} {vars(client)}"
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(client)


def test_a_timeout_of_one_call() -> None:
    server = Recorder(Silence())
    with (
        serving(server) as url,
        Client(access_token="T", base_url=url, timeout=8, read_timeout=0.5) as client,
    ):
        with pytest.raises(jumpqr.CallTimeoutError) as ended:
            client.get_jump_qr_code(timeout=0.2)
        assert isinstance(ended.value, TimeoutError)
        with pytest.raises(jumpqr.CallTimeoutError):
            next(client.rules(timeout=0.2))
    # With more time, a server that says nothing is asked again.
    assert len(server.requests) == 2


def test_the_token_function_is_asked_in_the_thread_of_the_call(jumpqr_sandbox: Sandbox) -> None:
    asked: list[tuple[str | None, str]] = []
    appid = jumpqr_sandbox.mini_program.appid
    tokens = [jumpqr_sandbox.access_token(appid), ""]
    jumpqr_sandbox.kill_tokens(appid)
    tokens[1] = jumpqr_sandbox.access_token(appid)

    def token(rejected: str | None) -> str:
        asked.append((rejected, threading.current_thread().name))
        return tokens[1] if rejected == tokens[0] else tokens[0]

    with Client(access_token=token, base_url=jumpqr_sandbox.base_url) as client:
        client.get_jump_qr_code()
        threads = [threading.Thread(target=client.get_jump_qr_code, name="caller")]
        for thread in threads:
            thread.start()
            thread.join()
    assert asked == [
        (None, "MainThread"),
        (tokens[0], "MainThread"),
        (None, "caller"),
        (tokens[0], "caller"),
    ]


class VaultError(Exception):
    pass


def test_what_the_token_function_raises_comes_out() -> None:
    raised = VaultError("sealed")

    def token(rejected: str | None) -> str:
        raise raised

    caught: list[BaseException] = []
    with Client(access_token=token) as client:
        with pytest.raises(VaultError) as ended:
            client.get_jump_qr_code()
        assert ended.value is raised

        def call() -> None:
            try:
                client.get_jump_qr_code()
            except VaultError as error:
                caught.append(error)

        thread = threading.Thread(target=call)
        thread.start()
        thread.join()
    assert caught == [raised]


def test_a_token_of_another_type_is_not_printed() -> None:
    client = Client(access_token=lambda rejected: b"T0KEN")  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match="must return a str of Unicode text, not bytes") as ended:
        client.get_jump_qr_code()
    assert "T0KEN" not in str(ended.value)
    client = Client(access_token=lambda rejected: "T0KEN\udcff")
    with pytest.raises(TypeError, match="must return a str of Unicode text") as ended:
        client.get_jump_qr_code()
    assert "T0KEN" not in repr((ended.value, ended.value.__cause__, ended.value.__context__))


def test_calls_are_logged_without_secrets(
    jumpqr_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secret = jumpqr_sandbox.mini_program.secret

    def fail(rejected: str | None) -> str:
        raise VaultError(f"no token for {secret}")

    with jumpqr_sandbox.client() as client:
        client.get_jump_qr_code()
        with pytest.raises(jumpqr.StateError):
            client.publish_jump_qr_code("https://m.example.cn/none")
        with pytest.raises(VaultError):
            Client(access_token=fail).get_jump_qr_code()
    messages = [record.getMessage() for record in caplog.records if record.name == "jumpqr"]
    assert [message.partition(" ")[0] for message in messages] == [
        "stable_token",
        "getJumpQRCode",
        "publishJumpQRCode",
        "getJumpQRCode",
    ]
    assert " code=no_such_rule " in messages[2]
    assert " code=token_source_failed " in messages[3]
    assert secret not in caplog.text


class HandlerError(Exception):
    pass


@pytest.mark.parametrize("level", [logging.DEBUG, logging.WARNING])
def test_a_handler_that_fails_does_not_take_the_result(
    jumpqr_sandbox: Sandbox,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    level: int,
) -> None:
    class Failing(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            raise HandlerError(record.getMessage())

    caplog.set_level(level, logger="jumpqr")
    monkeypatch.setattr(logging.getLogger("jumpqr"), "handlers", [Failing()])
    with jumpqr_sandbox.client() as client:
        assert client.add_jump_qr_code(RULE) is jumpqr.Confirmation.ANSWERED
        with pytest.raises(jumpqr.StateError):
            client.publish_jump_qr_code("https://m.example.cn/none")


def test_retries_and_read_backs_are_logged(
    jumpqr_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    jumpqr_sandbox.inject("truncate", on="addJumpQRCode")
    jumpqr_sandbox.inject("errcode", errcode=44990, on="getJumpQRCode")
    caplog.set_level(logging.DEBUG, logger="jumpqr")
    with jumpqr_sandbox.client() as client:
        client.add_jump_qr_code(RULE)
    lines = [record.getMessage() for record in caplog.records if record.name == "jumpqr"]
    assert lines[0].startswith("stable_token ")
    assert re.fullmatch(r"addJumpQRCode: reads back the change because of \w+", lines[1])
    assert re.fullmatch(r"addJumpQRCode: retry 1 in [\d.]+m?s because of \w+ \(44990\)", lines[2])
    assert re.fullmatch(r"addJumpQRCode: done after [\d.]+m?s: 1 retry, 1 read-back", lines[3])
    assert lines[4].startswith("addJumpQRCode ")
    assert len(lines) == 5
    caplog.clear()
    caplog.set_level(logging.INFO, logger="jumpqr")
    jumpqr_sandbox.inject("errcode", errcode=44990, on="getJumpQRCode")
    with jumpqr_sandbox.client() as client:
        client.get_jump_qr_code()
    assert not caplog.records


def test_a_write_whose_answer_was_lost_is_read_back(jumpqr_sandbox: Sandbox) -> None:
    jumpqr_sandbox.inject("truncate", on="addJumpQRCode")
    with jumpqr_sandbox.client() as client:
        assert client.add_jump_qr_code(RULE) is Confirmation.READ_BACK


def test_a_rule_is_looked_up_before_it_is_published_or_deleted(jumpqr_sandbox: Sandbox) -> None:
    slip = RULE.prefix.rstrip("/") if RULE.prefix.endswith("/") else f"{RULE.prefix}/"
    with jumpqr_sandbox.client() as client:
        client.add_jump_qr_code(RULE)
        with pytest.raises(jumpqr.StateError, match=f"did you mean {RULE.prefix}[?]") as ended:
            client.publish_jump_qr_code(slip)
        assert (ended.value.code, ended.value.outcome) == ("no_such_rule", Outcome.NOT_APPLIED)
        assert client.delete_jump_qr_code(slip) is Confirmation.NOT_THERE
        assert jumpqr.nearest_prefix(slip, client.rules()) == RULE.prefix
        assert client.publish_jump_qr_code(RULE.prefix) is Confirmation.ANSWERED
        assert client.publish_jump_qr_code(RULE.prefix) is Confirmation.ALREADY_PUBLISHED
        assert client.delete_jump_qr_code(RULE.prefix) is Confirmation.ANSWERED
    calls = jumpqr_sandbox.counters()["calls"]
    assert (calls["publishJumpQRCode"], calls["deleteJumpQRCode"]) == (1, 1)
    with jumpqr_sandbox.client(validate=False) as client, pytest.raises(jumpqr.InvalidError):
        client.publish_jump_qr_code(slip)


def test_a_listed_rule_is_edited_and_sent_back(jumpqr_sandbox: Sandbox) -> None:
    edits: list[tuple[str, Callable[[ListedRule], ListedRule | dict[str, object]]]] = [
        ("pages/a", lambda listed: dataclasses.replace(listed, path="pages/a")),
        ("pages/b", lambda listed: {**dataclasses.asdict(listed), "path": "pages/b"}),
        (
            "pages/c",
            lambda listed: json.loads(
                json.dumps({**dataclasses.asdict(listed), "path": "pages/c"})
            ),
        ),
    ]
    with jumpqr_sandbox.client() as client:
        client.add_jump_qr_code(RULE)
        for path, edit in edits:
            (listed,) = client.rules()
            assert listed.state is RuleState.UNPUBLISHED
            edited = edit(listed)
            assert not jumpqr.check(edited).violations
            assert client.add_jump_qr_code(edited, is_edit=Edit.MODIFY) is Confirmation.ANSWERED
            assert next(iter(client.rules())) == dataclasses.replace(listed, path=path)
        service = ListedRule(
            "http://weixin.qq.com/q/abc", path="pages/a", state=RuleState.UNPUBLISHED
        )
        with pytest.raises(
            jumpqr.ValidationError, match=r"appid: is missing.*getJumpQRCode does not list"
        ) as ended:
            client.add_jump_qr_code(service)
        assert [violation.field for violation in ended.value.violations] == ["appid"]
