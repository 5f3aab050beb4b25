"""Metrics lead to the traces of apps."""

import pytest

from tests.proxy.examples import attempt, call, reply
from tests.proxy.telemetry.test_telemetry import Told


@pytest.mark.parametrize("sampled", [True, False])
def test_a_call_that_the_app_samples_leads_from_the_metrics_to_the_apps_trace(sampled: bool) -> None:
    told = Told()
    one = call(trace_id="a" * 32, span_id="b" * 16, sampled=sampled, attempts=[attempt()])
    told.telemetry.record(one, reply(), 100.5, 1_700_000_000.5)
    told.telemetry.flush()
    page = told.metrics.render(openmetrics=True).decode()
    assert page.count(f'# {{trace_id="{"a" * 32}"}}') == (2 if sampled else 0)
    assert "span_id" not in page  # no span of ours is made here
