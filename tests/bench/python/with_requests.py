"""Posts the sample with requests, in a session, which keeps its connections."""

import driver
import requests
from requests.adapters import HTTPAdapter

session = requests.Session()
# The maximum number of calls in flight.
session.mount(driver.BASE_URL, HTTPAdapter(pool_maxsize=64))
if driver.CA is not None:
    session.verify = driver.CA


def call():
    driver.check(
        session.post(driver.url(), data=driver.body(), headers=driver.HEADERS, timeout=30).json()
    )


driver.serve(lambda: call)
