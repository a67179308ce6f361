"""`qr.json`: the pictures of a code are the same in every language."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import jumpqr
from vectors import Vector, keys, load, raw, run


def options(vector: Vector) -> dict[str, str]:
    return {"level": vector["level"]} if "level" in vector else {}


def check_code(vector: Vector) -> None:
    keys(vector, "name link code svg png", "level caption scale")
    keys(vector["code"], "level version matrix")
    link = raw(vector["link"]).decode()
    code = jumpqr.qr(link, **options(vector))  # type: ignore[arg-type]
    assert code.link == link
    matrix = ["".join("01"[dark] for dark in row) for row in code.matrix]
    assert vector["code"] == {"level": code.level, "version": code.version, "matrix": matrix}
    assert code.svg(vector.get("caption")) == vector["svg"]
    assert code.png(vector.get("scale", 1)) == raw(vector["png"])


def check_refused(vector: Vector) -> None:
    keys(vector, "name link findings", "level scale says")
    with pytest.raises(jumpqr.ValidationError) as refused:
        jumpqr.qr(raw(vector["link"]).decode(), **options(vector)).png(  # type: ignore[arg-type]
            vector.get("scale", 1)
        )
    violations = refused.value.violations
    found = [{"field": finding.field, "code": str(finding.code)} for finding in violations]
    assert found == vector["findings"]
    for text in vector.get("says", []):
        assert text in str(refused.value)


def test_codes(count: Callable[[str, int], None]) -> None:
    checks = {"codes": check_code, "refused": check_refused}
    file = load("qr.json", checks)
    count("qr.json", sum(run(file[table], check) for table, check in checks.items()))
