"""Tests of tidegate.proxy.telemetry.otlp.collector_address."""

import pytest

from tidegate.proxy.telemetry.otlp.collector_address import (
    header_secrets,
    is_named,
    is_off,
    push_every_s,
    secrets_in,
    signal_url,
)  # fmt: skip


@pytest.mark.parametrize(
    ("endpoint", "traces", "metrics"),
    [
        ("http://c:4318", "http://c:4318/v1/traces", "http://c:4318/v1/metrics"),
        ("http://c:4318/", "http://c:4318/v1/traces", "http://c:4318/v1/metrics"),
        ("https://c/otlp/v1/traces", "https://c/otlp/v1/traces", "https://c/otlp/v1/metrics"),
        ("https://c/otlp/v1/traces/", "https://c/otlp/v1/traces/", "https://c/otlp/v1/metrics"),
        ("https://c/otlp", "https://c/otlp", "https://c/otlp/v1/metrics"),
        ("https://c/in?key=1", "https://c/in?key=1", "https://c/in/v1/metrics?key=1"),
    ],
)
def test_each_signal_has_its_address(endpoint: str, traces: str, metrics: str) -> None:
    assert (signal_url(endpoint, "traces"), signal_url(endpoint, "metrics")) == (traces, metrics)


@pytest.mark.parametrize(
    ("written", "environ", "every_s"),
    [
        (None, {}, None),
        (15.0, {}, 15.0),
        (None, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, None),
        (None, {"OTEL_METRICS_EXPORTER": "otlp"}, 60.0),
        (None, {"OTEL_METRICS_EXPORTER": "console, otlp", "OTEL_METRIC_EXPORT_INTERVAL": "5000"}, 5.0),
        (None, {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://c/m", "OTEL_METRIC_EXPORT_INTERVAL": "1"}, 1.0),
        (None, {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_METRIC_EXPORT_INTERVAL": "-5"}, 60.0),
        (None, {"OTEL_METRICS_EXPORTER": "otlp", "OTEL_METRIC_EXPORT_INTERVAL": "9" * 5000}, 60.0),
        (15.0, {"OTEL_METRICS_EXPORTER": "none"}, None),
        (15.0, {"OTEL_SDK_DISABLED": "TRUE"}, None),
    ],
)
def test_metrics_are_sent_where_they_are_asked_for_by_name(
    written: float | None, environ: dict[str, str], every_s: float | None
) -> None:
    assert push_every_s(written, environ) == every_s


def test_a_collector_is_named_by_the_file_or_by_a_variable_of_the_signal_or_of_all() -> None:
    assert is_named("http://c", "traces", {})
    assert is_named(None, "traces", {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c"})
    assert is_named(None, "metrics", {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://c"})
    assert not is_named(None, "traces", {"OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": "http://c"})
    assert not is_named(None, "metrics", {"OTEL_EXPORTER_OTLP_ENDPOINT": ""})


def test_a_standard_variable_can_forbid_a_signal_or_all() -> None:
    assert is_off("traces", {"OTEL_TRACES_EXPORTER": " None"})
    assert not is_off("metrics", {"OTEL_TRACES_EXPORTER": "none"})
    assert is_off("metrics", {"OTEL_SDK_DISABLED": "true"})


def test_a_password_and_what_stands_in_the_query_are_secrets() -> None:
    assert secrets_in("https://me:pass%20word@c/v1/traces?key=canary-key&v=1") == ["pass%20word", "canary-key"]
    assert secrets_in("http://c:4318") == []


def test_the_values_of_headers_are_secrets_however_they_are_written() -> None:
    headers = "authorization=Bearer%20canary-one, Api-Key: canary-two,canary-three,a=1,,"
    assert header_secrets(headers) == ["Bearer canary-one", "canary-one", "canary-two", "canary-three"]
    assert header_secrets("") == []
