"""`python -m jumpqr` and `jumpqr` are the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import jumpqr
from scripted_server import Action, Request, Silence, serving

MODULE = [sys.executable, "-m", "jumpqr"]
SCRIPT = [str(Path(sys.executable).with_name("jumpqr"))]


def run(
    *arguments: str, command: list[str] = MODULE, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, *arguments], input=stdin, capture_output=True, text=True, timeout=60, check=False
    )


def test_it_is_the_command() -> None:
    for command in (MODULE, SCRIPT):
        assert run("--version", command=command).stdout == f"jumpqr {jumpqr.__version__}\n"
        looked_up = json.loads(run("--json", "errcode", "85066", command=command).stdout)
        assert looked_up["errcode"]["name"] == "illegal_prefix"


def test_its_exit_codes_and_standard_input() -> None:
    rule = {"prefix": "https://m.example.cn/", "path": "p", "open_version": 1, "permit_sub_rule": 1}
    added = run("--sandbox", "--json", "add", "-", stdin=json.dumps(rule))
    assert added.returncode == 0, added.stderr
    assert json.loads(added.stdout)["confirmation"] == "answered"
    assert run("add", "-", stdin="{}").returncode == 3
    assert run("nonsense").returncode == 2


def test_the_sandbox_says_that_it_has_no_proxy_here() -> None:
    refused = run("sandbox", "--proxy")
    assert refused.returncode == 2
    assert "cargo install --locked --path cli" in refused.stderr


def test_ctrl_c_ends_a_call() -> None:
    received = threading.Event()

    def answer(request: Request) -> Action:
        received.set()
        return Silence()

    environment = {**os.environ, "JUMPQR_ACCESS_TOKEN": "T"}
    with (
        serving(answer) as url,
        subprocess.Popen([*MODULE, "--base-url", url, "get"], env=environment) as calling,
    ):
        assert received.wait(30)
        calling.send_signal(signal.SIGINT)
        # By the signal, not by what became of the call.
        assert calling.wait(30) == -signal.SIGINT


def test_ctrl_c_stops_a_sandbox() -> None:
    with subprocess.Popen(
        [*MODULE, "--json", "sandbox"], stdout=subprocess.PIPE, text=True
    ) as serving:
        assert serving.stdout is not None
        base_url = json.loads(serving.stdout.readline())["base_url"]
        with urllib.request.urlopen(f"{base_url}/sandbox") as answer:  # noqa: S310
            assert json.load(answer)["version"] == jumpqr.__version__
        serving.send_signal(signal.SIGINT)
        assert serving.wait(10) == 0
