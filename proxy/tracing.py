"""Spans of sampled calls, built after the fact from what was recorded, and sent to an OTLP collector.

One INTERNAL span for the call and one CLIENT span for each attempt, named and described as the OpenTelemetry HTTP
conventions say (stable attributes only). Nothing here runs while a call is under way. Sending is the exporter's own
thread and socket: the one thing that does not go through the world, and only where an endpoint is set.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.id_generator import IdGenerator
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from tidegate.proxy.call import Attempt
from tidegate.proxy.ended import Ended
from tidegate.proxy.metrics import Server, error_type
from tidegate.proxy.policies.outcome import Verdict
from tidegate.proxy.traceparent import attempt_span_id

TRACES_PATH = "/v1/traces"
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"))


class _KnownIds(IdGenerator):
    """Gives out the ids that were recorded with the call."""

    trace_id = 0
    span_id = 0

    def generate_trace_id(self) -> int:
        return self.trace_id

    def generate_span_id(self) -> int:
        return self.span_id


class Spans:
    """Makes spans and hands them to an exporter."""

    def __init__(self, exporter: SpanExporter, servers: Mapping[str, Server]) -> None:
        self._servers = servers
        self._ids = _KnownIds()
        self._provider = TracerProvider(
            sampler=ALWAYS_ON,
            resource=Resource.create({"service.name": "tidegate"}),
            id_generator=self._ids,
            shutdown_on_exit=False,
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("tidegate")

    def add(self, ended: Ended) -> None:
        """Build a call's spans."""
        context = _parent(ended)
        offset = ended.wall - ended.now
        plan = ended.plan
        attributes: dict[str, str | int | float | bool] = {
            "tidegate.call": ended.call_id,
            "tidegate.app": ended.app,
            "tidegate.vendor": plan.vendor,
            "tidegate.operation": plan.operation,
            "tidegate.verdict": ended.verdict,
            "tidegate.outcome": ended.outcome,
            "tidegate.queued": ended.queued_s,
            "tidegate.remaining": ended.left_s,
        }
        if ended.problem is not None:
            attributes["error.type"] = ended.problem.name
        if ended.stop:
            attributes["tidegate.stop"] = ended.stop
        failed = ended.problem is not None or ended.verdict is Verdict.FAILED
        self._span(
            f"{plan.vendor} {plan.operation}", SpanKind.INTERNAL, context, (ended.trace_id, ended.span_id),
            (ended.began + offset, ended.wall), attributes, failed=failed,
        )  # fmt: skip
        inside = _inside(ended.trace_id, ended.span_id)
        for attempt in ended.attempts:
            self._attempt(ended, attempt, inside, offset)

    def close(self) -> None:
        """Send what waits, and stop."""
        self._provider.shutdown()

    def _attempt(self, ended: Ended, attempt: Attempt, inside: Context, offset: float) -> None:
        plan = ended.plan
        server = self._servers.get(plan.vendor, Server(plan.vendor, 0))
        method = plan.method if plan.method in METHODS else "_OTHER"
        attributes: dict[str, str | int | float | bool] = {
            "http.request.method": method,
            "server.address": server.address,
            "server.port": server.port,
            "url.full": server.url + plan.template,
            "tidegate.verdict": attempt.verdict,
        }
        if attempt.number > 1:
            attributes["http.request.resend_count"] = attempt.number - 1
        if attempt.status:
            attributes["http.response.status_code"] = attempt.status
        error = error_type(attempt)
        if error:
            attributes["error.type"] = error
        self._span(
            f"{method} {plan.template}", SpanKind.CLIENT, inside,
            (ended.trace_id, attempt_span_id(ended.span_id, attempt.number)),
            (attempt.began + offset, attempt.ended + offset), attributes, failed=bool(error),
        )  # fmt: skip

    def _span(
        self,
        name: str,
        kind: SpanKind,
        context: Context,
        ids: tuple[str, str],
        times: tuple[float, float],
        attributes: Mapping[str, str | int | float | bool],
        *,
        failed: bool,
    ) -> None:
        self._ids.trace_id, self._ids.span_id = int(ids[0], 16), int(ids[1], 16)
        span = self._tracer.start_span(name, context, kind, attributes, start_time=_nanoseconds(times[0]))
        if failed:
            span.set_status(Status(StatusCode.ERROR))
        span.end(_nanoseconds(times[1]))


def exporter_for(endpoint: str | None) -> SpanExporter:
    """The exporter to `endpoint`, or, without one, where the standard environment variables say.

    An endpoint without a path is a collector's base address, and gets the standard one.
    """
    if endpoint is None:
        return OTLPSpanExporter()
    bare = urlsplit(endpoint).path in ("", "/")
    return OTLPSpanExporter(endpoint=endpoint.rstrip("/") + TRACES_PATH if bare else endpoint)


def _nanoseconds(wall: float) -> int:
    return int(wall * 1_000_000_000)


def _inside(trace_id: str, span_id: str) -> Context:
    parent = SpanContext(
        int(trace_id, 16), int(span_id, 16), is_remote=False, trace_flags=TraceFlags(TraceFlags.SAMPLED)
    )
    return set_span_in_context(NonRecordingSpan(parent), Context())


def _parent(ended: Ended) -> Context:
    if not ended.parent_span_id:
        return Context()
    return _inside(ended.trace_id, ended.parent_span_id)
