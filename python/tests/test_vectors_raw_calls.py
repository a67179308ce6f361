"""`raw_calls.json` over HTTP, against a scripted server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import jumpqr
from jumpqr import Client, Platform
from scripted_server import Action, Close, Reply, Request, serving
from vectors import Vector, check_error, check_secrets, choice, keys, load, raw, run, same

TOKENS = ["ACCESS-TOKEN", "COMPONENT-TOKEN", "COMPONENTSECRET", "ticket@@@", "S3CRET"]

COMPONENT_TOKEN = b'{"component_access_token":"COMPONENT-TOKEN","expires_in":7200}'


class Script:
    """The requests to come, and what came otherwise."""

    def __init__(self, exchanges: list[Vector], body: str | None) -> None:
        self.exchanges = list(exchanges)
        self.body = body
        self.wrong: list[str] = []

    def answer(self, request: Request) -> Action:
        """Check that the request is the next one, and answer it."""
        if request.path == "/cgi-bin/component/api_component_token":
            return Reply(COMPONENT_TOKEN)
        if not self.exchanges:
            self.wrong.append(f"a request too many: {request}")
            return Close()
        exchange = self.exchanges.pop(0)
        keys(exchange, "target", "reply")
        found = (request.method, f"{request.path}?{request.query}", request.body)
        wanted = ("GET" if self.body is None else "POST", exchange["target"], self.body)
        if found != wanted:
            self.wrong.append(f"expected {wanted}, found {found}")
        if "reply" not in exchange:
            return Close()
        keys(exchange["reply"], "body", "status")
        return Reply(raw(exchange["reply"]["body"]), exchange["reply"].get("status", 200))

    def check(self) -> None:
        """Fail if anything was wrong."""
        assert not self.wrong, self.wrong
        assert not self.exchanges, f"were not sent: {self.exchanges}"


def caller_of(of: str, **settings: Any) -> Client | Platform:
    """Make the client or the platform."""
    settings = {"pacing": False, "validate": False, **settings}
    if of == "client":

        def tokens(rejected: str | None) -> str:
            return "ACCESS-TOKEN-1" if rejected is None else "ACCESS-TOKEN-2"

        return Client(access_token=tokens, **settings)
    assert of == "platform"
    platform = Platform(
        component_appid="wxplatform00000000",
        component_appsecret="COMPONENTSECRET",
        token_store="memory:",
        **settings,
    )
    platform.set_verify_ticket("ticket@@@T1")
    return platform


def call_raw(caller: Client | Platform, call: Vector) -> dict[str, Any]:
    """Make the call of a vector."""
    keys(call, "path", "query body repeatable")
    body = call.get("body")
    return caller.call_raw(
        call["path"],
        dict(call.get("query", [])),
        body and json.loads(body),
        repeatable=call.get("repeatable", False),
    )


def check_call(vector: Vector) -> None:
    """Check what is sent, and how the call ends."""
    optional = "max_retries component_token_field secrets"
    keys(vector, "name of call exchanges result", optional)
    settings: dict[str, Any] = {"max_retries": vector.get("max_retries", 0)}
    if "component_token_field" in vector:
        settings["component_token_field"] = vector["component_token_field"]
    script = Script(vector["exchanges"], vector["call"].get("body"))
    outcome, expected = choice(vector["result"], "answer error")
    with (
        serving(script.answer) as url,
        caller_of(vector["of"], base_url=url, **settings) as caller,
    ):
        try:
            answer = call_raw(caller, vector["call"])
        except jumpqr.JumpqrError as error:
            check_secrets(error, [*TOKENS, *vector.get("secrets", [])])
            assert outcome == "error", f"expected {expected}, found {error!r}, {script.wrong}"
            check_error(error, expected)
        else:
            assert outcome == "answer", f"expected {expected}, found {answer}"
            assert same(answer, expected), (answer, expected)
    script.check()


def check_refused(vector: Vector) -> None:
    """Check that the call is refused by both, and nothing is sent."""
    keys(vector, "name call findings")
    script = Script([], None)
    for of in ["client", "platform"]:
        with (
            serving(script.answer) as url,
            caller_of(of, base_url=url) as caller,
            pytest.raises(jumpqr.ValidationError) as raised,
        ):
            call_raw(caller, vector["call"])
        error: jumpqr.ValidationError = raised.value
        check_secrets(error, TOKENS)
        found = [(finding.field, finding.code) for finding in error.violations]
        wanted = [(finding["field"], finding["code"]) for finding in vector["findings"]]
        assert sorted(found) == sorted(wanted)
    script.check()


def test_raw_calls(count: Callable[[str, int], None]) -> None:
    file = load("raw_calls.json", ["raw_calls", "refused"])
    names = [vector["name"] for table in file.values() for vector in table]
    assert len(names) == len(set(names))
    ran = run(file["raw_calls"], check_call, at_once=4)
    count("raw_calls.json", ran + run(file["refused"], check_refused, at_once=4))
