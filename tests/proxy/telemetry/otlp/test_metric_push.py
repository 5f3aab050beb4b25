"""Tests of tidegate.proxy.telemetry.otlp.metric_push, with a receiver of OTLP on a real socket."""

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult, MetricsData
from opentelemetry.sdk.resources import Resource

from tests.proxy.examples import attempt, finished
from tests.serving import listening
from tidegate.proxy.telemetry.metrics import Metrics, VendorServer
from tidegate.proxy.telemetry.otlp import metric_push
from tidegate.proxy.telemetry.otlp.metric_push import MetricPush, exporter_for
from tidegate.world.world import RealWorld

OWN = Resource({"service.name": "tidegate"})
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Ticking(RealWorld):
    """A world in which it is time again when the test says so."""

    def __init__(self) -> None:
        super().__init__(seed=1)
        self.ticks = asyncio.Semaphore(0)

    async def sleep(self, delay_s: float) -> None:
        await self.ticks.acquire()


class MetricCollector:
    """Receives metrics."""

    def __init__(self) -> None:
        self.received: asyncio.Queue[ExportMetricsServiceRequest] = asyncio.Queue()
        self.status = 200
        self.url = ""

    async def receive(self, request: web.BaseRequest) -> web.Response:
        assert (request.method, request.path) == ("POST", "/v1/metrics")
        assert request.content_type == "application/x-protobuf"
        await self.received.put(ExportMetricsServiceRequest.FromString(await request.read()))
        return web.Response(status=self.status, content_type="application/x-protobuf")


@pytest.fixture
async def collector() -> AsyncIterator[MetricCollector]:
    made = MetricCollector()
    async with listening(web.Server(made.receive)) as port:
        made.url = f"http://127.0.0.1:{port}"
        yield made


def counted() -> Metrics:
    metrics = Metrics({"stripe": VendorServer("api.stripe.com", 443)})
    call = finished(trace_id=TRACE, span_id=SPAN, attempts=[attempt()], wall=RealWorld().wall() + 60.0)
    metrics.count(call)
    metrics.exemplify(call, spanned=True)
    return metrics


def push_of(metrics: Metrics, exporter: MetricExporter) -> tuple[Ticking, MetricPush]:
    world = Ticking()
    push = MetricPush(world, exporter, OWN, metrics.registry.collect, every_s=60.0)
    metrics.registry.register(push.counts)
    return world, push


def metrics_in(request: ExportMetricsServiceRequest) -> dict[str, Any]:
    return {m.name: m for r in request.resource_metrics for scope in r.scope_metrics for m in scope.metrics}


async def test_a_collector_gets_every_metric_again_and_again_and_once_more_at_the_end(
    collector: MetricCollector,
) -> None:
    metrics = counted()
    world, push = push_of(metrics, exporter_for(collector.url))
    looked: list[int] = []

    async def look() -> None:
        looked.append(1)

    push.before = look
    push.start()
    world.ticks.release()
    first = await collector.received.get()
    assert looked == [1]
    [resource] = first.resource_metrics
    assert [(a.key, a.value.string_value) for a in resource.resource.attributes] == [("service.name", "tidegate")]
    found = metrics_in(first)
    [calls] = found["tidegate_calls"].sum.data_points
    assert calls.as_double == 1.0
    [duration] = found["http.client.request.duration"].histogram.data_points
    assert (duration.count, duration.sum, duration.HasField("min")) == (1, 0.25, False)
    assert [e.trace_id.hex() for e in duration.exemplars] == [TRACE]
    assert {a.key: a.value.int_value for a in duration.attributes if a.value.int_value} == {
        "server.port": 443, "http.response.status_code": 200,
    }  # fmt: skip
    metrics.count(finished())
    await push.close()
    [calls] = metrics_in(await collector.received.get())["tidegate_calls"].sum.data_points
    assert calls.as_double == 2.0
    assert push.results["sent"] == 2
    assert b'tidegate_metric_exports_total{result="sent"} 2.0' in metrics.render()


async def test_an_export_that_a_collector_refuses_is_counted(collector: MetricCollector) -> None:
    collector.status = 400
    world, push = push_of(counted(), exporter_for(collector.url))
    push.start()
    world.ticks.release()
    await collector.received.get()
    await push.close()
    assert (push.results["failed"], push.results["sent"]) == (2, 0)


class Stuck(MetricExporter):
    """An exporter whose collector takes what it is given and does not answer, until it is shut down."""

    def __init__(self, *, raises: bool = False) -> None:
        super().__init__()
        self.began, self.free = asyncio.Event(), threading.Event()
        self.loop = asyncio.get_running_loop()
        self.raises = raises

    def export(self, metrics_data: MetricsData, timeout_millis: float = 10_000, **_: object) -> MetricExportResult:
        self.loop.call_soon_threadsafe(self.began.set)
        if self.raises:
            raise ValueError
        self.free.wait()
        return MetricExportResult.FAILURE

    def shutdown(self, timeout_millis: float = 30_000, **_: object) -> None:
        self.free.set()

    def force_flush(self, timeout_millis: float = 10_000) -> bool:
        return True


async def test_a_collector_that_does_not_answer_holds_up_neither_the_loop_nor_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(metric_push, "CLOSE_S", 0.01)
    stuck = Stuck()
    world, push = push_of(counted(), stuck)
    push.start()
    world.ticks.release()
    await stuck.began.wait()
    world.ticks.release()
    while not push.results["skipped"]:  # noqa: ASYNC110 - one turn of the loop is all that it waits for
        await asyncio.sleep(0)  # noqa: TID251 - gives way and does not wait
    await push.close()
    assert not push._thread.is_alive()
    assert (push.results["sent"], push.results["failed"], push.results["skipped"]) == (0, 2, 1)


async def test_what_goes_wrong_in_one_export_does_not_end_the_others() -> None:
    stuck = Stuck(raises=True)
    world, push = push_of(counted(), stuck)
    looked = asyncio.Queue[int]()

    async def look() -> None:
        await looked.put(1)
        if looked.qsize() == 1:
            raise ValueError

    push.before = look
    push.start()
    for _ in range(2):
        world.ticks.release()
        while looked.qsize() < 1:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)  # noqa: TID251 - as above
    await stuck.began.wait()
    await push.close()
    assert push.results["failed"] >= 2


async def test_what_was_never_started_can_be_closed() -> None:
    _, push = push_of(counted(), Stuck())
    await push.close()
