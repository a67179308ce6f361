"""One flow vector, staged over HTTP."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from typing import Any

import jumpqr
from jumpqr import Client
from scripted_server import Action, Close, Reply, Request, Silence, nobody, serving
from vectors import (
    Vector,
    check_error,
    check_secrets,
    choice,
    credentials,
    invoke,
    issues_token,
    keys,
    raw,
    same,
    wire,
)


class StagedError(Exception):
    """What the token function fails with."""


class Flow:
    """A scripted server, a scripted token function, and what of it did not go as it should."""

    def __init__(self, vector: Vector) -> None:
        keys(vector, "name call policy steps result")
        keys(vector["policy"], "timeout_ms delays_ms", "hosts validate")
        self.vector = vector
        self.call: Vector = vector["call"]
        self.policy: Vector = vector["policy"]
        self.hosts: int = self.policy.get("hosts", 1)
        self.lock = threading.Lock()
        self.wrong: list[str] = []
        steps = [choice(step, "get_token send wait reserve") for step in vector["steps"]]
        assert all(name != "reserve" for name, _ in steps), "a flow over HTTP reserves nothing"
        self.tokens = [step for name, step in steps if name == "get_token"]
        for step in self.tokens:
            keys(step, "", "rejected token error takes_ms")
        self.fixed = any("token" not in step and "error" not in step for step in self.tokens)
        self.sends: list[Vector] = []
        self._waits: list[float] = []
        waited = 0.0
        delays = list(self.policy["delays_ms"])
        for name, step in steps:
            if name == "wait":
                keys(step, "ms")
                waited += (step["ms"] - delays.pop(0)) / 1000
            elif name == "send":
                keys(step, "path", "host access_token body timeout_ms reply failure takes_ms")
                self.sends.append(step)
                self._waits.append(waited)
                waited = 0.0
        self.dead = {
            host
            for host in range(self.hosts)
            if any(step.get("host", 0) == host for step in self.sends)
            and all(_cause(step) == "connect" for step in self.sends if step.get("host", 0) == host)
        }
        expected = zip(self.sends, self._waits, strict=True)
        self.expected = [
            (step, wait) for step, wait in expected if step.get("host", 0) not in self.dead
        ]
        assert all(_cause(step) != "connect" for step, _ in self.expected)
        self.received = 0
        self.answered_at = 0.0
        self.given: list[str] = []
        self.staged: StagedError | None = None
        self.urls: list[str] = []

    def run(self) -> None:
        """Make the call, and compare everything."""
        with ExitStack() as stack:
            for host in range(self.hosts):
                place = nobody() if host in self.dead else serving(self.answer)
                self.urls.append(stack.enter_context(place))
            settings: dict[str, Any] = {
                "base_url": self.urls[0],
                "alternate_base_urls": self.urls[1:],
                "timeout": self.policy["timeout_ms"] / 1000,
                "max_retries": len(self.policy["delays_ms"]),
                "pacing": False,
                "validate": self.policy.get("validate", True),
            }
            client = stack.enter_context(Client(**self.source(), **settings))
            self.compare(client)
        assert not self.wrong, self.wrong
        assert self.received == len(self.expected), (
            f"{self.received} requests of {len(self.expected)}"
        )
        assert self.fixed or not self.tokens, f"the token function was not asked: {self.tokens}"

    def source(self) -> dict[str, Any]:
        """Where the client's tokens come from."""
        if issues_token(self.call):
            return credentials(self.call)
        if self.fixed:
            return {"access_token": self.tokens[0]["token"]}
        return {"access_token": self.token}

    def token(self, rejected: str | None) -> str:
        """Give the next token of the script."""
        with self.lock:
            if not self.tokens:
                self.wrong.append("the token function was asked too often")
                raise StagedError
            step = self.tokens.pop(0)
            if step.get("rejected") != rejected:
                self.wrong.append(f"rejected is {rejected}, not {step.get('rejected')}")
            if "error" in step:
                assert step["error"] == "token_source_failed"
                self.staged = StagedError()
                raise self.staged
            self.given.append(step["token"])
            return str(step["token"])

    def answer(self, request: Request) -> Action:
        """Do the next step of the script."""
        with self.lock:
            if self.received == len(self.expected):
                if issues_token(self.call) and request.access_token:
                    self.given.append(request.access_token)
                else:
                    self.wrong.append(f"a request too many: {request}")
                return Reply(b'{"errcode":40097,"errmsg":"the flow is over"}')
            step, wait = self.expected[self.received]
            self.received += 1
            host = self.urls.index(f"http://127.0.0.1:{request.port}")
            for name, wanted, found in [
                ("host", step.get("host", 0), host),
                ("method", "GET" if request.body is None else "POST", request.method),
                ("path", step["path"], request.path),
                ("access_token", step.get("access_token"), request.access_token),
                ("body", step.get("body", request.body), request.body),
            ]:
                if wanted != found:
                    self.wrong.append(
                        f"request {self.received}: {name} is {found!r}, not {wanted!r}"
                    )
            if wait > request.at - self.answered_at:
                self.wrong.append(
                    f"request {self.received} came {request.at - self.answered_at} s after "
                    f"the last, not {wait}"
                )
            self.answered_at = request.at
        return _action(step)

    def compare(self, client: Client) -> None:
        """Compare how the call ends."""
        outcome, expected = choice(self.vector["result"], "answer error")
        call = (
            {"interface": "downloadQRCodeText", "arguments": {}}
            if issues_token(self.call)
            else self.call
        )
        try:
            answer = invoke(client, call)
        except StagedError as error:
            assert error is self.staged
            assert expected["code"] == "token_source_failed"
        except jumpqr.JumpqrError as error:
            check_secrets(error, [*self.given, *self._secrets()])
            if outcome == "answer" and issues_token(self.call):
                assert self.given == [expected["access_token"]]
                return
            assert outcome == "error", f"expected {expected}, found {error!r}"
            check_error(error, expected)
        else:
            assert outcome == "answer", f"expected {expected}, found {answer}"
            assert same(wire(answer), expected), (answer, expected)

    def _secrets(self) -> list[str]:
        return [self.call["arguments"]["secret"]] if issues_token(self.call) else []


def _cause(step: Vector) -> str | None:
    cause: str | None = step.get("failure", {}).get("cause")
    return cause


def _action(step: Vector) -> Action:
    if "reply" in step:
        keys(step["reply"], "body", "status")
        return Reply(raw(step["reply"]["body"]), step["reply"].get("status", 200))
    keys(step["failure"], "cause sent")
    actions: dict[str, Action] = {
        "connection_lost": Close(),
        "timeout": Silence(),
        "body_too_large": Reply(b" " * (5 << 20)),
    }
    return actions[step["failure"]["cause"]]
