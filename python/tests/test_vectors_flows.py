"""`flows.json` over HTTP, against a scripted server."""

from __future__ import annotations

from collections.abc import Callable

from flow import Flow
from vectors import load, run


def test_flows(count: Callable[[str, int], None]) -> None:
    file = load("flows.json", ["flows"])
    count("flows.json", run(file["flows"], lambda vector: Flow(vector).run(), at_once=12))
