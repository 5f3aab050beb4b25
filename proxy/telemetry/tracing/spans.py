"""Spans of sampled calls, built after the fact from what was recorded, and sent to an OTLP collector.

One INTERNAL span for the call and one CLIENT span for each attempt, named and described as the OpenTelemetry HTTP
conventions say (stable attributes only). What a worker carries out is linked to the span under which each delivery was
accepted, as the conventions for messaging say; a post to an app has one CLIENT span, linked in the same way. Nothing
here runs while a call is under way. Sending is the exporter's own thread and socket: the one thing that does not go
through the world, and only where an endpoint is set.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.telemetry.ended_post import EndedPost
from tidegate.proxy.telemetry.metrics import VendorServer
from tidegate.proxy.telemetry.otlp.collector_address import signal_url
from tidegate.proxy.telemetry.series.request_rows import error_type, shown_method
from tidegate.proxy.telemetry.traceparent import attempt_span_id, parse
from tidegate.url_port import port_of

SpanValue = str | int | float | bool | Sequence[str]
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_SCOPE = InstrumentationScope("tidegate")
_UNSET, _ERROR = Status(), Status(StatusCode.ERROR)


class Spans:
    """Makes spans and hands them to an exporter, which sends them in batches.

    A tracer is for spans that are under way. These have ended, so they are made whole: that takes a fifth of the time.
    """

    def __init__(self, exporter: SpanExporter, servers: Mapping[str, VendorServer], resource: Resource) -> None:
        self._servers = servers
        self._resource = resource
        self._batches = BatchSpanProcessor(exporter)

    def add(self, finished: FinishedCall) -> None:
        """Build a call's spans."""
        trace_id = int(finished.trace_id, 16)
        own = _context(trace_id, finished.span_id)
        parent = _context(trace_id, finished.parent_span_id) if finished.parent_span_id else None
        offset = finished.wall - finished.now
        plan = finished.plan
        attributes: dict[str, SpanValue] = {
            "tidegate.call": finished.call_id,
            "tidegate.app": finished.app,
            "tidegate.vendor.vendor": plan.vendor,
            "tidegate.operation": plan.operation,
            "tidegate.verdict": finished.verdict,
            "tidegate.queued": finished.queued_s,
            "tidegate.remaining": finished.left_s,
        }
        if finished.writes:
            attributes["tidegate.outcome"] = finished.outcome
        if finished.problem is not None:
            attributes["error.type"] = finished.problem.name
        if finished.residency is not None:
            attributes |= {
                "tidegate.residency.rule": finished.residency.rule,
                "tidegate.residency.fate": finished.residency.fate,
            }
        if finished.stop:
            attributes["tidegate.stop"] = finished.stop
        failed = finished.problem is not None or finished.verdict is Verdict.FAILED
        links: Sequence[Link] = ()
        if finished.carried is not None:
            attributes["tidegate.deliveries"] = finished.carried.ids
            links = links_to(finished.carried.traces)
        self._span(
            f"{plan.vendor} {plan.operation}", SpanKind.INTERNAL, own, parent,
            (finished.began + offset, finished.wall), attributes, failed=failed, links=links,
        )  # fmt: skip
        for attempt in finished.attempts:
            self._attempt(finished, attempt, own, offset)

    def add_post(self, post: EndedPost) -> None:
        """Build the span of a post to an app."""
        parts, trace_id = urlsplit(post.url), int(post.trace.trace_id, 16)
        parent = _context(trace_id, post.trace.parent_span_id) if post.trace.parent_span_id else None
        attributes: dict[str, SpanValue] = {
            "http.request.method": "POST",
            "server.address": parts.hostname or "",
            "server.port": port_of(parts),
            "tidegate.call": post.call_id,
            "tidegate.app": post.app,
            "tidegate.deliveries": (post.delivery,),
            "tidegate.event": post.event,
        }
        if post.status:
            attributes["http.response.status_code"] = post.status
        error = post.error or (str(post.status) if post.status >= 400 else "")
        if error:
            attributes["error.type"] = error
        self._span(
            "POST", SpanKind.CLIENT, _context(trace_id, post.trace.span_id), parent,
            (post.began_wall, post.ended_wall), attributes, failed=bool(error), links=links_to((post.accepted_under,)),
        )  # fmt: skip

    def close(self) -> None:
        """Send what waits, and stop."""
        self._batches.shutdown()  # type: ignore[no-untyped-call]  # the library has no types here

    def _attempt(self, finished: FinishedCall, attempt: Attempt, parent: SpanContext, offset: float) -> None:
        plan = finished.plan
        server = self._servers.get(plan.vendor, VendorServer(plan.vendor, 0))
        method = shown_method(plan.method)
        attributes: dict[str, SpanValue] = {
            "http.request.method": method,
            "server.address": server.address,
            "server.port": server.port,
            "url.full": server.url + plan.template,
            "tidegate.verdict": attempt.verdict,
        }
        if plan.template:
            attributes["url.template"] = plan.template
        if attempt.number > 1:
            attributes["http.request.resend_count"] = attempt.number - 1
        if attempt.status:
            attributes["http.response.status_code"] = attempt.status
        error = error_type(attempt)
        if error:
            attributes["error.type"] = error
        self._span(
            f"{method} {plan.template}".rstrip(), SpanKind.CLIENT,
            _context(parent.trace_id, attempt_span_id(finished.span_id, attempt.number)), parent,
            (attempt.began + offset, attempt.ended + offset), attributes, failed=bool(error),
        )  # fmt: skip

    def _span(
        self,
        name: str,
        kind: SpanKind,
        context: SpanContext,
        parent: SpanContext | None,
        times: tuple[float, float],
        attributes: Mapping[str, SpanValue],
        *,
        failed: bool,
        links: Sequence[Link] = (),
    ) -> None:
        self._batches.on_end(
            ReadableSpan(
                name,
                context,
                parent,
                self._resource,
                attributes,
                links=links,
                kind=kind,
                status=_ERROR if failed else _UNSET,
                start_time=_nanoseconds(times[0]),
                end_time=_nanoseconds(times[1]),
                instrumentation_scope=_SCOPE,
            )
        )


def exporter_for(endpoint: str | None) -> SpanExporter:
    """The exporter to `endpoint`, or, without one, where the standard environment variables say."""
    return OTLPSpanExporter() if endpoint is None else OTLPSpanExporter(endpoint=signal_url(endpoint, "traces"))


def links_to(traces: Sequence[str]) -> list[Link]:
    """Links to the spans that these traceparents name. Whether a collector has them, the sampled flag tells."""
    places = [parse(trace) for trace in traces]
    return [
        Link(SpanContext(int(place[0], 16), int(place[1], 16), is_remote=True, trace_flags=TraceFlags(place[2])))
        for place in places
        if place is not None
    ]


def _nanoseconds(wall: float) -> int:
    return int(wall * 1_000_000_000)


def _context(trace_id: int, span_id: str) -> SpanContext:
    return SpanContext(trace_id, int(span_id, 16), is_remote=False, trace_flags=_SAMPLED)
