"""`preflight.json`: what the server of a domain sends, and why WeChat does not find the file."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

import jumpqr
from scripted_server import Recorder, Reply, serving
from vectors import Vector, keys, load, raw, run

FILE = jumpqr.VerificationFile("UASjIrr8C9.txt", "7781805a2d7f096b0a277a8db058c316")
NOT_FOUND = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def domain(responses: dict[str, Any]) -> Iterator[str]:
    """Send the bytes of a path, and close the connection. The value is the address."""
    answers = {path: raw(response) for path, response in responses.items()}

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            path = self.rfile.readline().split(b" ")[1].decode()
            while self.rfile.readline().strip():
                pass
            self.wfile.write(answers.get(path, NOT_FOUND))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()


def check_preflight(vector: Vector) -> None:
    keys(vector, "name rule responses verdict findings", "downloads")
    keys(vector["rule"], "prefix", "appid")
    rule = vector["rule"] if "appid" in vector["rule"] else vector["rule"]["prefix"]
    wechat = Recorder(Reply(json.dumps({"errcode": 0, **vars(FILE)}).encode()))
    downloads = vector.get("downloads")
    file = FILE if downloads is None else None
    with (
        serving(wechat) as url,
        jumpqr.Client(access_token="ACCESS-TOKEN", base_url=url, pacing=False) as client,
    ):
        if vector["responses"] is None:
            found = client.preflight(rule, file=file)
        else:
            with domain(vector["responses"]) as address:
                found = client.preflight(rule, file=file, connect_to=[address])
    paths = [request.path for request in wechat.requests]
    assert paths == (["/cgi-bin/wxopen/qrcodejumpdownload"] if downloads else [])
    findings = [finding for finding in found.findings if finding.code != "slow"]
    if len(findings) == len(found.findings):
        assert found.verdict is jumpqr.PreflightVerdict(vector["verdict"])
    expected = vector["findings"]
    assert [(finding.code, finding.severity) for finding in findings] == [
        (wanted["code"], wanted["severity"]) for wanted in expected
    ]
    for wanted, finding in zip(expected, findings, strict=True):
        keys(wanted, "code severity", "says")
        for text in wanted.get("says", []):
            assert text in f"{finding.seen} {finding.why} {finding.remedy}"


def check_refused(vector: Vector) -> None:
    keys(vector, "name arguments findings")
    wechat = Recorder(Reply())
    arguments = dict(vector["arguments"])
    rule = {name: arguments.pop(name) for name in ("prefix", "appid") if name in arguments}
    with (
        serving(wechat) as url,
        jumpqr.Client(access_token="ACCESS-TOKEN", base_url=url) as client,
        pytest.raises(jumpqr.ValidationError) as raised,
    ):
        client.preflight(rule, **arguments)
    assert raised.value.code == "invalid_config"
    found = sorted((finding.field, finding.code) for finding in raised.value.violations)
    assert found == sorted((wanted["field"], wanted["code"]) for wanted in vector["findings"])
    assert not wechat.requests


def test_preflight(count: Callable[[str, int], None]) -> None:
    file = load("preflight.json", ["preflights", "refused"])
    done = run(file["preflights"], check_preflight, at_once=4)
    count("preflight.json", done + run(file["refused"], check_refused))
