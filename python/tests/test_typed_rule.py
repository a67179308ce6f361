"""A typed rule is sent, or refused, just as the mapping of its fields."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any

import pytest

from jumpqr import Client, Edit, OpenVersion, OrdinaryLinkRule, PermitSubRule, ServiceAccountRule
from scripted_server import Recorder, Reply, serving


class Word(str):
    """A text of another type."""


class Number(enum.IntEnum):
    """A number of another type."""

    ONE = 1
    NINE = 9


class Table(ServiceAccountRule):
    """A rule of another type."""

    def __init__(self, number: int) -> None:
        super().__init__(f"http://weixin.qq.com/q/{number}", "wx1234567890abcdef", "p")
        self.number = number


def ordinary(**fields: Any) -> OrdinaryLinkRule:
    return OrdinaryLinkRule(
        **{
            "prefix": "https://m.example.cn/",
            "path": "pages/index/index",
            "open_version": OpenVersion.TRIAL,
            "permit_sub_rule": PermitSubRule.OCCUPIED,
            **fields,
        }
    )


def service(**fields: Any) -> ServiceAccountRule:
    usual = {"prefix": "http://weixin.qq.com/q/a", "appid": "wx1234567890abcdef", "path": "p"}
    return ServiceAccountRule(**{**usual, **fields})


def without(name: str, rule: Any) -> Any:
    delattr(rule, name)
    return rule


def having(name: str, rule: Any) -> Any:
    setattr(rule, name, "x")
    return rule


RULES: list[Callable[[], Any]] = [
    ordinary,
    lambda: ordinary(prefix=Word("https://m.example.cn/"), path="页面/首页"),
    lambda: ordinary(open_version=3, permit_sub_rule=1),
    lambda: ordinary(open_version=Number.ONE, permit_sub_rule=Number.ONE),
    lambda: ordinary(debug_url=[]),
    lambda: ordinary(debug_url=["https://m.example.cn/?a=1", Word("https://m.example.cn/?a=2")]),
    lambda: ordinary(debug_url=("https://m.example.cn/?a=1",)),
    service,
    lambda: Table(7),
    # Not well-formed.
    lambda: ordinary(open_version=Number.NINE),
    lambda: ordinary(permit_sub_rule=0),
    lambda: ordinary(open_version=True),
    lambda: ordinary(permit_sub_rule=1.0),
    lambda: ordinary(open_version=2**70),
    lambda: ordinary(open_version="1"),
    lambda: ordinary(permit_sub_rule=None),
    lambda: ordinary(open_version=float("nan")),
    lambda: ordinary(prefix="\ud800"),
    lambda: ordinary(prefix=None, path=1),
    lambda: ordinary(path=b"p"),
    lambda: ordinary(debug_url="https://m.example.cn/"),
    lambda: ordinary(debug_url=["https://m.example.cn/", 1]),
    lambda: ordinary(debug_url=["https://m.example.cn/", "\ud800"]),
    lambda: service(appid=None),
    lambda: having("note", ordinary()),
    lambda: having("appid", ordinary()),
    lambda: without("path", ordinary()),
    lambda: having("open_version", service()),
    lambda: having("note", without("debug_url", ordinary())),
    # Well-formed, but not valid.
    lambda: ordinary(prefix="m.example.cn", path=""),
    lambda: ordinary(debug_url=["https://other.example.cn/"] * 6),
    lambda: service(prefix="https://weixin.qq.com/q/a", appid="wx"),
]

EDITS: list[Any] = [None, True, False, Edit.MODIFY, 0, 2, 1.0, "yes"]


@pytest.mark.parametrize("validate", [True, False])
@pytest.mark.parametrize("edit", EDITS)
def test_a_typed_rule_is_read_as_its_mapping(edit: Any, validate: bool) -> None:
    server = Recorder(Reply(b'{"errcode":0}'))

    def outcome(client: Client, rule: Any) -> Any:
        sent = len(server.requests)
        try:
            result = client.add_jump_qr_code(rule, is_edit=edit, validate=validate)
        except Exception as error:
            assert len(server.requests) == sent
            return type(error), str(error), getattr(error, "violations", None)
        return result, [request.body for request in server.requests[sent:]]

    with serving(server) as url, Client(access_token="T", base_url=url, pacing=False) as client:
        for number, make in enumerate(RULES):
            rule = make()
            assert outcome(client, rule) == outcome(client, dict(vars(rule))), number
    assert server.requests or edit in EDITS[5:]
