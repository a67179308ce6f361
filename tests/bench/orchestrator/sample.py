"""Checks that every client sends the same request; otherwise figures could not be compared."""

import json
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from .clients import REPOSITORY, Client
from .process import TOKEN, Process
from .server import ANSWER, HOST, Server

# The first vector of `requests.json`: the official sample.
VECTOR = json.loads((REPOSITORY / "tests/vectors/requests.json").read_text())["requests"][0]


def check(clients: Iterable[Client], running: Server, folder: Path) -> None:
    """Checks that each client sends the sample once, with the token."""
    for client in clients:
        scheme = client.schemes[0]
        with recording(scheme, folder) as (port, requests):
            recorder = Server({scheme: f"{scheme}://{HOST}:{port}"}, running.ca, running.worker)
            with Process(client, recorder, scheme) as process:
                process.order(0, 1, 1)
        expected = [(VECTOR["path"], {"access_token": [TOKEN]}, json.loads(VECTOR["body"]))]
        if requests != expected:
            raise SystemExit(f"{client.id} does not send the sample:\n  {requests}\n  {expected}")


@contextmanager
def recording(scheme: str, folder: Path) -> Iterator[tuple[int, list]]:
    """Runs a recording server. Yields its port and the requests: path, query and body."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            url = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"]))
            requests.append((url.path, parse_qs(url.query), json.loads(body)))
            head = (
                "HTTP/1.1 200 OK\r\n"
                "Content-Type: application/json\r\n"
                f"Content-Length: {len(ANSWER)}\r\n\r\n"
            )
            # One write for the whole answer: the raw clients read only once.
            self.wfile.write((head + ANSWER).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    server.daemon_threads = True
    if scheme == "https":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "server.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, requests
    finally:
        server.shutdown()
        server.server_close()
