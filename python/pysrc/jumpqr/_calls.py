"""The calls: what goes to the core, and what its answer becomes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable, Generic, Optional, TypeVar, Union

from . import _answers
from ._enums import Confirmation, Edit
from ._rules import OrdinaryLinkRule, Rule, ServiceAccountRule, to_json

T = TypeVar("T")


@dataclass(frozen=True)
class Call(Generic[T]):
    """One call to one interface."""

    interface: str
    """WeChat's name."""
    arguments: str
    """The arguments by their wire names, as JSON."""
    decode: Callable[[Any], T]
    """What makes the answer of its JSON."""

    def answer(self, text: str) -> T:
        """Read the answer."""
        return self.decode(json.loads(text))


def _call(interface: str, decode: Callable[[Any], T], **arguments: object) -> Call[T]:
    return Call(interface, to_json(arguments), decode)


def add_jump_qr_code(
    rule: Union[Rule, Mapping[str, Any], None], is_edit: Union[Edit, bool, None], fields: Mapping[str, Any]
) -> Call[Confirmation]:
    """Make the call that adds or modifies a rule."""
    given = {name: value for name, value in fields.items() if value is not None}
    if rule is None:
        mapping: Any = given
    elif given:
        raise TypeError(f"give a rule, or its fields, not both: {', '.join(given)}")
    elif isinstance(rule, (OrdinaryLinkRule, ServiceAccountRule)):
        mapping = rule.to_dict()
    else:
        mapping = rule
    if is_edit is not None and isinstance(mapping, Mapping):
        mapping = {**mapping, "is_edit": int(is_edit) if isinstance(is_edit, bool) else is_edit}
    return Call("addJumpQRCode", to_json(mapping), Confirmation)


def get_jump_qr_code(
    appid: Optional[str],
    get_type: Optional[int],
    prefix_list: Optional[Sequence[str]],
    page_num: Optional[int],
    page_size: Optional[int],
) -> Call[_answers.JumpQRCodeList]:
    """Make the call that lists rules."""
    return _call(
        "getJumpQRCode",
        _answers.jump_qr_code_list,
        appid=appid,
        get_type=get_type,
        prefix_list=prefix_list,
        page_num=page_num,
        page_size=page_size,
    )


def publish_jump_qr_code(prefix: str, appid: Optional[str]) -> Call[Confirmation]:
    """Make the call that makes a rule effective."""
    return _call("publishJumpQRCode", Confirmation, prefix=prefix, appid=appid)


def delete_jump_qr_code(prefix: str, appid: Optional[str]) -> Call[Confirmation]:
    """Make the call that removes a rule."""
    return _call("deleteJumpQRCode", Confirmation, prefix=prefix, appid=appid)


def download_qr_code_text() -> Call[_answers.VerificationFile]:
    """Make the call that fetches the verification file."""
    return _call("downloadQRCodeText", _answers.verification_file)


def link_miniprogram(appid: str, notify_users: bool, show_profile: bool) -> Call[Confirmation]:
    """Make the call that asks for a link to a Mini Program."""
    return _call("linkMiniprogram", Confirmation, appid=appid, notify_users=notify_users, show_profile=show_profile)


def wxamplinkget() -> Call[list[_answers.LinkedMiniprogram]]:
    """Make the call that lists the linked Mini Programs."""
    return _call("wxamplinkget", _answers.linked_miniprograms)
