"""The shared vectors, but for the flows, through the public interface."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import jumpqr
from jumpqr import Client
from scripted_server import Action, Recorder, Reply, Request, serving
from vectors import (
    Vector,
    check_error,
    check_secrets,
    choice,
    credentials,
    invoke,
    issues_token,
    keys,
    load,
    raw,
    run,
    same,
    sends_secret,
    wire,
)

Count = Callable[[str, int], None]

REFUSAL = Reply(b'{"errcode":40097,"errmsg":"invalid args"}')


def check_request(vector: Vector) -> None:
    keys(vector, "name call method path query access_token body")
    call = vector["call"]
    server = Recorder(REFUSAL)
    if issues_token(call):
        sent = first_token_request(call)
    else:
        settings = credentials(call) if sends_secret(call) else {"access_token": "ACCESS-TOKEN"}
        with serving(server) as url, pytest.raises(jumpqr.JumpqrError):
            invoke(Client(**settings, base_url=url, max_retries=0, validate=False), call)
        sent = server.requests[0]
    assert (sent.method, sent.path) == (vector["method"], vector["path"])
    assert sent.query_without_token() == vector["query"]
    assert (sent.access_token is not None) == vector["access_token"]
    assert sent.body == vector["body"]


def first_token_request(call: Vector) -> Request:
    """The request for a token; the one that forces a new token, if the call does."""
    requests: list[Request] = []
    # What was refused just now is handed out once more: then the client forces a new one.
    stale = Reply(b'{"errcode":40001,"access_token":"STALE","expires_in":7200}')

    def answer(request: Request) -> Action:
        if request.access_token:
            return stale
        requests.append(request)
        return Reply(stale.body.replace(b"40001", b"0"))

    with (
        serving(answer) as url,
        Client(base_url=url, max_retries=0, pacing=False, **credentials(call)) as client,
    ):
        for _ in range(3):
            with pytest.raises(jumpqr.JumpqrError):
                client.download_qr_code_text()
    if call["arguments"].get("force_refresh"):
        return next(
            request for request in requests if json.loads(request.body or "")["force_refresh"]
        )
    return requests[0]


def test_requests(count: Count) -> None:
    file = load("requests.json", ["requests"])
    count("requests.json", run(file["requests"], check_request, at_once=4))


def check_answer(vector: Vector) -> None:
    keys(vector, "name call reply result")
    keys(vector["reply"], "body", "status")
    call = vector["call"]
    server = Recorder(Reply(raw(vector["reply"]["body"]), vector["reply"].get("status", 200)))
    tokens = ["ACCESS-TOKEN-1", "ACCESS-TOKEN-2"]
    settings: dict[str, Any]
    if issues_token(call):
        settings, secrets = credentials(call), [call["arguments"]["secret"]]
        call = {"interface": "downloadQRCodeText", "arguments": {}}
    elif sends_secret(call):
        settings, secrets = credentials(call), [call["arguments"]["secret"]]
    else:
        settings = {"access_token": lambda rejected: tokens[1 if rejected == tokens[0] else 0]}
        secrets = tokens
    outcome, expected = choice(vector["result"], "answer error")
    with (
        serving(server) as url,
        Client(base_url=url, max_retries=0, pacing=False, validate=False, **settings) as client,
    ):
        try:
            answer = invoke(client, call)
        except jumpqr.JumpqrError as error:
            check_secrets(error, secrets)
            if outcome == "answer":
                # The call that needs the token gets the token's answer, which is none to it.
                assert server.requests[1].access_token == expected["access_token"]
                return
            check_error(error, expected)
            return
    assert outcome == "answer", f"expected {expected}, found {answer}"
    assert same(wire(answer), expected), (answer, expected)


def test_answers(count: Count) -> None:
    file = load("answers.json", ["answers"])
    count("answers.json", run(file["answers"], check_answer, at_once=4))


def compare(expected: list[Vector], found: tuple[jumpqr.Finding, ...]) -> None:
    left = list(found)
    for wanted in expected:
        keys(wanted, "field code", "contains")
        fits = [
            finding
            for finding in left
            if (finding.field, finding.code) == (wanted["field"], wanted["code"])
            and all(part in finding.message for part in wanted.get("contains", []))
        ]
        assert fits, f"no {wanted} in {found}"
        left.remove(fits[0])
    assert not left, f"findings too many: {left}"


def check_validation(vector: Vector) -> None:
    keys(vector, "name input violations warnings")
    form, value = choice(vector["input"], "mapping document call")
    server = Recorder(REFUSAL)
    error = None
    with (
        serving(server) as url,
        Client(access_token="ACCESS-TOKEN", base_url=url, max_retries=0) as client,
    ):
        if form == "call":
            report = jumpqr.check_call(value["interface"], **value["arguments"])
            with pytest.raises(jumpqr.JumpqrError) as raised:
                invoke(client, value)
            error = raised.value
        elif form == "mapping":
            report = jumpqr.check(json.dumps(value) if isinstance(value, str) else value)
            if isinstance(value, dict):
                with pytest.raises(jumpqr.JumpqrError) as raised:
                    client.add_jump_qr_code(value)
                error = raised.value
        else:
            report = jumpqr.check(raw(value))
    compare(vector["violations"], report.violations)
    compare(vector["warnings"], report.warnings)
    assert bool(report) == (not vector["violations"])
    if error and report.violations:
        assert isinstance(error, jumpqr.ValidationError)
        assert error.violations == report.violations
    assert len(server.requests) == (1 if error and not report.violations else 0)


def test_validation(count: Count) -> None:
    file = load("validation.json", ["validations"])
    count("validation.json", run(file["validations"], check_validation, at_once=4))


def check_match(vector: Vector) -> None:
    keys(
        vector,
        "name rules link hit shadowed opens obstacles reasons",
        "qrcodejump_open is_released opens_for_testers test_version path",
    )
    for rule in vector["rules"]:
        keys(rule, "prefix state", "path open_version debug_url")
    known = {name: vector.get(name) for name in ("qrcodejump_open", "is_released")}
    rules = jumpqr.RuleSet(vector["rules"], **known)
    found = rules.match_url(vector["link"])
    assert (found.hit and found.hit["prefix"]) == vector["hit"]
    assert (found.shadowed and found.shadowed["prefix"]) == vector["shadowed"]
    assert found.opens == vector["opens"]
    assert list(found.obstacles) == vector["obstacles"]
    assert all(obstacle.message for obstacle in found.obstacles)
    assert found.opens_for_testers == vector.get("opens_for_testers", vector["opens"])
    assert found.test_version == vector.get("test_version")
    assert found.path == vector.get("path")
    assert jumpqr.match_url(vector["rules"], vector["link"], **known) == found
    assert rules.explain(vector["link"]) == vector["reasons"]


def check_occupation(vector: Vector) -> None:
    keys(vector, "name prefix other occupies")
    assert jumpqr.occupies(vector["prefix"], vector["other"]) == vector["occupies"]


def check_location(vector: Vector) -> None:
    keys(vector, "name prefix file_name location")
    assert (
        jumpqr.verification_file_location(vector["prefix"], vector["file_name"])
        == vector["location"]
    )
    file = jumpqr.VerificationFile(vector["file_name"], "content")
    assert file.location(vector["prefix"]) == vector["location"]


def check_nearest_prefix(vector: Vector) -> None:
    keys(vector, "name prefix listed", "nearest")
    assert jumpqr.nearest_prefix(vector["prefix"], vector["listed"]) == vector.get("nearest")


def check_launch_query(vector: Vector) -> None:
    keys(vector, "name link scancode_time query")
    assert jumpqr.launch_query(vector["link"], vector["scancode_time"]) == vector["query"]


def test_matching(count: Count) -> None:
    checks = {
        "matches": check_match,
        "occupations": check_occupation,
        "verification_files": check_location,
        "launch_queries": check_launch_query,
        "nearest_prefixes": check_nearest_prefix,
    }
    file = load("matching.json", checks)
    count("matching.json", sum(run(file[table], check) for table, check in checks.items()))


def test_errcodes(count: Count) -> None:
    known = jumpqr.names()
    found: dict[str, list[Any]] = {
        "errcodes": [
            {
                "number": code.number,
                "name": code.name,
                "kind": code.kind,
                "reaction": code.reaction,
                **({"wait_seconds": code.wait_seconds} if code.wait_seconds else {}),
                "retryable": code.retryable,
            }
            for code in jumpqr.errcodes()
        ],
        "own_codes": [
            {name: code[name] for name in ("name", "kind", "retryable")}
            for code in known["own_codes"]
        ],
        "findings": known["findings"],
        "link_statuses": known["link_statuses"],
        "kinds": known["kinds"],
        "outcomes": known["outcomes"],
        "mismatches": [reason["code"] for reason in known["mismatches"]],
        "obstacles": [obstacle["code"] for obstacle in known["obstacles"]],
        "confirmations": known["confirmations"],
    }
    file = load("errcodes.json", found)
    for table, entries in found.items():
        assert same(entries, file[table]), table
    count("errcodes.json", sum(map(len, found.values())))
    for code in file["errcodes"]:
        looked_up = jumpqr.errcode(code["number"])
        assert looked_up is not None
        assert looked_up.name == code["name"]


def test_every_file_is_run(vector_files: set[str]) -> None:
    tests = "requests answers validation matching errcodes flows tokens renewals faults"
    tests += " call_events names preflight pushes qr raw_calls settings"
    assert vector_files == {f"{name}.json" for name in tests.split()}


def test_a_vector_that_is_wrong_fails() -> None:
    with pytest.raises(AssertionError, match="not known"):
        run(
            [{"name": "a", "prefix": "p", "other": "p", "occupies": True, "more": 1}],
            check_occupation,
        )
    with pytest.raises(AssertionError, match="missing"):
        run([{"name": "a", "prefix": "p", "other": "p"}], check_occupation)
    with pytest.raises(AssertionError, match="1 of 1 failed"):
        run([{"name": "a", "prefix": "p", "other": "q", "occupies": True}], check_occupation)
