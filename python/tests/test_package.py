"""The installed package: versions, types, documentation, and the same names as in the core."""

from __future__ import annotations

import enum
import importlib.metadata
import importlib.resources
import inspect
import json
import pydoc
import re
import typing
from pathlib import Path

import generate_async
import pytest
from typing_extensions import Unpack

import jumpqr
from jumpqr import AsyncClient, Client, Handled, Platform, _enums, _jumpqr, testing

ROOT = Path(__file__).resolve().parents[2]


def test_the_version_is_that_of_the_workspace() -> None:
    manifest = (ROOT / "Cargo.toml").read_text(encoding="utf-8")
    package = manifest.partition("[workspace.package]")[2]
    version = re.search(r'^version = "(.+)"$', package, re.MULTILINE)
    assert version is not None
    assert {importlib.metadata.version("jumpqr"), jumpqr.__version__} == {version[1]}


def test_what_is_installed_beside_the_code() -> None:
    assert importlib.resources.files("jumpqr").joinpath("py.typed").is_file()
    assert importlib.resources.files("jumpqr").joinpath("_jumpqr.pyi").is_file()
    metadata = importlib.metadata.metadata("jumpqr")
    assert metadata["License-Expression"] == "MIT OR Apache-2.0"
    assert set(metadata.get_all("License-File") or []) == {"LICENSE-APACHE", "LICENSE-MIT"}
    assert importlib.metadata.requires("jumpqr") is None
    assert "addJumpQRCode" in str(metadata["Description"] or metadata["Summary"])


@pytest.mark.parametrize(
    ("names", "core"),
    [
        (_enums.ErrorKind, jumpqr.names()["kinds"]),
        (_enums.Outcome, jumpqr.names()["outcomes"]),
        (_enums.Confirmation, jumpqr.names()["confirmations"]),
        (jumpqr.Mismatch, [reason["code"] for reason in jumpqr.names()["mismatches"]]),
        (jumpqr.Obstacle, [obstacle["code"] for obstacle in jumpqr.names()["obstacles"]]),
        (_enums.LinkStatus, [status["name"] for status in jumpqr.names()["link_statuses"]]),
        (jumpqr.Device, jumpqr.names()["devices"]),
        (jumpqr.Mode, jumpqr.names()["modes"]),
        (jumpqr.Verdict, jumpqr.names()["verdicts"]),
        (jumpqr.Severity, jumpqr.names()["severities"]),
        (jumpqr.PreflightVerdict, jumpqr.names()["preflight_verdicts"]),
    ],
)
def test_an_enumeration_has_the_names_of_the_core(names: type[enum.Enum], core: list[str]) -> None:
    assert [name.value for name in names] == core


@pytest.mark.parametrize(
    ("field", "numbers"),
    [
        ("open_version", _enums.OpenVersion),
        ("permit_sub_rule", _enums.PermitSubRule),
        ("is_edit", _enums.Edit),
        ("state", _enums.RuleState),
        ("auth_type", jumpqr.AuthType),
    ],
)
def test_an_enumeration_has_the_numbers_of_the_core(
    field: str, numbers: type[enum.IntEnum]
) -> None:
    core = [(value["number"], value["word"]) for value in jumpqr.names()[field]]
    words = [(number, word.replace(" ", "_")) for number, word in core]
    assert words == [(number.value, number.name.lower()) for number in numbers]


def test_mismatches_say_what_to_do() -> None:
    assert "rule" in jumpqr.Mismatch.NO_TRAILING_SLASH.message


def test_every_interface_of_the_core_has_a_method() -> None:
    methods = {
        re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=R)(?=Code)", "_", name).lower()
        for name in jumpqr.names()["interfaces"]
    }
    methods = {
        name.replace("jump_qrcode", "jump_qr_code").replace("qrcode", "qr_code") for name in methods
    }
    for client in (Client, AsyncClient):
        assert methods <= set(dir(client)), methods


def public() -> list[tuple[str, object]]:
    """Every public name of the package and its classes."""
    found: list[tuple[str, object]] = []
    for module in (jumpqr, testing):
        for name in module.__all__:
            thing = getattr(module, name)
            found.append((name, thing))
            if inspect.isclass(thing):
                members = [
                    (f"{name}.{member}", value)
                    for cls in thing.__mro__
                    if cls in (thing, _jumpqr.Client)
                    for member, value in vars(cls).items()
                    if member[0] != "_"
                ]
                found += [
                    (member, value)
                    for member, value in members
                    if callable(value) or isinstance(value, property)
                ]
    return found


@pytest.mark.parametrize(
    ("name", "thing"),
    [(name, thing) for name, thing in public() if name not in {"__version__", "Rule"}],
)
def test_everything_is_documented_and_its_types_can_be_evaluated(name: str, thing: object) -> None:
    assert inspect.getdoc(thing), name
    target = thing.fget if isinstance(thing, property) else thing
    # The names of other modules are not imported for an annotation, but are public.
    known = {"Unpack": Unpack, **{name: getattr(jumpqr, name) for name in jumpqr.__all__}}
    if inspect.isfunction(target):
        typing.get_type_hints(target, localns=known)
    elif inspect.isclass(target):
        typing.get_type_hints(target.__init__, localns=known)


def test_help_is_of_use() -> None:
    text = pydoc.plain(pydoc.render_doc(Client))
    for part in ("ClientSettings", "add_jump_qr_code(", "Ctrl-C", "timeout: The time limit"):
        assert part in text


def test_everything_of_the_extension_module_is_documented() -> None:
    for name, thing in vars(_jumpqr).items():
        if not name.startswith("__"):
            assert inspect.getdoc(thing), name


def test_the_modules_for_asyncio_are_as_generated() -> None:
    for path, text in generate_async.generate().items():
        assert path.read_text(encoding="utf-8") == text, f"run python/generate_async.py: {path}"


@pytest.mark.parametrize("blocking", [Client, Handled, Platform])
def test_the_methods_for_asyncio_are_coroutines(blocking: type) -> None:
    asynchronous = getattr(jumpqr, f"Async{blocking.__name__}")
    for name, _ in inspect.getmembers(blocking, inspect.isroutine):
        method = getattr(asynchronous, name, None)
        if name in {"rules", "merchants"}:
            assert inspect.isasyncgenfunction(method), name
        elif name[0] != "_" and name not in {"close", "encrypt_reply", "merchant"}:
            assert inspect.iscoroutinefunction(method), name


def test_the_names_of_a_rule_are_those_on_the_wire() -> None:
    rule = jumpqr.OrdinaryLinkRule("https://m.example.cn/", "p", 1, 2)
    assert json.loads(json.dumps(rule.to_dict())) == {
        "prefix": "https://m.example.cn/",
        "path": "p",
        "open_version": 1,
        "permit_sub_rule": 2,
    }
    with pytest.raises(jumpqr.ValidationError):
        jumpqr.check_call("stable_token", appid="wx1")
