"""The text of metrics, judged by the library's parsers and its own writers."""

import math
import random
from collections.abc import Iterable, Iterator

import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from tidegate.proxy.telemetry.series.histogram import Histogram, TraceExample
from tidegate.proxy.telemetry.series.histogram_rows import HistogramRows
from tidegate.proxy.telemetry.series.text_page import text_page

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
AWKWARD = ("", "a b", 'quo"te', "back\\slash", "new\nline", "\\n", "é†", "}", "a,b=c", "\\")


class Fixed(Collector):
    """Shows what it is given."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


def drawn(rng: random.Random) -> Iterator[Metric]:
    """Families with awkward labels and values."""
    counts = CounterMetricFamily("shop_calls", 'Calls that\nended, "all" of \\ them', labels=("app", "verdict"))
    gauges = GaugeMetricFamily("shop_depth", "Depth", labels=("app",))
    rows: dict[tuple[str, ...], Histogram] = {}
    for app in AWKWARD:
        counts.add_metric((app, rng.choice(AWKWARD)), rng.choice((0, 3, 10**17, 2.5)))
        gauges.add_metric((app,), rng.choice((math.inf, -math.inf, 0.1, -7, 1e-9, 123456789.0)))
        rows[app, "x"] = of = Histogram()
        for _ in range(rng.randrange(30)):
            of.observe(rng.expovariate(1.0))
        if rng.random() < 0.7:
            of.exemplify(TraceExample(0.3, 1_700_000_000.25, TRACE, SPAN))
    yield counts
    yield gauges
    yield HistogramRows("shop_seconds", "Calls", ("app", "kind"), rows)
    yield HistogramRows("shop_lag_seconds", "Lag", (), {(): Histogram()})
    yield GaugeMetricFamily("shop_up", "Up", value=1)


def seen(families: Iterable[Metric]) -> Iterator[tuple[object, ...]]:
    """All that a parser has read."""
    for family in families:
        yield (family.name, family.type, family.documentation)
        for sample in family.samples:
            example = sample.exemplar
            shown = () if example is None else (example.labels, example.value, float(example.timestamp or 0.0))
            yield (sample.name, sample.labels, str(sample.value), shown)


def openmetrics_seen(text: str) -> list[tuple[object, ...]]:
    return [*seen(openmetrics_families(text))]  # type: ignore[no-untyped-call]  # the library has no types here


@pytest.mark.parametrize("seed", range(6))
def test_both_formats_say_what_the_librarys_own_writers_say(seed: int) -> None:
    families = [*drawn(random.Random(seed))]
    registry = CollectorRegistry()
    registry.register(Fixed(families))
    ours, theirs = text_page(families, openmetrics=False).decode(), generate_latest(registry).decode()
    assert [*seen(text_string_to_metric_families(ours))] == [*seen(text_string_to_metric_families(theirs))]
    new = text_page(families, openmetrics=True).decode()
    assert openmetrics_seen(new) == openmetrics_seen(generate_openmetrics(registry).decode())  # type: ignore[no-untyped-call]  # as above
    assert "trace_id" in new
    assert "trace_id" not in ours


def test_nothing_is_a_page_too() -> None:
    assert text_page([], openmetrics=False) == b""
    assert text_page([], openmetrics=True) == b"# EOF\n"
