"""`names.json`: the public names are the same in every language, except for their case."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable, Iterable

import pytest

import jumpqr
from jumpqr.testing import Sandbox, SandboxError
from vectors import Vector, keys, load

FILE = load(
    "names.json",
    ["types", "functions", "methods", "enums", "exceptions", "faults", "settings", "sandbox"],
)


def entries(table: str) -> list[Vector]:
    for entry in FILE[table]:
        keys(entry, "name names", "of not_in")
    return [entry for entry in FILE[table] if "python" not in entry.get("not_in", {})]


def names(table: str, of: str | None = None) -> set[str]:
    chosen = [entry for entry in entries(table) if of is None or entry["of"] == of]
    return same_case(name for entry in chosen for name in entry["names"])


def same_case(found: Iterable[str]) -> set[str]:
    return {name.lower().replace("_", "") for name in found}


def methods_of(cls: type) -> set[str]:
    methods = inspect.getmembers(cls, inspect.isroutine)
    return same_case(name for name, _ in methods if name[0] != "_")


def test_names(count: Callable[[str, int], None], jumpqr_sandbox: Sandbox) -> None:
    enums = {entry["of"] for entry in entries("enums")}
    public = same_case(jumpqr.__all__)
    assert public == (names("types") | names("functions") | names("exceptions") | same_case(enums))
    for enum in enums:
        assert same_case(getattr(jumpqr, enum).__members__) == names("enums", enum)
    for owner in {entry["of"] for entry in entries("methods")}:
        assert methods_of(getattr(jumpqr, owner)) == names("methods", owner)
    settings = (jumpqr.AsyncClientSettings, jumpqr.AsyncPlatformSettings)
    known = {name for types in settings for name in typing.get_type_hints(types)}
    assert same_case(known) == names("settings")
    # asyncio says "aclose".
    for blocking in (jumpqr.Client, jumpqr.Platform):
        asynchronous = getattr(jumpqr, f"Async{blocking.__name__}")
        assert methods_of(asynchronous) == methods_of(blocking) - {"close"} | {"aclose"}
    assert same_case(name for name in dir(Sandbox) if name[0] != "_") == names("sandbox")
    with pytest.raises(SandboxError) as unknown:
        jumpqr_sandbox.inject("?")
    _, faults = str(unknown.value).split("expected one of ")
    assert same_case(fault.strip("`") for fault in faults.split(", ")) == names("faults")
    count("names.json", sum(map(len, FILE.values())))
