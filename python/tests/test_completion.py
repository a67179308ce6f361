"""Editors complete the public names."""

from __future__ import annotations

import jedi  # type: ignore[import-untyped]
import pytest

import jumpqr
from jumpqr import testing


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import jumpqr\njumpqr.", jumpqr.__all__),
        ("from jumpqr import ", jumpqr.__all__),
        ("import jumpqr.testing\njumpqr.testing.", testing.__all__),
        (
            "import jumpqr\njumpqr.Client().",
            [name for name in dir(jumpqr.Client) if name[0] != "_"],
        ),
        (
            "import jumpqr\njumpqr.AsyncClient().",
            [name for name in dir(jumpqr.AsyncClient) if name[0] != "_"],
        ),
        (
            "import jumpqr\njumpqr.Platform().",
            [name for name in dir(jumpqr.Platform) if name[0] != "_"],
        ),
        (
            "import jumpqr\njumpqr.Platform().merchant('').",
            [name for name in dir(jumpqr.Client) if name[0] != "_"],
        ),
        ("import jumpqr\njumpqr.Client().get_jump_qr_code().", ["list_size", "rule_list"]),
    ],
)
def test_every_public_name_is_completed(source: str, expected: list[str]) -> None:
    completed = {name.name for name in jedi.Script(source).complete()}
    assert set(expected) - completed == set()


@pytest.mark.parametrize("name", [name for name in jumpqr.__all__ if name != "__version__"])
def test_the_definition_of_every_public_name_is_found(name: str) -> None:
    definitions = jedi.Script(f"import jumpqr\njumpqr.{name}").goto(
        2, len("jumpqr."), follow_imports=True
    )
    assert {definition.name for definition in definitions} == {name}
