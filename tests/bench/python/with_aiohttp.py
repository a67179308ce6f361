"""Posts the sample with aiohttp."""

from contextlib import asynccontextmanager

import aiohttp
import driver


@asynccontextmanager
async def open_call():
    connector = aiohttp.TCPConnector(ssl=driver.ssl_context() or True)
    async with aiohttp.ClientSession(
        connector=connector, timeout=aiohttp.ClientTimeout(30)
    ) as session:

        async def call():
            async with session.post(
                driver.url(), data=driver.body(), headers=driver.HEADERS
            ) as answer:
                driver.check(await answer.json())

        yield call


if __name__ == "__main__":
    driver.serve_async(open_call)
