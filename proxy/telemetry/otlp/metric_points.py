"""Families of metrics as OpenTelemetry's data points, ready for an OTLP exporter. Pure.

The names are those of the Prometheus page, but for `http.client.request.duration`, which has the conventions' own, as
have its attributes. Sums and histograms are cumulative, from the start of the process.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from opentelemetry.sdk.metrics import Exemplar
from opentelemetry.sdk.metrics.export import (
    AggregationTemporality,
    Gauge,
    Histogram,
    HistogramDataPoint,
    Metric,
    MetricsData,
    NumberDataPoint,
    ResourceMetrics,
    ScopeMetrics,
    Sum,
)
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from prometheus_client.core import Metric as Family
from prometheus_client.core import Sample

from tidegate.proxy.telemetry.metrics import REQUEST_DURATION, REQUEST_LABELS
from tidegate.proxy.telemetry.series.histogram import BOUNDS_S
from tidegate.proxy.telemetry.series.histogram_rows import HistogramRow, HistogramRows

DATA = Gauge | Sum | Histogram
CUMULATIVE = AggregationTemporality.CUMULATIVE
NUMBERS = frozenset(("server.port", "http.response.status_code"))
"""Attributes that the conventions have as whole numbers."""
DOTTED: Mapping[str, str] = {
    "server_address": "server.address",
    "server_port": "server.port",
    "http_request_method": "http.request.method",
    "http_response_status_code": "http.response.status_code",
    "error_type": "error.type",
    "url_template": "url.template",
}
UNITS = {"_seconds": "s", "_bytes": "By"}
"""How a name ends → its unit (UCUM). Any other unit would be put behind the name by what turns OTLP into Prometheus."""
SCOPE = InstrumentationScope("tidegate")
NANO = 1_000_000_000

assert DOTTED.keys() == set(REQUEST_LABELS)

Attributes = dict[str, str | int]


class Period(NamedTuple):
    """From the start of the process to the reading, in nanoseconds since 1970. `last` is the reading before."""

    start: int
    end: int
    last: int = 0


def metrics_data(
    families: Iterable[Family], resource: Resource, period: Period, may_go: Callable[[str], bool] = lambda _: True
) -> MetricsData:
    """One reading of every family. Rows of apps that may not go there are left out."""
    metrics = [*_metrics(families, period, may_go)]
    return MetricsData([ResourceMetrics(resource, [ScopeMetrics(SCOPE, metrics, "")], "")])


def _metrics(families: Iterable[Family], period: Period, may_go: Callable[[str], bool]) -> Iterator[Metric]:
    for family in families:
        data = _data(family, period, may_go)
        if data is None or not data.data_points:
            continue
        if family.name == REQUEST_DURATION:
            yield Metric("http.client.request.duration", "Duration of HTTP client requests.", "s", data)
        else:
            unit = next((unit for end, unit in UNITS.items() if family.name.endswith(end)), "")
            yield Metric(family.name, family.documentation, unit, data)


def _data(family: Family, period: Period, may_go: Callable[[str], bool]) -> DATA | None:
    if isinstance(family, HistogramRows):
        return Histogram([_histogram(family.labels, row, period) for row in family.rows], CUMULATIVE)
    samples = [sample for sample in family.samples if may_go(sample.labels.get("app", ""))]
    if family.type == "counter":
        return Sum([_number(sample, period) for sample in samples], CUMULATIVE, is_monotonic=True)
    if family.type == "gauge":
        return Gauge([_number(sample, period) for sample in samples])
    return None


def _number(sample: Sample, period: Period) -> NumberDataPoint:
    return NumberDataPoint(_attributes(sample.labels), period.start, period.end, float(sample.value))


def _histogram(names: Sequence[str], row: HistogramRow, period: Period) -> HistogramDataPoint:
    examples = [
        Exemplar({}, example.seconds, int(example.wall * NANO), int(example.span_id, 16), int(example.trace_id, 16))
        for example in row.examples.values()
        if example.span_id and example.wall * NANO > period.last  # OTLP has both ids; the others were sent before
    ]
    return HistogramDataPoint(
        _attributes(dict(zip(names, row.labels, strict=True))), period.start, period.end, sum(row.counts), row.sum_s,
        row.counts, BOUNDS_S, None, None, examples,  # type: ignore[arg-type]  # lowest and highest are optional in OTLP
    )  # fmt: skip


def _attributes(labels: Mapping[str, str]) -> Attributes:
    """Labels as attributes. An empty one is no attribute, as Prometheus has it too."""
    shown: Attributes = {}
    for label, value in labels.items():
        name = DOTTED.get(label, label)
        if value:
            shown[name] = int(value) if name in NUMBERS else value
    return shown
