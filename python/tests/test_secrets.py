"""No traceback shows a secret in a local variable, and a closed client holds no secret."""

from __future__ import annotations

import asyncio
import gc
import os
import traceback
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import jumpqr
from jumpqr import AsyncClient, AsyncPlatform, Client, Platform
from scripted_server import Recorder, Reply, serving

SECRET = "S3CR3T"
HALF_A_CHARACTER = "\ud800"
PACKAGE = os.path.dirname(jumpqr.__file__)

NOWHERE: Any = {"base_url": "http://127.0.0.1:1", "max_retries": 0, "pacing": False}


def frames(error: BaseException) -> Iterator[tuple[str, dict[str, str]]]:
    """The package's frames in the tracebacks of an error and its causes, with local variables."""
    for frame in traceback.TracebackException.from_exception(error, capture_locals=True).stack:
        if os.path.dirname(frame.filename) == PACKAGE:
            yield frame.name, frame.locals or {}
    for other in (error.__cause__, error.__context__):
        if other is not None:
            yield from frames(other)


def shows_nothing(call: Callable[[], object], *, is_native: bool = False) -> None:
    """Fail if a frame of the package shows a secret. A native call has none."""
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is
        call()
    seen = list(frames(raised.value))
    assert bool(seen) != is_native, seen
    for name, variables in seen:
        for variable, value in variables.items():
            assert SECRET not in value, f"{name}: {variable}"


SETTINGS: list[dict[str, Any]] = [
    {"access_token": SECRET + HALF_A_CHARACTER},
    {"access_token": SECRET + "\n"},
    {"access_token": [SECRET]},
    {"access_token": SECRET, "timeout": -1},
    {"access_token": SECRET, "timeout": "soon"},
    {"access_token": SECRET, "base_url": "ftp://example.cn"},
    {"access_token": SECRET, "appid": "wx1", "secret": SECRET},
    {"appid": "wx1", "secret": SECRET + HALF_A_CHARACTER},
    {"appid": "wx1", "secret": SECRET + "\n"},
    {"appid": "wx1" + HALF_A_CHARACTER, "secret": SECRET},
    {"appid": "wx1", "secret": SECRET, "token_interface": "other"},
    {"appid": "wx1", "secret": SECRET, "tls_roots": b"none"},
    {
        "appid": "wx1",
        "secret": "s",
        "token_store": f"redis://user:{SECRET}@127.0.0.1:1/{HALF_A_CHARACTER}",
    },
    {"appid": "wx1", "secret": "s", "token_store": f"redis://user:{SECRET}@127.0.0.1:none"},
    {"appid": "wx1", "secret": "s", "proxy": f"http://user:{SECRET}@127.0.0.1:none"},
    {"appid": "wx1", "secret": "s", "proxy": f"http://user:{SECRET}@127.0.0.1:1{HALF_A_CHARACTER}"},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: "-".join(settings))
@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_no_frame_shows_a_secret_when_a_setting_is_refused(
    client: Any, settings: dict[str, Any]
) -> None:
    shows_nothing(lambda: client(**settings))


@pytest.mark.parametrize(
    "settings",
    [
        {"component_appsecret": SECRET + HALF_A_CHARACTER},
        {"component_appsecret": SECRET + "\n"},
        {"component_appsecret": SECRET, "component_token_field": "other"},
        {"component_appsecret": SECRET, "timeout": -1},
        {
            "component_appsecret": "s",
            "proxy": f"http://user:{SECRET}@127.0.0.1:1{HALF_A_CHARACTER}",
        },
        {"component_appsecret": "s", "token_store": f"redis://user:{SECRET}@127.0.0.1:none"},
    ],
    ids=lambda settings: "-".join(settings),
)
@pytest.mark.parametrize("platform", [Platform, AsyncPlatform])
def test_no_frame_shows_a_secret_when_a_setting_of_a_platform_is_refused(
    platform: Any, settings: dict[str, Any]
) -> None:
    shows_nothing(lambda: platform(component_appid="wx0", **settings))


CALLS: dict[str, Callable[[Any], Any]] = {
    "add": lambda client: client.add_jump_qr_code(
        prefix="https://m.example.cn/", path="p", open_version=1, permit_sub_rule=1
    ),
    "get": lambda client: client.get_jump_qr_code(),
    "rules": lambda client: (
        client.rules().__next__() if isinstance(client, Client) else client.rules().__anext__()
    ),
    "publish": lambda client: client.publish_jump_qr_code("https://m.example.cn/"),
    "delete": lambda client: client.delete_jump_qr_code("https://m.example.cn/"),
    "download": lambda client: client.download_qr_code_text(),
    "link": lambda client: client.link_miniprogram("wx1"),
    "linked": lambda client: client.wxamplinkget(),
    "unlink": lambda client: client.unlink_miniprogram("wx1"),
    "addresses": lambda client: client.get_callback_ip(),
    "quota": lambda client: client.get_api_quota("/cgi-bin/token"),
    "clear": lambda client: client.clear_quota("wx1"),
    "clear by secret": lambda client: client.clear_quota_by_app_secret(),
    "rid": lambda client: client.get_rid_info("61725984-6126f6f9-040f19c4"),
    "raw": lambda client: client.call_raw("/a", {"js_code": SECRET}, {"code": SECRET}),
    "raw, not JSON": lambda client: client.call_raw("/a", None, {"code": SECRET, "a": b""}),
}


def ended(result: Any) -> object:
    """What a call returns, or what its coroutine does."""
    return asyncio.run(waited(result)) if hasattr(result, "__await__") else result


async def waited(result: Any) -> object:
    return await result


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("client", [Client, AsyncClient])
@pytest.mark.parametrize(
    "credentials", [{"access_token": SECRET}, {"appid": "wx1", "secret": SECRET}], ids=str
)
def test_no_frame_shows_a_secret_when_a_call_fails(
    client: Any, name: str, credentials: dict[str, str]
) -> None:
    calling = client(**credentials, **NOWHERE)
    is_native = client is Client and name != "rules"
    shows_nothing(lambda: ended(CALLS[name](calling)), is_native=is_native)


def fails(rejected: str | None) -> str:
    if rejected is None:
        return SECRET
    raise LookupError("the vault is sealed")


def gives_a_list(rejected: str | None) -> Any:
    return [SECRET]


def gives_two_lines(rejected: str | None) -> str:
    return SECRET + "\n"


async def fails_later(rejected: str | None) -> str:
    return fails(rejected)


async def gives_a_list_later(rejected: str | None) -> Any:
    return [SECRET]


@pytest.mark.parametrize(
    ("client", "function"),
    [
        *(
            (client, function)
            for client in (Client, AsyncClient)
            for function in (fails, gives_a_list, gives_two_lines)
        ),
        (AsyncClient, fails_later),
        (AsyncClient, gives_a_list_later),
    ],
)
def test_no_frame_shows_a_token_of_a_function(client: Any, function: Any) -> None:
    with serving(Recorder(Reply(b'{"errcode":42001}'))) as url:
        calling = client(access_token=function, base_url=url, pacing=False)
        shows_nothing(lambda: ended(calling.get_jump_qr_code()), is_native=client is Client)


@pytest.mark.parametrize("platform", [Platform, AsyncPlatform])
@pytest.mark.parametrize("bad", ["", HALF_A_CHARACTER])
def test_no_frame_shows_what_a_platform_is_told(platform: Any, bad: str, tmp_path: Path) -> None:
    store = tmp_path / "tokens"
    telling = platform(
        component_appid="wx0", component_appsecret=SECRET, token_store=f"dir:{store}", **NOWHERE
    )
    if not bad:
        # Others may write to the folder, and something else is in it: the store is refused.
        (store / "other").touch()
        store.chmod(0o777)
    shows_nothing(lambda: ended(telling.set_verify_ticket(SECRET + bad)))
    shows_nothing(lambda: ended(telling.set_authorizer_refresh_token("wx1", SECRET + bad)))
    shows_nothing(lambda: ended(telling.exchange(SECRET + bad)))
    shows_nothing(lambda: ended(telling.component_access_token()))
    shows_nothing(
        lambda: ended(telling.call_raw("/a", {"js_code": SECRET}, {"code": SECRET + bad}))
    )
    merchant = telling.merchant("wx1")
    is_native = isinstance(merchant, Client)
    shows_nothing(lambda: ended(merchant.get_jump_qr_code()), is_native=is_native)


@pytest.mark.parametrize(
    "name",
    ["message_token", "encoding_aes_key", "message_token_former", "encoding_aes_key_former"],
)
@pytest.mark.parametrize("value", [SECRET + "\n", SECRET + HALF_A_CHARACTER, [SECRET]])
def test_no_frame_shows_a_secret_when_a_setting_of_a_receiver_is_refused(
    name: str, value: Any
) -> None:
    settings: dict[str, Any] = {
        "component_appid": "wx1",
        "message_token": SECRET,
        "encoding_aes_key": SECRET.ljust(43, "A"),
        name: value,
    }
    shows_nothing(lambda: jumpqr.Receiver(**settings))


class Word(str):
    """A text that can be observed."""


@pytest.mark.parametrize("client", [Client, AsyncClient])
def test_a_closed_client_holds_no_secret(client: Any) -> None:
    secret = Word(SECRET)
    held = weakref.ref(secret)
    closing = client(appid="wx1", secret=secret)
    del secret
    assert held() is not None
    if isinstance(closing, Client):
        closing.close()
    else:
        ended(closing.aclose())
    gc.collect()
    assert held() is None


@pytest.mark.parametrize("thing", [Client, AsyncClient])
def test_no_repr_shows_a_secret(thing: Any) -> None:
    client = thing(appid="wx1", secret=SECRET, proxy=f"http://user:{SECRET}@127.0.0.1:1")
    assert SECRET not in repr(client) + repr(vars(client))
