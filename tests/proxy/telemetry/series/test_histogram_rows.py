"""Tests of tidegate.proxy.telemetry.series.histogram_rows."""

from tidegate.proxy.telemetry.series.histogram import BOUNDS_S, Histogram, TraceExample
from tidegate.proxy.telemetry.series.histogram_rows import HistogramRows, trace_labels


def made() -> tuple[Histogram, HistogramRows]:
    of = Histogram()
    for seconds in (0.001, 0.02, 60.0):
        of.observe(seconds)
    of.exemplify(TraceExample(60.0, 1.5, "t", ""))
    return of, HistogramRows("waits", "Waits", ("vendor",), {("stripe",): of})


def test_the_library_sees_the_samples_that_it_makes_itself() -> None:
    _, rows = made()
    samples = rows.samples
    assert [sample.name for sample in samples] == ["waits_bucket"] * (len(BOUNDS_S) + 1) + ["waits_count", "waits_sum"]
    assert (samples[0].labels, samples[0].value) == ({"vendor": "stripe", "le": "0.005"}, 1.0)
    assert (samples[14].labels["le"], samples[14].value, samples[15].value, samples[16].value) == ("+Inf", 3, 3, 60.021)
    assert samples[14].exemplar is not None
    assert (samples[14].exemplar.labels, samples[14].exemplar.value) == ({"trace_id": "t"}, 60.0)
    assert (rows.type, rows.name, samples[0].exemplar) == ("histogram", "waits", None)


def test_what_is_counted_later_is_not_in_it() -> None:
    of, rows = made()
    of.observe(0.001)
    of.exemplify(TraceExample(0.001, 2.0, "u", "s"))
    [row] = rows.rows
    assert (row.counts[0], row.cumulated()[-1], len(row.examples)) == (1, 3, 1)


def test_an_exemplar_is_within_what_openmetrics_allows() -> None:
    labels = trace_labels(TraceExample(1.0, 1.0, "a" * 32, "b" * 16))
    assert sum(len(name) + len(value) for name, value in labels.items()) <= 128
