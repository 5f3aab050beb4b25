"""Tests of tidegate.proxy.telemetry.configured_telemetry."""

import asyncio
import json
import os
from collections.abc import Callable

import pytest

from tidegate.problems import UsageError
from tidegate.proxy.app_config import AppSettings
from tidegate.proxy.config import Config, TelemetrySettings
from tidegate.proxy.policies.residency.residency_rules import ResidencyRules, ResidencyWatch
from tidegate.proxy.store.store_health import StoreHealth
from tidegate.proxy.telemetry.configured_telemetry import configured_telemetry
from tidegate.proxy.telemetry.otlp.metric_push import MetricPush
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.redaction.redactor import Redactor
from tidegate.world.world import RealWorld

COLLECTOR = "http://127.0.0.1:9"


def made(environ: dict[str, str] | None = None, sink: Callable[[bytes], bool] = bool, **settings: object) -> Telemetry:
    config = Config(
        telemetry=TelemetrySettings.model_validate_json(json.dumps(settings)),
        apps={name: AppSettings() for name in ("shop", "office")},
    )
    watch = ResidencyWatch(ResidencyRules())
    telemetry, _ = configured_telemetry(
        RealWorld(), config, environ or {}, {}, dict, StoreHealth(), Redactor(()), sink, None, watch
    )
    return telemetry


async def closed(telemetry: Telemetry) -> None:
    if telemetry.spans is not None:
        await asyncio.to_thread(telemetry.spans.close)


async def test_without_a_collector_nothing_is_sent() -> None:
    telemetry = made()
    assert (telemetry.spans, telemetry.push) == (None, None)


async def test_a_collector_gets_spans_and_metrics_only_where_they_are_asked_for() -> None:
    telemetry = made(otlp=COLLECTOR)
    assert telemetry.spans is not None
    assert telemetry.push is None
    await closed(telemetry)
    telemetry = made(otlp=COLLECTOR, metrics_every="15s")
    assert isinstance(telemetry.push, MetricPush)
    assert telemetry.push.every_s == 15.0
    page = telemetry.metrics.render()
    assert b'tidegate_metric_exports_total{result="sent"} 0.0' in page
    assert b'tidegate_span_exports_total{result="failed"} 0.0' in page
    await closed(telemetry)


async def test_standard_variables_name_a_collector_and_forbid_it() -> None:
    telemetry = made({"OTEL_EXPORTER_OTLP_ENDPOINT": COLLECTOR, "OTEL_METRICS_EXPORTER": "otlp"})
    assert telemetry.spans is not None
    assert telemetry.push is not None
    await closed(telemetry)
    for environ in ({"OTEL_SDK_DISABLED": "true"}, {"OTEL_TRACES_EXPORTER": "none", "OTEL_METRICS_EXPORTER": "none"}):
        telemetry = made(environ, otlp=COLLECTOR, metrics_every="15s")
        assert (telemetry.spans, telemetry.push) == (None, None)


async def test_metrics_that_have_nowhere_to_go_are_refused_with_the_cure() -> None:
    with pytest.raises(UsageError, match=r"telemetry\.metrics_every: .* write telemetry\.otlp"):
        made(metrics_every="15s")


async def test_the_apps_that_the_file_names_first_are_shown_by_name() -> None:
    telemetry = made(app_labels=1)
    assert [telemetry.metrics.apps.label(app) for app in ("office", "shop")] == ["other", "shop"]


async def test_what_is_secret_in_a_collectors_address_stands_in_no_line() -> None:
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": f"{COLLECTOR}/?token=canary-two"}
    telemetry = made(environ, otlp=f"{COLLECTOR}/x")
    told = telemetry.redactor.text("Max retries exceeded with url: /?token=canary-two")
    assert "canary" not in told
    await closed(telemetry)


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS"])
async def test_a_header_that_an_exporter_cannot_read_is_told_of_without_its_value(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(name, "Authorization: Bearer canary-four")
    lines: list[bytes] = []

    def sink(line: bytes) -> bool:
        lines.append(line)
        return True

    telemetry = made(dict(os.environ), sink, otlp=COLLECTOR)
    telemetry.flush()
    said = capsys.readouterr()
    assert "canary" not in said.out + said.err + str(lines)
    assert b"Header format invalid" in b"".join(lines)
    await closed(telemetry)


@pytest.mark.parametrize("name", ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"])
async def test_an_address_that_nobody_can_read_is_told_by_its_variable(name: str) -> None:
    with pytest.raises(UsageError, match=rf"^{name}: this address cannot be read"):
        made({name: "http://[canary-five"})
