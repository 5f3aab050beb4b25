"""The telemetry of one proxy, as tidegate.yaml wants it: metrics, recent calls, and what goes to a collector.

Nothing of OpenTelemetry is imported where no collector is named: its libraries are slow to import.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from tidegate.problems import UsageError
from tidegate.proxy.config import Config
from tidegate.proxy.policies.residency.residency_rules import ResidencyWatch
from tidegate.proxy.store.store_health import StoreHealth
from tidegate.proxy.telemetry.metrics import Metrics, VendorServer, VendorState
from tidegate.proxy.telemetry.otlp.collector_address import (
    BASE_VARIABLE,
    header_secrets,
    is_named,
    is_off,
    own_variable,
    push_every_s,
    secrets_in,
)
from tidegate.proxy.telemetry.recent_calls import RecentCalls
from tidegate.proxy.telemetry.telemetry import Sink, SpanSink, Telemetry
from tidegate.proxy.telemetry.tracing.span_export import ResidentSpans, resident_rows
from tidegate.redaction.process_outputs import ProcessOutputs
from tidegate.redaction.redactor import Redactor
from tidegate.world.world import World

if TYPE_CHECKING:
    from tidegate.proxy.telemetry.otlp.metric_push import MetricPush


def configured_telemetry(
    world: World,
    config: Config,
    environ: Mapping[str, str],
    servers: dict[str, VendorServer],
    state: Callable[[], Mapping[str, VendorState]],
    health: StoreHealth,
    redactor: Redactor,
    lines: Sink,
    spans: SpanSink | None,
    watch: ResidencyWatch,
) -> tuple[Telemetry, RecentCalls]:
    """Make it. Spans go to `spans`, or without one where a collector is named. Raises UsageError."""
    metrics, recent, settings = Metrics(servers, state, health), RecentCalls(), config.telemetry
    put_apps(metrics, config)
    pushed_s = push_every_s(settings.metrics_every, environ)
    if pushed_s is not None and not is_named(settings.otlp, "metrics", environ):
        raise UsageError(
            "telemetry.metrics_every: metrics are to be sent, and no collector is named; write telemetry.otlp, "
            "or set OTEL_EXPORTER_OTLP_ENDPOINT"
        )
    _learn(redactor, settings.otlp, environ)
    region, push, said = settings.region or "", None, list[tuple[str, Mapping[str, str]]]()
    # Nobody guards yet what libraries print, and an exporter quotes a header that it cannot read.
    with ProcessOutputs(redactor.text, lambda text, facts: said.append((text, facts))).guarded():
        if spans is None and is_named(settings.otlp, "traces", environ) and not is_off("traces", environ):
            spans = _spans(settings.otlp, servers, metrics)
        if pushed_s is not None:
            push = _push(world, config, metrics, pushed_s)
            push.may_go = partial(resident_rows, watch=watch, region=region)
    if spans is not None:
        spans = ResidentSpans(spans, watch, region)
    telemetry = Telemetry(world, sink=lines, redactor=redactor, metrics=metrics, recent=recent, spans=spans, push=push)
    for text, facts in said:
        telemetry.note(text, world.wall(), **facts)
    return telemetry, recent


def _learn(redactor: Redactor, otlp: str | None, environ: Mapping[str, str]) -> None:
    """Know what is secret of a collector's address and headers. Raises UsageError where an address cannot be read."""
    variables = (own_variable("traces"), own_variable("metrics"), BASE_VARIABLE)
    for name, address in (("telemetry.otlp", otlp), *((name, environ.get(name)) for name in variables)):
        try:
            redactor.learn(secrets_in(address or ""))
        except ValueError:
            raise UsageError(f"{name}: this address cannot be read; write it like http://collector:4318") from None
    for name in variables:
        redactor.learn(header_secrets(environ.get(name.replace("ENDPOINT", "HEADERS"), "")))


def put_apps(metrics: Metrics, config: Config) -> None:
    """Have the apps that a configuration names first shown by name."""
    named = [*config.apps, *(token.app for token in config.tokens)]
    metrics.apps.put(named, config.telemetry.app_labels)


def _spans(otlp: str | None, servers: Mapping[str, VendorServer], metrics: Metrics) -> SpanSink:
    from tidegate.proxy.telemetry.otlp.export_counts import CountedSpanExporter, ExportCounts
    from tidegate.proxy.telemetry.otlp.own_resource import own_resource
    from tidegate.proxy.telemetry.tracing.spans import Spans, exporter_for

    metrics.registry.register(counts := ExportCounts("traces"))
    return Spans(CountedSpanExporter(exporter_for(otlp), counts), servers, own_resource())


def _push(world: World, config: Config, metrics: Metrics, every_s: float) -> "MetricPush":
    from tidegate.proxy.telemetry.otlp.metric_push import MetricPush, exporter_for
    from tidegate.proxy.telemetry.otlp.own_resource import own_resource

    exporter = exporter_for(config.telemetry.otlp)
    push = MetricPush(world, exporter, own_resource(), metrics.registry.collect, every_s=every_s)
    metrics.registry.register(push.counts)
    return push
