"""A vector of `tokens.json` or `renewals.json`: an account or merchant, and a store in a folder."""

from __future__ import annotations

import dataclasses
import json
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jumpqr
import stored
from jumpqr import Client, Platform
from scripted_server import Action, Close, Reply, Request, serving
from vectors import Vector, check_error, check_secrets, choice, invoke, keys, raw, same, wire

BRIEFLY = 5.0
"""How long a first refusal is remembered, in seconds. A run that takes longer may forget it."""


def check_tokens(vector: Vector) -> None:
    """Run one vector; once more if this machine was too busy to tell."""
    for _ in range(5):
        begun = time.monotonic()
        try:
            Account(vector).run()
        except AssertionError:
            if time.monotonic() - begun < BRIEFLY:
                raise
        else:
            return
    Account(vector).run()


class Account:
    """A client with a scripted server, and what of it did not go as it should."""

    def __init__(self, vector: Vector) -> None:
        keys(vector, "name account steps")
        self.sort, self.account = choice(vector["account"], "app merchant")
        if self.sort == "app":
            keys(self.account, "appid secret", "token_interface")
        else:
            keys(self.account, "component_appid component_appsecret appid", "component_token_field")
        # A step may change the secret.
        self.account = dict(self.account)
        self.steps: list[Vector] = vector["steps"]
        self.secrets = set(_secrets(vector))
        self.exchanges: list[Vector] = []
        self.wrong: list[str] = []
        self.platform: Platform | None = None

    def run(self) -> None:
        """Do every step."""
        with ExitStack() as stack:
            url = stack.enter_context(serving(self.answer))
            self.folder = Path(stack.enter_context(TemporaryDirectory())) / "tokens"
            settings = {
                "base_url": url,
                "token_store": f"dir:{self.folder}",
                "max_retries": 0,
                "pacing": False,
                "validate": False,
                "timeout": 10.0,
            }
            self.connect(settings)
            for step in self.steps:
                self.step(step, settings)
            self.close()

    def connect(self, settings: dict[str, Any]) -> None:
        """Make the client, and the platform that it is of."""
        if self.sort == "app":
            self.client = Client(**settings, **self.account)
            return
        appid = self.account["appid"]
        platform = {name: value for name, value in self.account.items() if name != "appid"}
        self.platform = Platform(**settings, **platform)
        self.client = self.platform.merchant(appid)

    def close(self) -> None:
        """Close them."""
        self.client.close()
        if self.platform:
            self.platform.close()

    def step(self, step: Vector, settings: dict[str, Any]) -> None:
        """Do one step."""
        if "call" in step:
            keys(step, "call exchanges result")
            self.exchanges = list(step["exchanges"])
            self.call(step["call"], step["result"])
            assert not self.wrong, self.wrong
            assert not self.exchanges, f"were not sent: {self.exchanges}"
            return
        names = "set_verify_ticket set_authorizer_refresh_token refused new_client token_status"
        name, value = choice(step, f"{names} set_secret store stored")
        if name in {"new_client", "set_secret"}:
            if name == "set_secret":
                assert self.sort == "app"
                self.account["secret"] = value
            else:
                assert value is True
            self.close()
            self.connect(settings)
        elif name == "store":
            stored.replace(self.folder, value)
        elif name == "stored":
            stored.compare(self.folder, value)
        elif name == "token_status":
            self.compare(value)
        elif name == "refused":
            keys(value, "says", "set_verify_ticket set_authorizer_refresh_token")
            self.refuse(
                *choice({key: value[key] for key in value if key != "says"}, names), value["says"]
            )
        else:
            self.hand_over(name, value)

    def refuse(self, name: str, value: str, says: list[str]) -> None:
        """Hand over something else, which is refused."""
        try:
            self.hand_over(name, value)
        except jumpqr.JumpqrError as error:
            check_secrets(error, [value])
            assert error.code == "invalid_config", error
            assert all(part in str(error) for part in says), error
        else:
            raise AssertionError(f"{value} was kept")

    def hand_over(self, name: str, value: str) -> None:
        """Hand the platform a ticket or the merchant's refresh token."""
        assert self.platform, f"{name} is for a platform"
        if name == "set_verify_ticket":
            self.platform.set_verify_ticket(value)
        else:
            self.platform.set_authorizer_refresh_token(self.account["appid"], value)

    def call(self, call: Vector, result: Vector) -> None:
        """Make a call, and compare how it ends."""
        outcome, expected = choice(result, "answer error")
        try:
            answer = invoke(self.client, call)
        except jumpqr.JumpqrError as error:
            check_secrets(error, self.secrets)
            assert outcome == "error", f"expected {expected}, found {error!r}, {self.wrong}"
            check_error(error, expected)
        else:
            assert outcome == "answer", f"expected {expected}, found {answer}"
            assert same(wire(answer), expected), (answer, expected)

    def compare(self, expected: Vector) -> None:
        """Compare what is told of the token."""
        status = self.client.token_status()
        assert status is not None
        found = dataclasses.asdict(status)
        keys(expected, "", " ".join(found))
        assert same({name: found[name] for name in expected}, expected), (found, expected)

    def answer(self, request: Request) -> Action:
        """Check that the request is the next one of the script, and answer it."""
        if not self.exchanges:
            self.wrong.append(f"a request too many: {request}")
            return Close()
        exchange = self.exchanges.pop(0)
        keys(exchange, "path query reply", "body")
        keys(exchange["reply"], "body", "status")
        body = None if request.body is None else json.loads(request.body)
        found = [request.method, request.path, sorted(request.parameters()), body]
        method = "POST" if "body" in exchange else "GET"
        wanted = [method, exchange["path"], sorted(exchange["query"].items()), exchange.get("body")]
        if not same(found, wanted):
            self.wrong.append(f"expected {wanted}, found {found}")
        return Reply(raw(exchange["reply"]["body"]), exchange["reply"].get("status", 200))


SECRET_FIELDS = {
    "secret",
    "access_token",
    "component_appsecret",
    "component_verify_ticket",
    "component_access_token",
    "authorizer_access_token",
    "authorizer_refresh_token",
    "refresh_token",
    "set_verify_ticket",
    "set_authorizer_refresh_token",
    "set_secret",
    "content",
}


def _secrets(value: Vector | list[Any] | str) -> list[str]:
    """Every secret that occurs in a vector, in its requests and in its replies."""
    if isinstance(value, str) and value.startswith("{"):
        value = json.loads(value)
    if isinstance(value, list):
        return [secret for item in value for secret in _secrets(item)]
    if not isinstance(value, dict):
        return []
    own = [
        found for name, found in value.items() if name in SECRET_FIELDS and isinstance(found, str)
    ]
    return own + _secrets(list(value.values()))
