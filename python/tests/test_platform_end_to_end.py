"""A platform that the sandbox pushes to, from an empty store to the end of an authorisation."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import jumpqr
from browser import ask, auth_code, authorise
from jumpqr.testing import Sandbox
from scripted_server import Action, Reply, Request, serving

Run = Callable[[Any], Any]


@contextmanager
def running() -> Iterator[Run]:
    """Give a function that returns the result of a call, or of its coroutine, in any thread."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def wait(awaitable: Any) -> Any:
        return await awaitable

    def run(result: Any) -> Any:
        if not hasattr(result, "__await__"):
            return result
        return asyncio.run_coroutine_threadsafe(wait(result), loop).result(60)

    try:
        yield run
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class Server:
    """The server of a platform. It answers a push first; the test finishes it."""

    def __init__(self, platform: Any, run: Run) -> None:
        self._platform = platform
        self._run = run
        self._handled: queue.Queue[Any] = queue.Queue()

    def __call__(self, request: Request) -> Action:
        try:
            if request.method == "POST":
                return self._receive(request)
            merchant = self._run(self._platform.exchange(auth_code(f"/?{request.query}")))
            return Reply(merchant.authorizer_appid.encode())
        except jumpqr.JumpqrError as error:
            if request.method == "POST":
                self._handled.put(error)
            return Reply(b"", 403)

    def _receive(self, request: Request) -> Action:
        handled = self._run(self._platform.handle(request.query, request.body or ""))
        self._handled.put(handled)
        return Reply(handled.reply.encode())

    def next(self) -> Any:
        """The next push that was handled, or the error with which it was refused."""
        return self._handled.get(timeout=60)


@contextmanager
def pushing(kind: str, folder: Path) -> Iterator[tuple[Sandbox, Any, Server, str, Run]]:
    """A platform with an empty store, no merchants, and a server that the sandbox pushes to."""
    with Sandbox() as sandbox, running() as run:
        component = f"/sandbox/platforms/{sandbox.component.appid}"
        appid = sandbox.mini_program.appid
        sandbox.control("DELETE", f"{component}/authorizers/{appid}")
        store = f"dir:{folder / 'tokens'}"
        platform = getattr(sandbox, kind)(token_store=store, pacing=False)
        server = Server(platform, run)
        with serving(server) as url:
            sandbox.control("PUT", component, {"push_url": f"{url}/push"})
            yield sandbox, platform, server, url, run
            sandbox.control("PUT", component, {"push_url": ""})
        run(platform.close() if kind == "platform" else platform.aclose())


KINDS = pytest.mark.parametrize("kind", ["platform", "async_platform"])


@KINDS
def test_from_an_empty_store_to_a_published_rule_and_the_end_of_the_authorisation(
    kind: str, tmp_path: Path
) -> None:
    with pushing(kind, tmp_path) as (sandbox, platform, server, url, run):
        appid = sandbox.mini_program.appid
        ticket = server.next()
        assert ticket.event.component_verify_ticket == sandbox.verify_ticket()
        assert ticket.has_changed
        assert run(ticket.finish()) is None

        link = run(platform.authorization_url(f"{url}/done"))
        status, page, _ = ask(authorise(link, appid))
        assert (status, page) == (200, appid)

        authorised = server.next()
        assert (authorised.event.info_type, authorised.has_changed) == ("authorized", False)
        merchant = run(authorised.finish())
        assert (merchant.authorizer_appid, merchant.has_refresh_token) == (appid, True)
        assert authorised.event.authorization_code not in repr((authorised, merchant))

        ready = run(platform.readiness(appid, jumpqr.Mode.ORDINARY_LINK))
        assert ready.verdict is jumpqr.Verdict.READY
        client = platform.merchant(appid)
        rule = jumpqr.OrdinaryLinkRule("https://m.example.cn/table/", "pages/index/index", 1, 1)
        run(client.add_jump_qr_code(rule))
        assert run(client.publish_jump_qr_code(rule.prefix)) is jumpqr.Confirmation.ANSWERED

        # An end in the second of the authorisation may be that of an earlier one.
        sandbox.advance(2)
        component = f"/sandbox/platforms/{sandbox.component.appid}"
        sandbox.control("DELETE", f"{component}/authorizers/{appid}")
        ended = server.next()
        assert (ended.event.info_type, ended.event.authorizer_appid) == ("unauthorized", appid)
        assert ended.has_changed
        assert run(ended.finish()) is None
        asked = len(sandbox.requests())
        with pytest.raises(jumpqr.CredentialsError) as refused:
            run(client.publish_jump_qr_code(rule.prefix))
        assert refused.value.code == "merchant_unauthorized"
        with pytest.raises(jumpqr.CredentialsError) as refused:
            run(authorised.finish())
        assert refused.value.code == "merchant_unauthorized"
        assert len(sandbox.requests()) == asked, "WeChat was asked"

        while sandbox.pending_pushes():
            pass
        assert [push["info_type"] for push in sandbox.pushes()] == [
            "component_verify_ticket",
            "authorized",
            "unauthorized",
        ]
        assert all(push["is_success"] for push in sandbox.pushes())


@KINDS
def test_wrong_and_repeated_pushes_change_nothing(kind: str, tmp_path: Path) -> None:
    with pushing(kind, tmp_path) as (sandbox, _, server, _, run):
        assert server.next().has_changed
        # The time of a ticket is in whole seconds.
        sandbox.advance(2)
        for order, code in {
            "wrong_signature": "push_not_signed",
            "former_key": "push_not_decrypted",
            "oversized": "push_malformed",
            "doctype": "push_malformed",
        }.items():
            if order == "former_key":
                component = f"/sandbox/platforms/{sandbox.component.appid}"
                former = "A" * 43
                sandbox.control("PUT", component, {"encoding_aes_key_former": former})
            sandbox.order_push(order)  # type: ignore[arg-type]
            error = server.next()
            assert isinstance(error, jumpqr.ValidationError), error
            assert error.code == code
        sandbox.order_push("doubled")
        assert [server.next().has_changed for _ in range(2)] == [False, False]
        sandbox.order_push("out_of_order")
        assert [server.next().has_changed for _ in range(2)] == [True, False]
        sandbox.authorize()
        run(server.next().finish())
        sandbox.order_push("out_of_order", sandbox.mini_program.appid)
        late = server.next()
        assert (late.event.info_type, late.has_changed) == ("unauthorized", False)
        with pytest.raises(jumpqr.testing.SandboxError):
            sandbox.order_push("backwards")  # type: ignore[arg-type]
