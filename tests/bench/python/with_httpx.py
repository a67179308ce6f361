"""Posts the sample with httpx."""

import driver
import httpx

# The maximum number of calls in flight.
limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
client = httpx.Client(verify=driver.ssl_context() or True, timeout=30, limits=limits)


def call():
    driver.check(client.post(driver.url(), content=driver.body(), headers=driver.HEADERS).json())


driver.serve(lambda: call)
