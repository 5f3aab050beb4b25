"""A family of histograms, row by row: what a page and an export write without a sample object for each bucket.

A copy of the counts: whoever writes it may do so in another thread. `samples` is made for those who know nothing else.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from prometheus_client.core import Exemplar, Metric, Sample

from tidegate.proxy.telemetry.series.histogram import BOUNDS_S, Histogram, TraceExample

LE = (*map(str, BOUNDS_S), "+Inf")
"""The label `le` of each place of a histogram's counts."""


class HistogramRow(NamedTuple):
    """The counts of one row, not cumulative, and the newest traced example of each place."""

    labels: tuple[str, ...]
    counts: Sequence[int]
    sum_s: float
    examples: Mapping[int, TraceExample]

    def cumulated(self) -> list[int]:
        """For each bound, how many did not exceed it."""
        total, upto = 0, []
        for count in self.counts:
            total += count
            upto.append(total)
        return upto


class HistogramRows(Metric):
    """See the module."""

    def __init__(self, name: str, text: str, labels: tuple[str, ...], of: Mapping[tuple[str, ...], Histogram]) -> None:
        self.labels = labels
        self.rows = [
            HistogramRow(values, tuple(each.counts), each.sum_s, dict(each.examples) if each.examples else {})
            for values, each in of.items()
        ]
        super().__init__(name, text, "histogram")

    @property
    def samples(self) -> list[Sample]:
        """Each bucket, count and sum, as the library has them."""
        return [*self._samples()]

    @samples.setter
    def samples(self, _: list[Sample]) -> None:
        """Nothing: the library's constructor begins with an empty list."""

    def _samples(self) -> Iterator[Sample]:
        for row in self.rows:
            labels, upto = dict(zip(self.labels, row.labels, strict=True)), row.cumulated()
            for place, (bound, count) in enumerate(zip(LE, upto, strict=True)):
                example = row.examples.get(place)
                shown = _exemplar(example) if example is not None else None
                yield Sample(f"{self.name}_bucket", {**labels, "le": bound}, float(count), None, shown)
            yield Sample(f"{self.name}_count", labels, float(upto[-1]))
            yield Sample(f"{self.name}_sum", labels, row.sum_s)


def trace_labels(example: TraceExample) -> dict[str, str]:
    """The labels of an exemplar (OpenMetrics 1.0, Exemplars: at most 128 characters together)."""
    return {"trace_id": example.trace_id} | ({"span_id": example.span_id} if example.span_id else {})


def _exemplar(example: TraceExample) -> Exemplar:
    return Exemplar(trace_labels(example), example.seconds, example.wall)
