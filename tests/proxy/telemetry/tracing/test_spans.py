"""Tests of tidegate.proxy.telemetry.tracing.spans, with a receiver of OTLP on a real socket."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.proxy.examples import attempt, finished, plan
from tests.serving import listening
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import CarriedDeliveries
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.telemetry.ended_post import EndedPost
from tidegate.proxy.telemetry.metrics import VendorServer
from tidegate.proxy.telemetry.traceparent import Trace, attempt_span_id
from tidegate.proxy.telemetry.tracing.spans import Spans, exporter_for

SERVERS = {"stripe": VendorServer("api.stripe.com", 443, "https://api.stripe.com")}
OWN = Resource({"service.name": "tidegate"})
TRACE, SPAN, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "00f067aa0ba902b7"


def sampled(**changes: object) -> FinishedCall:
    return finished(trace_id=TRACE, span_id=SPAN, sampled=True, **changes)


class Collector:
    """Receives spans."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.services: set[str] = set()
        self.url = ""

    async def receive(self, request: web.BaseRequest) -> web.Response:
        assert (request.method, request.path) == ("POST", "/v1/traces")
        received = ExportTraceServiceRequest.FromString(await request.read())
        for resource in received.resource_spans:
            self.services |= {a.value.string_value for a in resource.resource.attributes if a.key == "service.name"}
            for scope in resource.scope_spans:
                self.spans += scope.spans
        return web.Response(content_type="application/x-protobuf")


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    made = Collector()
    async with listening(web.Server(made.receive)) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made


def values(span: Span) -> dict[str, object]:
    return {a.key: getattr(a.value, a.value.WhichOneof("value") or "") for a in span.attributes}


async def test_a_collector_gets_a_span_for_the_call_and_one_for_each_attempt(collector: Collector) -> None:
    spans = Spans(exporter_for(collector.url), SERVERS, OWN)
    spans.add(
        sampled(
            parent_span_id=PARENT,
            queued_s=0.01,
            attempts=[
                attempt(1, began=100.1, ended=100.2, status=503, verdict=Verdict.FAILED),
                attempt(2, began=100.3, ended=100.4),
            ],
        )
    )
    await asyncio.to_thread(spans.close)
    assert collector.services == {"tidegate"}
    call, first, second = sorted(collector.spans, key=lambda span: span.start_time_unix_nano)
    assert {span.trace_id.hex() for span in collector.spans} == {TRACE}

    assert (call.kind, call.name) == (Span.SPAN_KIND_INTERNAL, "stripe PostRefunds")
    assert (call.span_id.hex(), call.parent_span_id.hex()) == (SPAN, PARENT)
    assert call.start_time_unix_nano == 1_700_000_000_000_000_000
    assert call.end_time_unix_nano == 1_700_000_000_500_000_000
    assert values(call)["tidegate.outcome"] == "done"
    assert call.status.code == call.status.STATUS_CODE_UNSET

    assert (first.kind, first.name) == (Span.SPAN_KIND_CLIENT, "POST /v1/refunds")
    assert (first.span_id.hex(), first.parent_span_id.hex()) == (attempt_span_id(SPAN, 1), SPAN)
    assert values(first) == {
        "http.request.method": "POST", "server.address": "api.stripe.com", "server.port": 443,
        "url.full": "https://api.stripe.com/v1/refunds", "url.template": "/v1/refunds",
        "http.response.status_code": 503, "error.type": "503",
        "tidegate.verdict": "failed",
    }  # fmt: skip
    assert first.status.code == first.status.STATUS_CODE_ERROR
    assert abs(first.end_time_unix_nano - first.start_time_unix_nano - 100_000_000) < 1000

    assert values(second)["http.request.resend_count"] == 1
    assert "error.type" not in values(second)


def exported(made: FinishedCall) -> list[tuple[str, object, dict[str, object]]]:
    memory = InMemorySpanExporter()
    spans = Spans(memory, SERVERS, OWN)
    spans.add(made)
    spans._batches.force_flush()
    found: list[tuple[str, object, dict[str, object]]] = [
        (span.name, span.status.status_code.name, dict(span.attributes or {})) for span in memory.get_finished_spans()
    ]
    spans.close()
    return found


def test_a_refusal_is_an_error_with_the_problems_name() -> None:
    [(_, status, attributes)] = exported(
        sampled(attempts=[], problem=PROBLEMS["rate-limited"], outcome=Outcome.NOT_APPLIED, stop="quota")
    )
    assert (status, attributes["error.type"], attributes["tidegate.stop"]) == ("ERROR", "rate-limited", "quota")


def test_a_lost_attempt_tells_how_and_an_odd_method_has_no_name_of_its_own() -> None:
    lost = attempt(status=0, error="connection_terminated", verdict=Verdict.FAILED)
    _, (name, status, attributes) = exported(sampled(attempts=[lost], plan=plan(method="BREW", template="/pot")))
    assert (name, status) == ("_OTHER /pot", "ERROR")
    assert attributes["error.type"] == "connection_terminated"
    assert "http.response.status_code" not in attributes


def test_a_call_that_began_the_trace_has_no_parent() -> None:
    memory = InMemorySpanExporter()
    spans = Spans(memory, SERVERS, OWN)
    spans.add(sampled(attempts=[]))
    spans._batches.force_flush()
    [span] = memory.get_finished_spans()
    spans.close()
    assert span.parent is None
    assert span.context is not None
    assert f"{span.context.trace_id:032x}" == TRACE


def one_span(add: Callable[[Spans], object]) -> ReadableSpan:
    memory = InMemorySpanExporter()
    spans = Spans(memory, SERVERS, OWN)
    add(spans)
    spans._batches.force_flush()
    [span] = memory.get_finished_spans()
    spans.close()
    return span


def test_a_deferred_call_is_linked_to_the_span_of_each_call_that_was_accepted() -> None:
    accepted = (f"00-{TRACE}-{PARENT}-01", f"00-{'c' * 32}-{'d' * 16}-00", "")
    carried = CarriedDeliveries(("d1", "d2", "d3"), accepted)
    span = one_span(lambda spans: spans.add(sampled(attempts=[], carried=carried)))
    links = [(f"{link.context.trace_id:032x}", f"{link.context.span_id:016x}") for link in span.links]
    assert links == [(TRACE, PARENT), ("c" * 32, "d" * 16)]
    assert [link.context.trace_flags.sampled for link in span.links] == [True, False]
    assert (span.attributes or {})["tidegate.deliveries"] == ("d1", "d2", "d3")


@pytest.mark.parametrize(("status", "error", "code"), [(204, "", "UNSET"), (503, "", "ERROR"), (0, "timeout", "ERROR")])
def test_a_post_to_an_app_is_a_span_in_the_trace_of_its_webhook(status: int, error: str, code: str) -> None:
    post = EndedPost(
        "whd_1", "c1", "shop", "order.made", "https://shop.example/in", f"00-{TRACE}-{PARENT}-01",
        Trace(TRACE, SPAN, PARENT, sampled=True), 10.0, 10.5, status, error,
    )  # fmt: skip
    span = one_span(lambda spans: spans.add_post(post))
    assert span.parent is not None
    assert (f"{span.parent.span_id:016x}", span.status.status_code.name) == (PARENT, code)
    assert [f"{link.context.span_id:016x}" for link in span.links] == [PARENT]
    attributes = dict(span.attributes or {})
    assert (attributes["server.address"], attributes["server.port"]) == ("shop.example", 443)
    assert attributes.get("http.response.status_code", 0) == status
    assert ("error.type" in attributes) == (code == "ERROR")


@pytest.mark.parametrize(
    ("endpoint", "variables", "url"),
    [
        ("http://collector:4318", {}, "http://collector:4318/v1/traces"),
        ("http://collector:4318/", {}, "http://collector:4318/v1/traces"),
        ("http://collector:4318/in/v1/traces", {}, "http://collector:4318/in/v1/traces"),
        (None, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:1"}, "http://c:1/v1/traces"),
        (None, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:1/x"}, "http://c:1/x"),
    ],
)
def test_where_spans_go(
    endpoint: str | None, variables: dict[str, str], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    exporter = exporter_for(endpoint)
    assert exporter._endpoint == url  # type: ignore[attr-defined]  # that of the OTLP exporter
    exporter.shutdown()
