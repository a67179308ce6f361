"""Posts the sample with the standard library's http.client."""

import json
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

import driver


def connect():
    address = urlsplit(driver.BASE_URL)
    if driver.CA is None:
        return HTTPConnection(address.hostname, address.port, timeout=30)
    return HTTPSConnection(address.hostname, address.port, timeout=30, context=driver.ssl_context())


def open_call():
    connection = connect()

    def call():
        connection.request(
            "POST", driver.url().removeprefix(driver.BASE_URL), driver.body(), driver.HEADERS
        )
        driver.check(json.loads(connection.getresponse().read()))

    return call


driver.serve(open_call)
