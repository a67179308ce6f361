"""The shared vectors, read strictly: their format is specified in tests/vectors/README.md."""

from __future__ import annotations

import dataclasses
import json
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jumpqr
from conftest import FOLDER
from jumpqr import Client

Vector = dict[str, Any]


def load(name: str, tables: Iterable[str]) -> dict[str, list[Any]]:
    """The file's tables; exactly these."""
    file: dict[str, list[Any]] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    assert set(file) == set(tables), f"{name} has the tables {sorted(file)}"
    return file


def keys(value: Vector, required: str, optional: str = "") -> None:
    """Fail where a key is unknown or missing."""
    known, found = set(required.split()), set(value)
    assert known <= found, f"keys are missing: {sorted(known - found)}"
    unknown = found - known - set(optional.split())
    assert not unknown, f"keys are not known: {sorted(unknown)}"


def choice(value: Vector, names: str) -> tuple[str, Any]:
    """The one key of a choice, and its value."""
    assert len(value) == 1, f"one of {names}: {sorted(value)}"
    (name,) = value
    assert name in names.split(), f"one of {names}: {name}"
    return name, value[name]


def raw(value: Any) -> bytes:
    """The bytes that a vector writes in one of three ways."""
    if isinstance(value, str):
        return value.encode()
    if "base16" in value:
        keys(value, "base16")
        return bytes.fromhex(value["base16"])
    keys(value, "repeat times")
    return str(value["repeat"]).encode() * int(value["times"])


def run(vectors: list[Vector], check: Callable[[Vector], None], at_once: int = 1) -> int:
    """Check every vector; name all that fail. Returns how many there were."""
    names = [vector["name"] for vector in vectors]
    assert len(names) == len(set(names)), "a name occurs twice"

    def attempt(vector: Vector) -> str:
        try:
            check(vector)
        except Exception:
            return f"{vector['name']}:\n{traceback.format_exc()}"
        return ""

    with ThreadPoolExecutor(at_once) as pool:
        failures = [failure for failure in pool.map(attempt, vectors) if failure]
    assert not failures, f"{len(failures)} of {len(vectors)} failed\n" + "\n".join(failures)
    return len(vectors)


def invoke(client: Client, call: Vector) -> Any:
    """Make the call of a vector through the public methods."""
    keys(call, "interface arguments")
    arguments = call["arguments"]
    if call["interface"] == "addJumpQRCode":
        return client.add_jump_qr_code(arguments)
    if sends_secret(call):
        return client.clear_quota_by_app_secret()
    return method(client, call["interface"])(**arguments)


def method(client: Client, interface: str) -> Callable[..., Any]:
    """The method of an interface. Any method that needs a token runs `stable_token` and `token`."""
    methods: dict[str, Callable[..., Any]] = {
        "getJumpQRCode": client.get_jump_qr_code,
        "publishJumpQRCode": client.publish_jump_qr_code,
        "deleteJumpQRCode": client.delete_jump_qr_code,
        "linkMiniprogram": client.link_miniprogram,
        "downloadQRCodeText": client.download_qr_code_text,
        "wxamplinkget": client.wxamplinkget,
        "unlinkMiniprogram": client.unlink_miniprogram,
        "getCallbackIp": client.get_callback_ip,
        "getApiDomainIp": client.get_api_domain_ip,
        "getApiQuota": client.get_api_quota,
        "getRidInfo": client.get_rid_info,
        "clearQuota": client.clear_quota,
    }
    return methods[interface]


def issues_token(call: Vector) -> bool:
    """Whether the call fetches a token: a client with appid and secret makes it, no method does."""
    return call["interface"] in {"stable_token", "token"}


def sends_secret(call: Vector) -> bool:
    """Whether the call sends the appid and secret of its client, and no token."""
    return bool(call["interface"] == "clearQuotaByAppSecret")


def credentials(call: Vector) -> dict[str, Any]:
    """The settings of a client that sends its secret in a token call, or in a call of its own."""
    keys(call["arguments"], "appid secret", "force_refresh")
    arguments = call["arguments"]
    settings = {"appid": arguments["appid"], "secret": arguments["secret"]}
    return settings if sends_secret(call) else {**settings, "token_interface": call["interface"]}


def wire(answer: Any) -> Any:
    """An answer in the form of the vectors."""
    if isinstance(answer, jumpqr.Confirmation):
        return {"confirmation": answer.value}
    if isinstance(answer, jumpqr.JumpQRCodeList):
        return {**vars(answer), "rule_list": [wire(rule) for rule in answer.rule_list]}
    if isinstance(answer, jumpqr.ListedRule):
        links = answer.debug_url
        return {**vars(answer), "debug_url": None if links is None else list(links)}
    if isinstance(answer, jumpqr.IpList):
        return {"ip_list": list(answer.ip_list)}
    if isinstance(answer, list):
        return {
            "items": [
                {**vars(item), "status": item.status and item.status.value} for item in answer
            ]
        }
    assert isinstance(answer, jumpqr.VerificationFile | jumpqr.ApiQuota | jumpqr.RidInfo)
    return dataclasses.asdict(answer)


def same(found: Any, expected: Any) -> bool:
    """Whether both are written alike as JSON: in Python, True is equal to 1."""
    return json.dumps(found, sort_keys=True) == json.dumps(expected, sort_keys=True)


def check_error(error: jumpqr.JumpqrError, expected: Vector) -> None:
    """Compare all parts of an error that are the same in every language."""
    keys(expected, "kind code retryable outcome", "errcode errmsg rid says")
    expected = dict(expected)
    for text in expected.pop("says", []):
        assert text in f"{error.message}\n{error.advice}", text
    names = ["kind", "code", "errcode", "errmsg", "rid", "retryable", "outcome"]
    found = {name: getattr(error, name) for name in names}
    assert same(found, {"errcode": None, "errmsg": None, "rid": None, **expected}), (
        found,
        expected,
    )
    own = type(error).__mro__
    assert jumpqr.JumpqrError in own
    assert type(error) is not jumpqr.JumpqrError, "every kind has a class of its own"


def check_secrets(error: BaseException, secrets: Iterable[str]) -> None:
    """Fail where anything that the error prints, its causes included, holds a secret."""
    printed = "".join(traceback.format_exception(type(error), error, error.__traceback__)) + repr(
        vars(error)
    )
    for secret in secrets:
        if len(secret) == 1:
            continue  # It stands in every text.
        # The paths and the source code in the traceback are the test's own.
        lines = [
            line
            for line in printed.splitlines()
            if secret in line and not line.startswith(("    ", '  File "'))
        ]
        assert not lines, f"{secret} is printed: {lines}"
