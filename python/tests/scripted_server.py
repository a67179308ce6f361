"""An HTTP server on loopback that does what a test says."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass
class Request:
    """What was received."""

    method: str
    path: str
    query: str
    body: str | None
    port: int
    at: float = field(default_factory=time.monotonic)

    def parameters(self) -> list[tuple[str, str]]:
        """Names and values of the query, decoded."""
        pairs = [pair.partition("=") for pair in self.query.split("&") if pair]
        return [(name, unquote(value)) for name, _, value in pairs]

    @property
    def access_token(self) -> str | None:
        """The token in the query."""
        return dict(self.parameters()).get("access_token")

    def query_without_token(self) -> str:
        """The query as it was sent, but for the token."""
        return "&".join(
            pair for pair in self.query.split("&") if not pair.startswith("access_token=")
        )


@dataclass
class Reply:
    """An answer."""

    body: bytes = b'{"errcode":0,"errmsg":"ok"}'
    status: int = 200
    delay: float = 0.0


class Close:
    """Close the connection without an answer."""


class Silence:
    """Say nothing until the client gives up."""


Action = Reply | Close | Silence


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    timeout = 60

    def do_POST(self) -> None:
        self._handle()

    def do_GET(self) -> None:
        self._handle()

    def do_CONNECT(self) -> None:
        """What a proxy is asked for; it is refused."""
        self.server.answer(
            Request(self.command, self.path, "", None, int(self.server.server_address[1]))
        )
        self.send_error(403)

    def _handle(self) -> None:
        length = self.headers.get("Content-Length")
        body = None if length is None else self.rfile.read(int(length)).decode()
        url = urlsplit(self.path)
        port = int(self.server.server_address[1])
        action = self.server.answer(Request(self.command, url.path, url.query, body, port))
        if isinstance(action, Reply):
            time.sleep(action.delay)
            self._reply(action)
            return
        if isinstance(action, Silence):
            self.connection.settimeout(60)
            self.connection.recv(1)
        self.close_connection = True

    def _reply(self, reply: Reply) -> None:
        self.send_response_only(reply.status)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        try:
            if reply.status != 204:
                self.wfile.write(reply.body)
        except (BrokenPipeError, ConnectionResetError):
            # A client need not read all of an answer that is too large.
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Callable[[Request], Action]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients that go away are no error."""


@contextmanager
def serving(answer: Callable[[Request], Action]) -> Iterator[str]:
    """Serve with `answer`, from any thread at once; gives the base URL."""
    server = _Server(answer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def nobody() -> Iterator[str]:
    """A base URL at which nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


class Recorder:
    """Answers every request alike, and keeps them."""

    def __init__(self, action: Action | None = None) -> None:
        self.action: Action = action or Reply()
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Action:
        self.requests.append(request)
        return self.action
