"""Adds the sample rule through jumpqr, in an event loop."""

from contextlib import asynccontextmanager

import driver
import jumpqr
from with_jumpqr import rule, settings


@asynccontextmanager
async def open_call():
    async with jumpqr.AsyncClient(**settings()) as client:
        yield lambda: client.add_jump_qr_code(rule())


if __name__ == "__main__":
    driver.serve_async(open_call)
