"""Tests of tidegate.proxy.telemetry.metric_family."""

from tidegate.proxy.telemetry.metric_family import counter, gauge


def test_counts_become_samples_with_their_labels() -> None:
    (sample,) = counter("tidegate_x", "X", ("app",), {("shop",): 3}).samples
    assert (sample.name, sample.labels, sample.value) == ("tidegate_x_total", {"app": "shop"}, 3)
    (sample,) = gauge("tidegate_y", "Y", (), {(): 0.5}).samples
    assert (sample.name, sample.labels, sample.value) == ("tidegate_y", {}, 0.5)
