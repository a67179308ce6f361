"""The records in the folder of a store, as another process reads and writes them."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from vectors import Vector, choice, keys, same


def replace(folder: Path, vector: Vector) -> None:
    """Replace the record of an interface; it must exist."""
    keys(vector, "interface", "record content")
    path = _find(folder, vector["interface"])
    rest = {key: vector[key] for key in vector if key != "interface"}
    kind, value = choice(rest, "record content")
    path.write_text(value if kind == "content" else _content(path, value), encoding="utf-8")


def compare(folder: Path, expected: Vector) -> None:
    """Compare the record of an interface."""
    keys(expected, "interface", "access_token refresh_token refused_errcode")
    _, record = _read(_find(folder, expected["interface"]))
    found = {
        "interface": expected["interface"],
        "access_token": record.get("access_token", {}).get("value"),
        "refresh_token": record.get("refresh_token"),
        "refused_errcode": record.get("refusal", {}).get("errcode"),
    }
    assert same(found, {**dict.fromkeys(found), **expected}), (found, expected)


def _find(folder: Path, interface: str) -> Path:
    """Return the file with a record; the files beside it have a dot in their names."""
    (path,) = (path for path in folder.glob(f"{interface}-*") if "." not in path.name)
    return path


def _read(path: Path) -> list[Any]:
    """Return the file's two parts: its first line, and the record."""
    return [json.loads(part) for part in path.read_text(encoding="utf-8").split("\n", 1)]


def _content(path: Path, vector: Vector) -> str:
    """Return the content of the file after another process has saved this record in it."""
    keys(vector, "", "access_token age expires_in refresh_token")
    record: Vector = {}
    if "access_token" in vector:
        record["access_token"] = {
            "value": vector["access_token"],
            "asked_at_ms": (int(time.time()) - vector.get("age", 0)) * 1000,
            "life_ms": vector.get("expires_in", 7200) * 1000,
        }
    if "refresh_token" in vector:
        record["refresh_token"] = vector["refresh_token"]
    saved = json.dumps(record)
    head, _ = _read(path)
    head.update(version=head["version"] + 1, length=len(saved.encode()))
    return f"{json.dumps(head)}\n{saved}"
