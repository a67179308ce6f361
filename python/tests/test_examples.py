"""What the README and the docstrings show is true."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import jumpqr
from jumpqr.testing import ENCODING_AES_KEY, MESSAGE_TOKEN, Sandbox

README = Path(__file__).resolve().parents[1] / "README.md"

MODULES = [
    module.name for module in pkgutil.iter_modules(jumpqr.__path__) if module.name != "__main__"
]


@pytest.mark.parametrize("name", ["jumpqr", *(f"jumpqr.{name}" for name in MODULES)])
def test_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    assert doctest.testmod(module, globs={**vars(jumpqr), **vars(module)}).failed == 0


EXAMPLE = (README.parent / "examples" / "fastapi_platform.py").read_text(encoding="utf-8")


def snippets() -> list[str]:
    """The snippets, without the example, which `test_platform_examples.py` runs."""
    found = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return [snippet for snippet in found if snippet != EXAMPLE]


@pytest.mark.parametrize("number", range(len(snippets())))
def test_readme(number: int, jumpqr_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    """Each snippet runs, and prints what its comments say."""
    snippet = snippets()[number]
    appid, secret = jumpqr_sandbox.mini_program
    code = snippet.replace(
        '"wx1234567890abcdef", secret="…"', f'"{appid}", secret="{secret}", base_url=BASE_URL'
    )
    names: dict[str, object] = {"BASE_URL": jumpqr_sandbox.base_url}
    exec(compile(code, f"README.md, snippet {number}", "exec"), names)  # noqa: S102
    for name, test in list(names.items()):
        if name.startswith("test_") and callable(test):
            test(jumpqr_sandbox)
    printed = capsys.readouterr().out.splitlines()
    promised = re.findall(r"print\(.*\)  # (.+)$", snippet, re.MULTILINE)
    assert len(printed) == len(promised)
    for line, promise in zip(printed, promised, strict=True):
        assert re.fullmatch(re.escape(promise).replace("…", ".*"), line), (line, promise)


def test_the_readme_has_the_settings_of_the_sandbox(jumpqr_sandbox: Sandbox) -> None:
    exported = dict(
        re.findall(r"^export (\w+)=(\S+)$", README.read_text(encoding="utf-8"), re.MULTILINE)
    )
    appid, secret = jumpqr_sandbox.component
    assert exported == {
        "JUMPQR_COMPONENT_APPID": appid,
        "JUMPQR_COMPONENT_APPSECRET": secret,
        "JUMPQR_MESSAGE_TOKEN": MESSAGE_TOKEN,
        "JUMPQR_ENCODING_AES_KEY": ENCODING_AES_KEY,
    }
