"""`names.json`: the public names are the same in every language, except for their case."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable

import jumpqr
from vectors import Vector, keys, load

FILE = load(
    "names.json", ["types", "functions", "methods", "enums", "exceptions", "faults", "settings"]
)

# A word in Python, not an enumeration.
WORDS = {"Reaction", "TokenInterface", "ComponentTokenField", "IpVersion"}


def entries(table: str) -> list[Vector]:
    for entry in FILE[table]:
        keys(entry, "name names", "of not_in")
    return [entry for entry in FILE[table] if "python" not in entry.get("not_in", {})]


def names(table: str) -> set[str]:
    return {name for entry in entries(table) for name in entry["names"]}


def test_names(count: Callable[[str, int], None]) -> None:
    assert names("types") | names("functions") | names("exceptions") <= set(jumpqr.__all__)
    for entry in entries("methods"):
        methods = vars(getattr(jumpqr, entry["of"])).items()
        public = [name for name, value in methods if inspect.isfunction(value) and name[0] != "_"]
        assert sorted(public) == sorted(entry["names"]), entry["name"]
    for entry in entries("enums"):
        if entry["of"] not in WORDS:
            members = [member.name.lower() for member in getattr(jumpqr, entry["of"])]
            assert members == entry["names"], entry["name"]
    errors = {name for name in jumpqr.__all__ if name.endswith("Error")}
    assert errors == names("exceptions")
    known: set[str] = set()
    for settings in (jumpqr.AsyncClientSettings, jumpqr.AsyncPlatformSettings):
        known.update(typing.get_type_hints(settings))
    assert known == names("settings")
    count("names.json", sum(map(len, FILE.values())))
