"""Posts the sample with httpx."""

import driver
import httpx

client = httpx.Client(verify=driver.ssl_context() or True, timeout=30)


def call():
    driver.check(client.post(driver.url(), content=driver.body(), headers=driver.HEADERS).json())


driver.serve(lambda: call)
