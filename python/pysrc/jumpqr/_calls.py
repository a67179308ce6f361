"""The calls: what goes to the core, and what its answer becomes."""

from __future__ import annotations

from collections.abc import Mapping

from ._annotations import TYPE_CHECKING
from ._enums import Confirmation
from ._rules import as_mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any, TypeVar

    from . import _answers
    from ._enums import Edit
    from ._rules import Rule

    T = TypeVar("T")

    Call = tuple[str, object, Callable[[Any], T]]
    """WeChat's name of an interface, the arguments by their wire names, and what reads the answer of the core."""

# An enumeration itself takes several times as long to find a member.
confirmation = {member.value: member for member in Confirmation}.__getitem__
"""Reads the answer of a write."""


def add_jump_qr_code(
    rule: Rule | _answers.ListedRule | Mapping[str, object] | None,
    is_edit: Edit | bool | None,
    prefix: str | None,
    path: str | None,
    open_version: int | None,
    permit_sub_rule: int | None,
    debug_url: Sequence[str] | None,
    appid: str | None,
) -> Call[Confirmation]:
    """Make the call that adds or modifies a rule: a whole one, or one of these fields."""
    has_fields = (
        prefix is not None
        or path is not None
        or open_version is not None
        or permit_sub_rule is not None
        or debug_url is not None
        or appid is not None
    )
    mapping: object
    if rule is not None and not has_fields:
        mapping = as_mapping(rule)
    else:
        fields = {
            "prefix": prefix,
            "path": path,
            "open_version": open_version,
            "permit_sub_rule": permit_sub_rule,
            "debug_url": debug_url,
            "appid": appid,
        }
        if rule is not None:
            given = [name for name, value in fields.items() if value is not None]
            raise TypeError(f"give a rule, or its fields, not both: {', '.join(given)}")
        mapping = fields
    if is_edit is not None and isinstance(mapping, Mapping):
        mapping = {**mapping, "is_edit": int(is_edit) if isinstance(is_edit, bool) else is_edit}
    return "addJumpQRCode", mapping, confirmation


def get_jump_qr_code(
    appid: str | None,
    get_type: int | None,
    prefix_list: Sequence[str] | None,
    page_num: int | None,
    page_size: int | None,
) -> Call[_answers.JumpQRCodeList]:
    """Make the call that lists rules."""
    from ._answers import jump_qr_code_list

    arguments = {
        "appid": appid,
        "get_type": get_type,
        "prefix_list": prefix_list,
        "page_num": page_num,
        "page_size": page_size,
    }
    return "getJumpQRCode", arguments, jump_qr_code_list


def publish_jump_qr_code(prefix: str, appid: str | None) -> Call[Confirmation]:
    """Make the call that makes a rule effective."""
    return "publishJumpQRCode", {"prefix": prefix, "appid": appid}, confirmation


def delete_jump_qr_code(prefix: str, appid: str | None) -> Call[Confirmation]:
    """Make the call that removes a rule."""
    return "deleteJumpQRCode", {"prefix": prefix, "appid": appid}, confirmation


def download_qr_code_text() -> Call[_answers.VerificationFile]:
    """Make the call that fetches the verification file."""
    from ._answers import verification_file

    return "downloadQRCodeText", {}, verification_file


def link_miniprogram(appid: str, notify_users: bool, show_profile: bool) -> Call[Confirmation]:
    """Make the call that asks for a link to a Mini Program."""
    arguments = {"appid": appid, "notify_users": notify_users, "show_profile": show_profile}
    return "linkMiniprogram", arguments, confirmation


def wxamplinkget() -> Call[list[_answers.LinkedMiniprogram]]:
    """Make the call that lists the linked Mini Programs."""
    from ._answers import linked_miniprograms

    return "wxamplinkget", {}, linked_miniprograms
