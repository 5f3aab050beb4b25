"""Sends every metric to a collector again and again, by OTLP over HTTP.

The figures are read in the loop, as for a scrape, and turned into OTLP and sent by a thread of its own: a collector
that is slow, or gone, holds up no call. While one export is under way no other begins; the figures are cumulative, so
what was not sent is in the next. Its socket is the one thing that does not go through the world, as that of spans.
"""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable, Iterable, Sequence

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.sdk.metrics.export import MetricExporter, MetricExportResult
from opentelemetry.sdk.resources import Resource
from prometheus_client.core import Metric

from tidegate.proxy.telemetry.otlp.collector_address import signal_url
from tidegate.proxy.telemetry.otlp.export_counts import ExportCounts
from tidegate.proxy.telemetry.otlp.metric_points import NANO, Period, metrics_data
from tidegate.world.world import World

CLOSE_S = 3.0
"""What is sent at the end may take so long; then it is given up."""
ENDED_S = 1.0
"""What was given up has so long to notice."""


def exporter_for(endpoint: str | None) -> MetricExporter:
    """The exporter to `endpoint`, or, without one, where the standard environment variables say."""
    return OTLPMetricExporter() if endpoint is None else OTLPMetricExporter(endpoint=signal_url(endpoint, "metrics"))


Reading = tuple[Sequence[Metric], Period]


async def _nothing() -> None:
    """Look at nothing before."""


class MetricPush:
    """See the module. `collect_all` reads every metric."""

    def __init__(
        self,
        world: World,
        exporter: MetricExporter,
        resource: Resource,
        collect_all: Callable[[], Iterable[Metric]],
        *,
        every_s: float,
    ) -> None:
        self.every_s = every_s
        self.may_go: Callable[[str], bool] = lambda _: True
        """Whether rows of an app may leave."""
        self.before: Callable[[], Awaitable[object]] = _nothing
        """Has figures looked up that nobody keeps at hand."""
        self.counts = ExportCounts("metrics")
        self.results = self.counts.results
        self._world, self._exporter, self._resource = world, exporter, resource
        self._collect_all = collect_all
        self._began = self._last = int(world.wall() * NANO)
        self._task: asyncio.Task[None] | None = None
        self._waiting: queue.SimpleQueue[Reading | None] = queue.SimpleQueue()
        self._sending = False
        self._thread = threading.Thread(target=self._send, name="otlp metrics", daemon=True)

    def start(self) -> None:
        """Send from now on."""
        self._thread.start()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Send once more, for at most CLOSE_S seconds, and stop."""
        if self._task is None:
            return
        self._task.cancel()
        self._waiting.put(self._reading())
        self._waiting.put(None)
        await asyncio.to_thread(self._end)

    async def _run(self) -> None:
        while True:
            await self._world.sleep(self.every_s)
            try:
                await self.before()
                self._hand_over()
            except Exception:  # noqa: BLE001 - a bug of ours in one figure must not end all exports
                self.results["failed"] += 1

    def _hand_over(self) -> None:
        """Read every metric, here where they are counted, and leave the rest to the thread."""
        if self._sending:
            self.results["skipped"] += 1
            return
        reading = self._reading()
        self._sending = True
        self._waiting.put(reading)

    def _reading(self) -> Reading:
        period = Period(self._began, int(self._world.wall() * NANO), self._last)
        self._last = period.end
        return [*self._collect_all()], period

    def _send(self) -> None:
        while (reading := self._waiting.get()) is not None:
            families, period = reading
            try:
                result = self._exporter.export(metrics_data(families, self._resource, period, self.may_go))
            except Exception:  # noqa: BLE001 - the thread must outlive whatever a library raises
                result = MetricExportResult.FAILURE
            self.results["sent" if result is MetricExportResult.SUCCESS else "failed"] += 1
            self._sending = False

    def _end(self) -> None:
        self._thread.join(CLOSE_S)
        self._exporter.shutdown()  # ends what still tries again
        self._thread.join(ENDED_S)
