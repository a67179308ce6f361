"""An HTTP server in the event loop of a test, which answers when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import jumpqr
from jumpqr import AsyncClient

EMPTY = b'{"errcode":0,"rule_list":[]}'


class Received:
    """A request that awaits its response."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str
    ) -> None:
        self.path = path
        self.answered = asyncio.Event()
        self._reader = reader
        self._writer = writer

    def reply(self, body: bytes = EMPTY) -> None:
        """Send a whole response."""
        self.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        self.answered.set()

    def write(self, part: bytes) -> None:
        """Send a part of a response. Set `answered` after the last one."""
        self._writer.write(part)

    async def closed(self) -> None:
        """Wait until the client closes the connection."""
        assert await self._reader.read(1) == b""


class LoopServer:
    """Gives the requests to the test, in the order in which they arrive."""

    def __init__(self) -> None:
        self.connections = 0
        self.url = ""
        self._received: asyncio.Queue[Received] = asyncio.Queue()

    async def next(self, count: int = 1) -> list[Received]:
        """Wait for so many requests."""
        return [await self._received.get() for _ in range(count)]

    @property
    def waiting(self) -> int:
        """How many requests have arrived that `next` has not returned."""
        return self._received.qsize()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve a connection."""
        self.connections += 1
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                lengths = [
                    line for line in head.lower().split("\r\n") if line.startswith("content-length")
                ]
                if lengths:
                    await reader.readexactly(int(lengths[0].partition(":")[2]))
                received = Received(reader, writer, head.split(" ")[1].partition("?")[0])
                self._received.put_nowait(received)
                await received.answered.wait()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def loop_serving() -> AsyncIterator[LoopServer]:
    """Serve in the running event loop."""
    server = LoopServer()
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    try:
        yield server
    finally:
        listening.close()


@asynccontextmanager
async def warm(count: int = 1, **settings: Any) -> AsyncIterator[tuple[LoopServer, AsyncClient]]:
    """A server, and a client with so many idle connections to it."""
    async with loop_serving() as server:
        given: Any = {"access_token": "T", "base_url": server.url, "pacing": False, **settings}
        async with AsyncClient(**given) as client:
            await open_connections(server, client, count)
            yield server, client


async def open_connections(server: LoopServer, client: AsyncClient, count: int) -> None:
    """Make so many calls at once, on idle connections or on new ones."""
    calls = [asyncio.create_task(client.get_jump_qr_code()) for _ in range(count)]
    for received in await server.next(count):
        received.reply()
    await asyncio.gather(*calls)


async def begin(
    server: LoopServer, client: AsyncClient, **arguments: Any
) -> tuple[asyncio.Task[jumpqr.JumpQRCodeList], Received]:
    """A call whose request has arrived."""
    task = asyncio.create_task(client.get_jump_qr_code(**arguments))
    (received,) = await server.next()
    return task, received
