"""The measured clients: jumpqr in each language, and the alternatives of its users."""

import os
from dataclasses import dataclass, field
from pathlib import Path

LANGUAGES = ["rust", "c", "python", "node"]

SOURCE = Path(__file__).resolve().parent.parent
REPOSITORY = SOURCE.parent.parent
TARGET = Path(os.environ["CARGO_TARGET_DIR"])
# The folder for builds and results.
WORK = TARGET / "bench"
PYTHON = WORK / "python" / "bin" / "python"


@dataclass(frozen=True)
class Client:
    """One driver, and its name in the tables."""

    language: str
    name: str
    driver: str
    schemes: tuple[str, ...] = ("http", "https")
    # The environment variable that names the certificate for TLS, if there is no other way.
    ca_variable: str | None = field(default=None)

    @property
    def id(self) -> str:
        return f"{self.language}/{self.name}"

    def command(self) -> list[str]:
        """Returns the command that starts the driver, without its arguments."""
        commands = {
            "rust": [TARGET / "release" / self.driver],
            "c": [WORK / "drivers" / self.driver],
            "python": [PYTHON, SOURCE / "python" / f"{self.driver}.py"],
            "node": ["node", SOURCE / "node" / f"{self.driver}.js"],
        }
        return [str(part) for part in commands[self.language]]


# The clients that send prepared bytes, by scheme: the part of every figure that is the machine's.
RAW = {"http": "c/raw socket", "https": "rust/raw rustls"}

CLIENTS = [
    Client("rust", "jumpqr", "with_jumpqr"),
    Client("rust", "raw rustls", "with_rustls", schemes=("https",)),
    Client("c", "jumpqr", "with_jumpqr"),
    Client("c", "raw socket", "with_raw_socket", schemes=("http",)),
    Client("c", "libcurl + cJSON", "with_libcurl"),
    Client("python", "jumpqr", "with_jumpqr"),
    Client("python", "jumpqr asyncio", "with_jumpqr_async"),
    Client("python", "jumpqr uvloop", "with_jumpqr_uvloop"),
    Client("python", "pycurl", "with_pycurl"),
    Client("python", "http.client", "with_http_client"),
    Client("python", "urllib3", "with_urllib3"),
    Client("python", "requests", "with_requests"),
    Client("python", "httpx", "with_httpx"),
    Client("python", "aiohttp", "with_aiohttp"),
    Client("python", "aiohttp uvloop", "with_aiohttp_uvloop"),
    Client("python", "wechatpy", "with_wechatpy"),
    Client("node", "jumpqr", "with_jumpqr"),
    Client("node", "undici Pool", "with_undici"),
    Client("node", "fetch", "with_fetch", ca_variable="NODE_EXTRA_CA_CERTS"),
    Client("node", "node:http", "with_node_http"),
    Client("node", "axios", "with_axios"),
    Client("node", "co-wechat-api", "with_co_wechat_api"),
]
