"""A merchant's browser: it opens the link of a platform, and sends the form on the page."""

from __future__ import annotations

import http.client
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit


class Form(HTMLParser):
    """The form of a page: where it is sent, and with which hidden fields."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.options: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes: dict[str, Any] = dict(attrs)
        if tag == "form":
            self.action = attributes["action"]
        if tag == "input" and attributes.get("type") == "hidden":
            self.fields[attributes["name"]] = attributes["value"]
        if tag == "option":
            self.options.append(attributes["value"])


def ask(url: str, body: str | None = None) -> tuple[int, str, str]:
    """The status, the body and the location of an answer. A redirect is not followed."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    headers = {} if body is None else {"Content-Type": "application/x-www-form-urlencoded"}
    target = f"{parts.path}?{parts.query}" if parts.query else parts.path
    connection.request("GET" if body is None else "POST", target, body, headers)
    response = connection.getresponse()
    try:
        return response.status, response.read().decode(), response.headers.get("Location", "")
    finally:
        connection.close()


def authorise(link: str, appid: str) -> str:
    """Authorise the platform as this account; return where WeChat sends the merchant."""
    status, page, _ = ask(link)
    assert status == 200, page
    form = Form(page)
    assert appid in form.options
    base = "{0.scheme}://{0.netloc}".format(urlsplit(link))
    sent = urlencode({**form.fields, "authorizer_appid": appid})
    status, page, location = ask(base + form.action, sent)
    assert status == 303, page
    return location


def auth_code(location: str) -> str:
    """The code with which the merchant comes back."""
    (code,) = parse_qs(urlsplit(location).query)["auth_code"]
    return code
