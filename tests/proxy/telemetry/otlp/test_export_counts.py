"""Tests of tidegate.proxy.telemetry.otlp.export_counts."""

from collections.abc import Sequence

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from tidegate.proxy.telemetry.otlp.export_counts import CountedSpanExporter, ExportCounts


class Scripted(SpanExporter):
    """Exports end as they are told to."""

    def __init__(self, *results: SpanExportResult | None) -> None:
        self.results = [*results]
        self.ended = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self.results.pop(0)
        if result is None:
            raise OSError
        return result

    def shutdown(self) -> None:
        self.ended = True

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return timeout_millis == 7


def test_what_becomes_of_each_export_is_counted_and_nothing_is_changed() -> None:
    counts = ExportCounts("traces")
    inner = Scripted(SpanExportResult.SUCCESS, SpanExportResult.FAILURE, None)
    exporter = CountedSpanExporter(inner, counts)
    assert exporter.export(()) is SpanExportResult.SUCCESS
    assert exporter.export(()) is SpanExportResult.FAILURE
    with pytest.raises(OSError):
        exporter.export(())
    assert exporter.force_flush(7)
    exporter.shutdown()
    assert inner.ended
    [family] = counts.collect()
    found = {sample.labels["result"]: sample.value for sample in family.samples}
    assert (family.name, found) == ("tidegate_span_exports", {"sent": 1, "failed": 2, "skipped": 0})
