"""Posts the sample with urllib3."""

import driver
import urllib3

# The maximum number of calls in flight.
pool = urllib3.PoolManager(maxsize=64, timeout=30, ca_certs=driver.CA)


def call():
    driver.check(
        pool.request("POST", driver.url(), body=driver.body(), headers=driver.HEADERS).json()
    )


driver.serve(lambda: call)
