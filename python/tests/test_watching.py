"""What docs/watching.md shows is true: its recipe for OpenTelemetry, and the events of a call."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from opentelemetry import metrics, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import jumpqr
from jumpqr.testing import Sandbox

PAGE = Path(__file__).resolve().parents[2] / "docs" / "watching.md"


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def add(sandbox: Sandbox, **settings: Any) -> None:
    """Add a rule, with two retries, a renewal and a read-back."""
    with sandbox.client(**settings) as client:
        client.get_jump_qr_code()
        sandbox.inject("token_death", on="addJumpQRCode")
        sandbox.inject("errcode", errcode=-1, on="addJumpQRCode")
        sandbox.inject("status", status=502, on="getJumpQRCode")
        client.add_jump_qr_code(
            prefix="https://m.example.cn/table/",
            path="pages/index/index",
            open_version=1,
            permit_sub_rule=1,
        )


def same_form(shown: Any, found: Any) -> None:
    """The same fields and values, but for times and rids."""
    if isinstance(shown, dict):
        assert set(shown) == set(found)
        for name, value in shown.items():
            if name.endswith("_ms"):
                assert (value > 0) == (found[name] > 0), name
            elif name == "rid":
                assert (value is None) == (found[name] is None)
            else:
                same_form(value, found[name])
    elif isinstance(shown, list):
        assert len(shown) == len(found)
        for one, other in zip(shown, found, strict=True):
            same_form(one, other)
    else:
        assert shown == found


def test_the_page_shows_the_event_that_a_listener_gets(
    jumpqr_sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    events: list[Any] = []
    caplog.set_level(logging.DEBUG, logger="jumpqr")
    add(jumpqr_sandbox, on_call=events.append)
    same_form(json.loads(block("json")), events[-1])
    records = [record for record in caplog.records if hasattr(record, "attempts")]
    shown = [re.sub(r"_ms=[0-9.]+", "_ms=", line) for line in block("text").splitlines()]
    found = [re.sub(r"_ms=[0-9.]+", "_ms=", record.getMessage()) for record in records]
    assert found[-2:] == shown


def test_the_recipe_for_opentelemetry(
    jumpqr_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(spans))
    measuring = MeterProvider([reader])
    monkeypatch.setattr(trace, "get_tracer", tracing.get_tracer)
    monkeypatch.setattr(metrics, "get_meter", measuring.get_meter)
    recipe: dict[str, Any] = {}
    exec(block("python"), recipe)  # noqa: S102
    with tracing.get_tracer("test").start_as_current_span("request") as request:
        add(jumpqr_sandbox, on_call=recipe["on_call"])
    client = jumpqr_sandbox.client(on_call=recipe["on_call"])
    with client, pytest.raises(jumpqr.StateError):
        client.publish_jump_qr_code("https://m.example.cn/none")

    by_name = {span.name: span for span in spans.get_finished_spans()}
    added = by_name["addJumpQRCode"]
    assert added.kind is SpanKind.CLIENT
    assert added.parent is not None
    assert added.parent.span_id == request.get_span_context().span_id
    assert added.attributes is not None
    assert added.attributes["jumpqr.token_renewed"] is True
    assert [event.name for event in added.events] == [
        "request", "request", "read_back", "read_back", "request"
    ]  # fmt: skip
    assert added.start_time is not None
    assert added.end_time is not None
    assert all(added.start_time <= event.timestamp <= added.end_time for event in added.events)
    failed = by_name["publishJumpQRCode"].status
    assert (failed.status_code, failed.description) == (StatusCode.ERROR, "no_such_rule")

    data = reader.get_metrics_data()
    assert data is not None
    (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
    codes = {point.attributes["code"] for point in metric.data.data_points if point.attributes}
    assert codes == {"ok", "no_such_rule"}
