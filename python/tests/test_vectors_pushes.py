"""`pushes.json`: what WeChat pushes is decrypted, or refused in the same way in every language."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlencode

import pytest

import jumpqr
from jumpqr import PushEvent, Receiver
from vectors import Vector, check_secrets, keys, load, run

FILE = load("pushes.json", ["pushes", "replies", "url_checks", "settings"])

SECRETS = {"component_verify_ticket", "authorization_code", "pre_auth_code", "raw"}
"""The fields of an event that nothing may print."""


def receiver(config: Vector) -> Receiver:
    keys(
        config,
        "component_appid message_token encoding_aes_key",
        "message_token_former encoding_aes_key_former",
    )
    made = Receiver(**config)
    check_hidden(f"{made!r} {vars(made)}", config)
    return made


def secrets(config: Vector) -> Iterator[str]:
    """The tokens and keys. A secret of one character stands in every text."""
    found = (value for name, value in config.items() if name != "component_appid")
    return (secret for secret in found if len(secret) > 1)


def check_hidden(printed: str, config: Vector, event: Vector | None = None) -> None:
    for secret in secrets(config):
        assert secret not in printed
    for name in SECRETS & set(event or {}):
        assert event is not None
        assert event[name] not in printed


def check_refused(config: Vector, code: str, refuse: Callable[[], object]) -> str:
    with pytest.raises(jumpqr.ValidationError) as refused:
        refuse()
    error = refused.value
    assert (error.code, error.kind) == (code, jumpqr.ErrorKind.INVALID)
    assert error.message
    assert error.advice
    printed = f"{error} {error!r} {vars(error)}" + "".join(
        traceback.format_exception_only(type(error), error)
    )
    check_hidden(printed, config)
    return str(error)


def check_push(vector: Vector) -> None:
    keys(vector, "name config query body", "event refused")
    made = receiver(vector["config"])
    query, body = vector["query"], vector["body"]
    if "refused" in vector:
        for given in ((query, body), (query.encode(), body.encode())):
            check_refused(vector["config"], vector["refused"], partial(made.receive, *given))
        return
    event = vector["event"]
    for push in (made.receive(query, body), made.receive(query.encode(), body.encode())):
        assert push.event == PushEvent(**event)
        assert push.reply == "success"
        check_hidden(f"{push!r} {push} {push.event!r} {push.event}", vector["config"], event)


def sign(ciphertext: str, msg_signature: str, timestamp: object, nonce: str) -> tuple[str, str]:
    """The query and the body of a request."""
    query = {"msg_signature": msg_signature, "timestamp": timestamp, "nonce": nonce}
    body = f"<xml><Encrypt><![CDATA[{ciphertext}]]></Encrypt></xml>"
    return urlencode({**query, "encrypt_type": "aes"}), body


def check_reply(vector: Vector) -> None:
    """A reply is encrypted and decrypted again: its random bytes are the extension's own."""
    keys(vector, "name config text timestamp nonce random ciphertext msg_signature")
    made = receiver(vector["config"])
    text = PushEvent(info_type=None, raw=vector["text"])
    signed = (vector[name] for name in ("ciphertext", "msg_signature", "timestamp", "nonce"))
    push = made.receive(*sign(*signed))
    assert push.event == text
    reply = re.fullmatch(
        r"<xml>\n<Encrypt><!\[CDATA\[(.+)\]\]></Encrypt>\n"
        r"<MsgSignature><!\[CDATA\[(.+)\]\]></MsgSignature>\n"
        r"<TimeStamp>(\d+)</TimeStamp>\n<Nonce><!\[CDATA\[(.+)\]\]></Nonce>\n</xml>",
        push.encrypt_reply(vector["text"]),
    )
    assert reply
    assert reply[1] != vector["ciphertext"]
    assert made.receive(*sign(*reply.groups())).event == text


def check_url(vector: Vector) -> None:
    keys(vector, "name config query", "echostr refused")
    made = receiver(vector["config"])
    if "refused" in vector:
        refuse = partial(made.verify_url, vector["query"])
        check_refused(vector["config"], vector["refused"], refuse)
    else:
        assert made.verify_url(vector["query"]) == vector["echostr"]
        assert made.verify_url(vector["query"].encode()) == vector["echostr"]


def check_settings(vector: Vector) -> None:
    keys(vector, "name config findings")
    if not vector["findings"]:
        receiver(vector["config"])
        return
    with pytest.raises(jumpqr.ValidationError) as refused:
        Receiver(**vector["config"])
    error = refused.value
    assert error.code == "invalid_config"
    found = [{"field": finding.field, "code": finding.code} for finding in error.violations]
    assert sorted(found, key=str) == sorted(vector["findings"], key=str)
    check_secrets(error, [*secrets(vector["config"])])


CHECKS = {
    "pushes": check_push,
    "replies": check_reply,
    "url_checks": check_url,
    "settings": check_settings,
}


def test_pushes(count: Callable[[str, int], None]) -> None:
    count("pushes.json", sum(run(FILE[table], check) for table, check in CHECKS.items()))


def test_what_cannot_be_decrypted_is_refused_in_the_same_words() -> None:
    vectors = [vector for vector in FILE["pushes"] if vector.get("refused") == "push_not_decrypted"]
    texts = set()
    for vector in vectors:
        refuse = partial(receiver(vector["config"]).receive, vector["query"], vector["body"])
        texts.add(check_refused(vector["config"], "push_not_decrypted", refuse))
    assert len(texts) == 1, texts
