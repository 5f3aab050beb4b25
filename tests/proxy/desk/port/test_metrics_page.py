"""Tests of tidegate.proxy.desk.port.metrics_page."""

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families
from prometheus_client.parser import text_string_to_metric_families

from tests.proxy.examples import attempt, finished
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.desk.port.metrics_page import OPENMETRICS, RANGES_MAX, TEXT, likes_openmetrics, metrics_page
from tidegate.proxy.telemetry.metrics import Metrics, VendorState

PROMETHEUS_2 = "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
PROMETHEUS_2 += "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
PROMETHEUS_3 = (
    "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2"
)


@pytest.mark.parametrize(
    ("accept", "openmetrics"),
    [
        ("", False),
        ("*/*", False),
        ("text/html,application/xhtml+xml,*/*;q=0.8", False),
        ("text/plain", False),
        (PROMETHEUS_2, True),
        (PROMETHEUS_3, True),
        ("Application/OpenMetrics-Text; Version=1.0.0", True),
        ('application/openmetrics-text; version="1.0.0"', True),
        ("application/openmetrics-text", True),
        ("application/openmetrics-text;version=2.0.0", False),
        ("application/openmetrics-text;version=99.x\x7f", False),
        ("application/openmetrics-text;q=0", False),
        ("application/openmetrics-text;q=nan", False),
        ("application/openmetrics-text;q=0.1,text/plain;q=0.9", False),
        ("application/openmetrics-text;q=0.1,*/*;q=0.9", False),
        ("text/plain;q=0.4,application/openmetrics-text;q=0.4", True),
        ("x/y," * RANGES_MAX + "application/openmetrics-text", False),
        (";;;=,=;q", False),
    ],
)
def test_a_scraper_gets_the_format_that_it_likes_best(accept: str, openmetrics: bool) -> None:
    assert likes_openmetrics(accept) is openmetrics
    assert metrics_page(Metrics({}), accept).content_type == (OPENMETRICS if openmetrics else TEXT)


def busy() -> Metrics:
    """Metrics with something in most of what there is."""
    state = VendorState(breakers={"a": {"state": "open"}}, limits={"account": 0.5}, ending={"GetOld": None})
    made = Metrics({}, lambda: {"stripe": state, 'a"b\\c\nd': state})
    call = finished(
        trace_id="0af7651916cd43dd8448eb211c80319c", span_id="b7ad6b7169203331",
        attempts=[attempt(status=503, verdict=Verdict.FAILED), attempt(2)],
    )  # fmt: skip
    made.count(call)
    made.exemplify(call, spanned=True)
    made.deliveries.accepted["outbox", "shop", "stripe", "accepted"] += 1
    return made


def test_both_formats_can_be_read_and_hold_the_same_series() -> None:
    made = busy()
    old = metrics_page(made, "").body.decode()
    new = metrics_page(made, PROMETHEUS_3).body.decode()
    assert "trace_id" not in old  # the older format has no place for it, and a scraper would refuse the page
    assert new.endswith("# EOF\n")
    read_old = {(s.name, *s.labels.items()): s.value for f in text_string_to_metric_families(old) for s in f.samples}
    families = [*openmetrics_families(new)]  # type: ignore[no-untyped-call]  # it has no types
    assert read_old == {(s.name, *s.labels.items()): s.value for f in families for s in f.samples}
    found = [s.exemplar for f in families for s in f.samples if s.exemplar is not None]
    assert {example.labels["trace_id"] for example in found} == {"0af7651916cd43dd8448eb211c80319c"}
    assert len(found) == 3


def test_no_two_series_have_one_name() -> None:
    lines = metrics_page(busy(), "").body.decode().splitlines()
    names = [line.rpartition(" ")[0] for line in lines if not line.startswith("#")]
    assert len(names) == len(set(names))
