"""The examples of a platform, which the sandbox pushes to and a merchant authorises."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

import jumpqr
from browser import ask, authorise
from jumpqr.testing import ENCODING_AES_KEY, MESSAGE_TOKEN, Sandbox

FOLDER = Path(__file__).resolve().parents[1] / "examples"

COMMANDS = {
    "fastapi_platform.py": ["-m", "uvicorn", "fastapi_platform:app", "--port", "0"],
    "django_platform.py": ["django_platform.py", "runserver", "--noreload", "127.0.0.1:0"],
}

REDIRECT_URI = "https://saas.example.cn/done"


def test_every_example_is_run() -> None:
    examples = {path.name: path for path in FOLDER.glob("*_platform.py")}
    assert set(examples) == set(COMMANDS)
    for path in examples.values():
        # Django needs 12 lines of imports.
        longest = 48 if path.name.startswith("django") else 40
        assert len(path.read_text(encoding="utf-8").splitlines()) <= longest


@contextmanager
def running(example: str, sandbox: Sandbox, token_store: str) -> Iterator[str]:
    """Run an example until the end of the block; give its URL."""
    component = sandbox.component
    environment = {
        **os.environ,
        "PYTHONUNBUFFERED": "1",
        "REDIRECT_URI": REDIRECT_URI,
        "JUMPQR_BASE_URL": sandbox.base_url,
        "JUMPQR_TOKEN_STORE": token_store,
        "JUMPQR_MESSAGE_TOKEN": MESSAGE_TOKEN,
        "JUMPQR_ENCODING_AES_KEY": ENCODING_AES_KEY,
        "JUMPQR_COMPONENT_APPID": component.appid,
        "JUMPQR_COMPONENT_APPSECRET": component.secret,
    }
    with subprocess.Popen(
        [sys.executable, *COMMANDS[example]],
        cwd=FOLDER,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            printed = []
            for line in process.stdout:
                printed.append(line)
                url = re.search(r"http://127\.0\.0\.1:\d+", line)
                if url:
                    yield url[0]
                    break
            else:
                pytest.fail("".join(printed))
        finally:
            process.kill()


def pushed(sandbox: Sandbox, info_type: str) -> dict[str, Any]:
    """Wait for the answer to a push."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for push in sandbox.pushes():
            if push["info_type"] == info_type:
                return push
        time.sleep(0.01)
    pytest.fail(f"no {info_type}")


@pytest.mark.parametrize("example", COMMANDS)
def test_from_an_empty_store_to_the_end_of_the_authorisation(
    example: str, jumpqr_sandbox: Sandbox, tmp_path: Path
) -> None:
    sandbox = jumpqr_sandbox
    appid = sandbox.mini_program.appid
    component = f"/sandbox/platforms/{sandbox.component.appid}"
    sandbox.control("DELETE", f"{component}/authorizers/{appid}")
    token_store = f"dir:{tmp_path / 'tokens'}"
    with running(example, sandbox, token_store) as url:
        for path in ("/push", "/push/wx5a6b7c8d9e0f1a2b"):
            assert ask(f"{url}{path}?signature=1", "<xml></xml>")[:2] == (403, "")
        sandbox.control("PUT", component, {"push_url": f"{url}/push"})
        assert pushed(sandbox, "component_verify_ticket")["is_success"]
        status, page, _ = ask(f"{url}/link")
        link = re.search('<a href="(.*)">Authorise</a>', page)
        assert (status, bool(link)) == (200, True), page
        assert link is not None
        location = authorise(html.unescape(link[1]), appid)
        status, page, _ = ask(location.replace(REDIRECT_URI, f"{url}/done"))
        assert (status, page) == (200, appid)
        assert pushed(sandbox, "authorized")["is_success"]

        # The code of the push is exchanged after the reply.
        deadline = time.monotonic() + 60
        while sandbox.counters()["calls"]["api_query_auth"] < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert sandbox.counters()["calls"]["api_query_auth"] == 2

        # Whoever comes without a good code sees what to do.
        for query in ("", "?auth_code=", "?auth_code=queryauthcode@@@used"):
            status, page, _ = ask(f"{url}/done{query}")
            assert (status, "See the list of merchants, or use a new link" in page) == (200, True)

        with sandbox.platform(token_store=token_store, pacing=False) as platform:
            client = platform.merchant(appid)
            rule = jumpqr.OrdinaryLinkRule("https://m.example.cn/table/", "pages/index/index", 1, 1)
            client.add_jump_qr_code(rule)
            client.publish_jump_qr_code(rule.prefix)

        # An end in the second of the authorisation may be that of an earlier one.
        sandbox.advance(2)
        sandbox.control("DELETE", f"{component}/authorizers/{appid}")
        assert pushed(sandbox, "unauthorized")["is_success"]
        with (
            sandbox.platform(token_store=token_store, pacing=False) as platform,
            pytest.raises(jumpqr.CredentialsError) as refused,
        ):
            platform.merchant(appid).get_jump_qr_code()
        assert refused.value.code == "merchant_unauthorized"
