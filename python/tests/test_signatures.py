"""The methods of both clients have the same signatures and docstrings, native or not."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

from jumpqr import AsyncClient, Client

SIGNATURES = {
    "add_jump_qr_code": "(rule=None, *, is_edit=None, prefix=None, path=None, open_version=None, "
    "permit_sub_rule=None, debug_url=None, appid=None, timeout=None, validate=None)",
    "get_jump_qr_code": "(*, appid=None, get_type=None, prefix_list=None, page_num=None, "
    "page_size=None, timeout=None)",
    "publish_jump_qr_code": "(prefix, *, appid=None, timeout=None)",
    "delete_jump_qr_code": "(prefix, *, appid=None, timeout=None)",
    "download_qr_code_text": "(*, timeout=None)",
    "link_miniprogram": "(appid, *, notify_users=False, show_profile=False, timeout=None)",
    "wxamplinkget": "(*, timeout=None)",
    "unlink_miniprogram": "(appid, *, timeout=None)",
    "get_callback_ip": "(*, timeout=None)",
    "get_api_domain_ip": "(*, timeout=None)",
    "get_api_quota": "(cgi_path, *, timeout=None)",
    "get_rid_info": "(rid, *, timeout=None)",
    "clear_quota": "(appid, *, timeout=None)",
    "clear_quota_by_app_secret": "(*, timeout=None)",
    "call_raw": "(path, query=None, body=None, *, repeatable=False, timeout=None)",
}


def signature(method: Callable[..., Any]) -> str:
    """The signature without types: those of a native method stand in the stub."""
    found = inspect.signature(method)
    parameters = [
        parameter.replace(annotation=parameter.empty) for parameter in found.parameters.values()
    ]
    return str(found.replace(parameters=parameters, return_annotation=found.empty))


@pytest.mark.parametrize("client", [Client, AsyncClient])
@pytest.mark.parametrize("name", SIGNATURES)
def test_a_method_has_its_signature_and_documents_each_parameter(
    client: type[Client | AsyncClient], name: str
) -> None:
    method = getattr(client(access_token="T"), name)
    assert signature(method) == SIGNATURES[name]
    assert method.__name__ == name
    assert method.__qualname__ == f"{client.__name__}.{name}"
    docstring = inspect.getdoc(getattr(client, name)) or ""
    documented = docstring.partition("Args:\n")[2]
    for parameter in inspect.signature(method).parameters:
        assert f"    {parameter}: " in documented, parameter


@pytest.mark.parametrize("name", SIGNATURES)
def test_both_clients_have_the_same_docstring(name: str) -> None:
    assert inspect.getdoc(getattr(Client, name)) == inspect.getdoc(getattr(AsyncClient, name))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda client: client.publish_jump_qr_code(),
            r"Client.publish_jump_qr_code\(\) missing 1 required positional argument: 'prefix'",
        ),
        (
            lambda client: client.add_jump_qr_code(None, None),
            r"Client.add_jump_qr_code\(\) takes from \d to \d positional arguments but \d were",
        ),
        (
            lambda client: client.wxamplinkget(appid="wx1"),
            r"Client.wxamplinkget\(\) got an unexpected keyword argument 'appid'",
        ),
    ],
)
def test_wrong_arguments_are_refused_as_those_of_a_function_in_python(
    call: Callable[[Any], object], message: str
) -> None:
    with Client(access_token="T") as client, pytest.raises(TypeError, match=message):
        call(client)
