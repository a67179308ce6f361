"""`settings.json`: every wrong setting is reported as a finding with its name."""

from __future__ import annotations

import asyncio
import typing
from collections.abc import Callable
from typing import Any

import pytest

import jumpqr
from jumpqr import AsyncClient, AsyncPlatform, Client, Platform
from vectors import Vector, check_secrets, keys, load, run

FILE = load("settings.json", ["settings"])["settings"]

CLASSES: dict[str, list[Callable[..., Any]]] = {
    "client": [AsyncClient, Client],
    "platform": [AsyncPlatform, Platform],
}


def check_settings(vector: Vector) -> None:
    keys(vector, "name of settings findings", "code untyped signed parameters threads")
    asynchronous, blocking = CLASSES[vector["of"]]
    for make in [asynchronous] if vector.get("threads") else [asynchronous, blocking]:
        if not vector["findings"] and "code" not in vector:
            made = make(**vector["settings"])
            asyncio.run(made.aclose()) if make is asynchronous else made.close()
            continue
        with pytest.raises(jumpqr.JumpqrError) as refused:
            make(**vector["settings"])
        error = refused.value
        assert error.code == vector.get("code", "invalid_config")
        assert isinstance(error, jumpqr.ValidationError) == ("code" not in vector)
        found = [{"field": finding.field, "code": finding.code} for finding in error.violations]
        assert sorted(found, key=str) == sorted(vector["findings"], key=str)
        check_secrets(error, ["P4SS"])


def test_settings(count: Callable[[str, int], None]) -> None:
    count("settings.json", run(FILE, check_settings))


def test_every_setting_has_a_wrong_value_among_the_vectors() -> None:
    wrong = {
        finding["field"].partition("[")[0] for vector in FILE for finding in vector["findings"]
    }
    known: set[str] = set()
    for settings in (jumpqr.AsyncClientSettings, jumpqr.AsyncPlatformSettings):
        known.update(typing.get_type_hints(settings))
    # Only Python and Node have this function as a setting.
    assert known - {"on_call"} <= wrong
