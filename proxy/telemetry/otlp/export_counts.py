"""What became of exports to a collector: a collector that takes nothing must show somewhere else."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from tidegate.proxy.telemetry.metric_family import Labels, counter
from tidegate.proxy.telemetry.otlp.collector_address import Signal

NAMES: Mapping[Signal, str] = {"metrics": "tidegate_metric_exports", "traces": "tidegate_span_exports"}
RESULTS = ("sent", "failed", "skipped")


class ExportCounts(Collector):
    """The counts of one signal. A thread writes `sent` and `failed`, the loop `skipped`."""

    def __init__(self, signal: Signal) -> None:
        self.signal = signal
        self.results: Counter[str] = Counter()

    def describe(self) -> list[Metric]:
        """Nothing: so that registering does not collect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        results: dict[Labels, int] = {(result,): self.results[result] for result in RESULTS}
        yield counter(NAMES[self.signal], f"Exports of {self.signal}", ("result",), results)


class CountedSpanExporter(SpanExporter):
    """An exporter whose exports are counted. It changes nothing of them."""

    def __init__(self, exporter: SpanExporter, counts: ExportCounts) -> None:
        self._exporter, self._counts = exporter, counts

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """See SpanExporter.export."""
        result = SpanExportResult.FAILURE
        try:
            result = self._exporter.export(spans)
        finally:
            self._counts.results["sent" if result is SpanExportResult.SUCCESS else "failed"] += 1
        return result

    def shutdown(self) -> None:
        """See SpanExporter.shutdown."""
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """See SpanExporter.force_flush."""
        return self._exporter.force_flush(timeout_millis)
