"""`tokens.json` and `renewals.json` over HTTP, against a scripted server."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from token_vector import check_tokens
from vectors import load, run


def test_tokens(count: Callable[[str, int], None]) -> None:
    file = load("tokens.json", ["tokens"])
    count("tokens.json", run(file["tokens"], check_tokens))


def test_renewals(count: Callable[[str, int], None]) -> None:
    file = load("renewals.json", ["renewals"])
    count("renewals.json", run(file["renewals"], check_tokens))


def test_a_vector_that_is_wrong_fails() -> None:
    vectors = load("tokens.json", ["tokens"])["tokens"]
    vector = next(
        vector for vector in vectors if vector["name"] == "without a ticket nothing is sent"
    )
    for step, text in [
        ({"token_status": {"state": "valid"}}, "missing"),
        ({"token_status": {"kind": None}}, "not known"),
        ({"new_client": False}, "1 of 1 failed"),
        ({"explode": True}, "one of"),
        ({"stored": {"interface": "api_authorizer_token"}}, "1 of 1 failed"),
    ]:
        with pytest.raises(AssertionError, match=text):
            run([{**vector, "steps": [step]}], check_tokens)
    call = next(step for step in vector["steps"] if "call" in step)
    exchange = {"path": "/", "query": {}, "reply": {"body": "{}"}}
    with pytest.raises(AssertionError, match="were not sent"):
        run([{**vector, "steps": [{**call, "exchanges": [exchange]}]}], check_tokens)
