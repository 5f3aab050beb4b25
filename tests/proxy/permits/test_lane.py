"""A lane of nothing but documented limits that count requests is plain: taking of it is all there is to do."""

import pytest

from tidegate.proxy.permits.lane import Lane
from tidegate.proxy.permits.limit_gate import LimitGate
from tidegate.proxy.permits.waiting_room import WaitingRoom
from tidegate.proxy.policies.dialects.vendor_clock import VendorClock
from tidegate.proxy.policies.limits.amounts import Amounts
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.counted_windows import FixedWindow
from tidegate.proxy.policies.limits.gauge import Gauge
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.proxy.policies.limits.periods import Every
from tidegate.proxy.policies.limits.token_bucket import TokenBucket
from tidegate.proxy.policies.limits.wait_queue import WaitQueue
from tidegate.proxy.policies.resilience.backoff import Pauses


def lane(*gauges: Gauge) -> Lane:
    room = WaitingRoom(None, WaitQueue(1))  # type: ignore[arg-type]  # nobody waits
    windows = tuple(gauge for gauge in gauges if isinstance(gauge, FixedWindow))
    amounts = Amounts([("requests", None)] * len(gauges))
    return Lane(LimitGate(LimitSet(gauges), room), ("",) * len(gauges), amounts, (), (), (), (), windows, Pauses(1.0))


BUCKET = TokenBucket(1.0, 1, 0.0)
WINDOW = FixedWindow(1.0, Every(60.0), VendorClock(0.0, 0.0), 0.0, 0.0)


@pytest.mark.parametrize(
    ("gauges", "plain"), [([BUCKET], True), ([BUCKET, ConcurrencyLimit(1)], False), ([BUCKET, WINDOW], False)]
)
def test_only_buckets_and_sliding_windows_of_requests_are_plain(gauges: list[Gauge], plain: bool) -> None:
    assert lane(*gauges).plain is plain


def test_the_clock_of_the_vendor_matters_where_a_window_begins_by_it() -> None:
    assert lane(WINDOW).watches_clock
    assert not lane(BUCKET).watches_clock
