"""What WeChat pushes: types of arguments, and nothing that prints or stores a secret."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from jumpqr import Push, Receiver, ValidationError
from test_vectors_pushes import FILE

TICKET = next(vector for vector in FILE["pushes"] if vector["name"] == "a ticket")
AUTHORISATION = next(vector for vector in FILE["pushes"] if vector["name"] == "an authorisation")


def receive(vector: dict[str, Any]) -> Push:
    return Receiver(**vector["config"]).receive(vector["query"], vector["body"])


def test_an_event_has_none_for_what_it_lacks() -> None:
    event = receive(TICKET).event
    assert event.info_type == "component_verify_ticket"
    assert event.component_verify_ticket == TICKET["event"]["component_verify_ticket"]
    assert event.create_time == TICKET["event"]["create_time"]
    assert (event.authorizer_appid, event.authorization_code, event.raw) == (None, None, None)


def test_an_event_shows_what_is_not_secret() -> None:
    shown = repr(receive(AUTHORISATION))
    assert "info_type='authorized'" in shown
    assert f"authorizer_appid={AUTHORISATION['event']['authorizer_appid']!r}" in shown


@pytest.mark.parametrize("vector", [TICKET, AUTHORISATION], ids=lambda vector: str(vector["name"]))
@pytest.mark.parametrize("store", [pickle.dumps, copy.copy, copy.deepcopy, json.dumps])
def test_what_holds_a_secret_cannot_be_stored(
    vector: dict[str, Any], store: Callable[[object], object]
) -> None:
    receiver = Receiver(**vector["config"])
    push = receiver.receive(vector["query"], vector["body"])
    secrets = [*vector["config"].values(), *map(str, vector["event"].values())]
    for thing in (receiver, push, push.event):
        with pytest.raises(TypeError) as refused:
            store(thing)
        assert not [secret for secret in secrets if secret in str(refused.value)]
    with pytest.raises(TypeError, match="a PushEvent cannot be pickled: it holds a ticket"):
        pickle.dumps(push.event)


def test_a_query_or_body_of_another_type_is_named_and_not_shown() -> None:
    receiver = Receiver(**TICKET["config"])
    query, body = TICKET["query"], TICKET["body"]
    wrong: Any
    for wrong in ({"nonce": "S3CRET"}, ["S3CRET"], None, 7, bytearray(b"S3CRET")):
        for name, call in (
            ("query", lambda wrong=wrong: receiver.receive(wrong, body)),
            ("body", lambda wrong=wrong: receiver.receive(query, wrong)),
            ("query", lambda wrong=wrong: receiver.verify_url(wrong)),
        ):
            with pytest.raises(
                TypeError, match=f"{name}: give the raw .*not {type(wrong).__name__}"
            ) as refused:
                call()
            assert "S3CRET" not in str(refused.value)
    with pytest.raises(TypeError, match="text"):
        receive(TICKET).encrypt_reply(b"bytes")  # type: ignore[arg-type]


@pytest.mark.parametrize("query", ["\udcff", b"\xff", "a=%FF", "nonce=\udc80&nonce=2", ""])
@pytest.mark.parametrize("body", ["\udcff", b"\xff", "<xml/>", ""])
def test_what_is_not_text_is_refused_as_any_other_push(query: Any, body: Any) -> None:
    receiver = Receiver(**TICKET["config"])
    for refuse in (
        lambda: receiver.receive(query, TICKET["body"]),
        lambda: receiver.receive(TICKET["query"], body),
        lambda: receiver.verify_url(query),
    ):
        with pytest.raises(ValidationError) as refused:
            refuse()
        assert refused.value.code in {"push_malformed", "push_not_signed"}


def test_a_wrong_setting_is_named_and_not_shown() -> None:
    wrong: dict[str, Any] = {
        "component_appid": 7,
        "message_token": ["S3CRET"],
        "encoding_aes_key": b"S3CRET",
        "message_token_former": "S3CRET\ud800",
        "encoding_aes_key_former": "S3CRET",
    }
    with pytest.raises(ValidationError) as refused:
        Receiver(**wrong)
    assert refused.value.code == "invalid_config"
    fields = {finding.field for finding in refused.value.violations}
    assert fields <= set(wrong)
    assert "message_token_former" in fields
    assert "S3CRET" not in f"{refused.value} {vars(refused.value)}"
    other: Any = {**TICKET["config"], "unknown": 1}
    with pytest.raises(TypeError, match="unknown"):
        Receiver(**other)
