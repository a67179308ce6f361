"""Posts the sample with pycurl."""

import json
from io import BytesIO

import driver
import pycurl


def open_call():
    handle = pycurl.Curl()
    handle.setopt(pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in driver.HEADERS.items()])
    handle.setopt(pycurl.TIMEOUT, 30)
    # Otherwise curl uses signals for timeouts, which does not work with threads.
    handle.setopt(pycurl.NOSIGNAL, 1)
    if driver.CA is not None:
        handle.setopt(pycurl.CAINFO, driver.CA)

    def call():
        answer = BytesIO()
        handle.setopt(pycurl.URL, driver.url())
        handle.setopt(pycurl.POSTFIELDS, driver.body())
        handle.setopt(pycurl.WRITEDATA, answer)
        handle.perform()
        driver.check(json.loads(answer.getvalue()))

    return call


driver.serve(open_call)
