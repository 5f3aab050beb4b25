"""Tests of tidegate.proxy.telemetry.otlp.metric_points."""

from opentelemetry.sdk.metrics.export import Gauge, Histogram, MetricsData, NumberDataPoint, Sum
from opentelemetry.sdk.resources import Resource

from tests.proxy.examples import attempt, finished
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.telemetry.metrics import Metrics, VendorServer, VendorState
from tidegate.proxy.telemetry.otlp.metric_points import Period, metrics_data
from tidegate.proxy.telemetry.series.histogram import BOUNDS_S

OWN = Resource({"service.name": "tidegate"})
PERIOD = Period(1_000, 2_000)


def made() -> Metrics:
    metrics = Metrics(
        {"stripe": VendorServer("api.stripe.com", 443)}, lambda: {"stripe": VendorState(limits={"account": 0.75})}
    )
    attempts = [attempt(status=503, verdict=Verdict.FAILED), attempt(2, began=100.0, ended=111.0)]
    metrics.count(finished(app="office", attempts=attempts))
    call = finished(trace_id="0af7651916cd43dd8448eb211c80319c", span_id="b7ad6b7169203331", attempts=attempts)
    metrics.count(call)
    metrics.exemplify(call, spanned=True)
    return metrics


def by_name(data: MetricsData) -> dict[str, tuple[str, object]]:
    [resource] = data.resource_metrics
    [scope] = resource.scope_metrics
    assert (resource.resource, scope.scope.name) == (OWN, "tidegate")
    return {metric.name: (metric.unit or "", metric.data) for metric in scope.metrics}


def test_counters_are_cumulative_sums_and_gauges_are_gauges() -> None:
    found = by_name(metrics_data(made().registry.collect(), OWN, PERIOD))
    unit, calls = found["tidegate_calls"]
    assert isinstance(calls, Sum)
    assert (unit, calls.is_monotonic, int(calls.aggregation_temporality)) == ("", True, 2)
    own = {"vendor": "stripe", "operation": "PostRefunds", "app": "office", "verdict": "success"}
    assert calls.data_points[0] == NumberDataPoint(own, 1_000, 2_000, 1.0)
    _, used = found["tidegate_limit_used_ratio"]
    assert isinstance(used, Gauge)
    assert used.data_points[0].value == 0.75


def test_durations_have_the_names_of_the_conventions_and_whole_numbers_are_numbers() -> None:
    unit, data = by_name(metrics_data(made().registry.collect(), OWN, PERIOD))["http.client.request.duration"]
    assert unit == "s"
    assert isinstance(data, Histogram)
    failed, success = data.data_points
    assert failed.attributes == {
        "http.request.method": "POST", "server.address": "api.stripe.com", "server.port": 443,
        "http.response.status_code": 503, "error.type": "503", "url.template": "/v1/refunds",
    }  # fmt: skip
    assert success.attributes is not None
    assert "error.type" not in success.attributes
    assert tuple(success.explicit_bounds) == BOUNDS_S
    assert list(success.bucket_counts) == [0] * len(BOUNDS_S) + [2]
    assert (success.count, success.sum) == (2, 22.0)
    [example] = success.exemplars
    assert (example.value, f"{example.trace_id:032x}") == (11.0, "0af7651916cd43dd8448eb211c80319c")


def test_an_example_that_was_sent_before_is_not_sent_again() -> None:
    later = PERIOD._replace(last=1_700_000_020_000_000_000)
    _, data = by_name(metrics_data(made().registry.collect(), OWN, later))["http.client.request.duration"]
    assert isinstance(data, Histogram)
    assert not any(point.exemplars for point in data.data_points)


def test_rows_of_an_app_that_may_not_go_are_left_out_and_what_names_no_app_stays() -> None:
    found = by_name(metrics_data(made().registry.collect(), OWN, PERIOD, lambda app: app != "shop"))
    _, calls = found["tidegate_calls"]
    assert isinstance(calls, Sum)
    assert [dict(point.attributes or {})["app"] for point in calls.data_points] == ["office"]
    _, seconds = found["tidegate_call_seconds"]
    assert isinstance(seconds, Histogram)
    assert seconds.data_points[0].count == 2


def test_a_family_without_a_row_is_left_out() -> None:
    assert "tidegate_cached" not in by_name(metrics_data(made().registry.collect(), OWN, PERIOD))
