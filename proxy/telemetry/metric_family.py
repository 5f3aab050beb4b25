"""Plain counts as Prometheus' families of metrics. It knows no name of one."""

from collections.abc import Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from tidegate.proxy.telemetry.series.histogram import Histogram
from tidegate.proxy.telemetry.series.histogram_rows import HistogramRows

Labels = tuple[str, ...]


def counter(name: str, text: str, labels: Labels, counts: Mapping[Labels, int]) -> Metric:
    """A counter; Prometheus adds `_total` to its name."""
    family = CounterMetricFamily(name, text, labels=labels)
    for values, count in counts.items():
        family.add_metric(values, count)
    return family


def gauge(name: str, text: str, labels: Labels, values: Mapping[Labels, float]) -> Metric:
    """A gauge."""
    family = GaugeMetricFamily(name, text, labels=labels)
    for of, value in values.items():
        family.add_metric(of, value)
    return family


def histogram(name: str, text: str, labels: Labels, histograms: Mapping[Labels, Histogram]) -> Metric:
    """A histogram of seconds, with the traces that show some of what it counts."""
    return HistogramRows(name, text, labels, histograms)
