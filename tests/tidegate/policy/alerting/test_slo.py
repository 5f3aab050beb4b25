"""An objective that leaves no error budget, or that nobody could watch, is refused with what would be right."""

from pathlib import Path

import pytest

from tests.tidegate.plans import findings
from tidegate.policy.alerting.slo import BUCKETS_S
from tidegate.proxy.telemetry.series.histogram import BOUNDS_S


@pytest.mark.parametrize(
    ("slo", "flaw"),
    [
        ("{availability: 99.9%, latency: 1s, latency_share: 95%, window: 28d}", None),
        ("{availability: 100%}", "availability leaves no error budget"),
        ("{availability: 1%}", "availability leaves no error budget"),
        ("{availability: 99%, latency: 500ms, latency_share: 100%}", "latency_share leaves no error budget"),
        ("{availability: 99%, latency: 2s}", "1s, 2.5s"),
        ("{availability: 99%, window: 1h}", "7 to 90 days"),
    ],
)
def test_what_cannot_be_watched_is_refused(tmp_path: Path, slo: str, flaw: str | None) -> None:
    found = findings(tmp_path, ("policy:\n", f"policy:\n  slo: {slo}\n"))
    assert [one.code for one in found] == (["TG119"] if flaw else [])
    assert all(flaw is None or flaw in one.message for one in found)


def test_the_bounds_are_those_that_the_proxy_counts_at() -> None:
    assert BUCKETS_S == BOUNDS_S
