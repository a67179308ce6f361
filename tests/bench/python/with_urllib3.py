"""Posts the sample with urllib3."""

import driver
import urllib3

# As many connections as calls are in flight, at most.
pool = urllib3.PoolManager(maxsize=64, timeout=30, ca_certs=driver.CA)


def call():
    driver.check(
        pool.request("POST", driver.url(), body=driver.body(), headers=driver.HEADERS).json()
    )


driver.serve(lambda: call)
