"""Figures about deliveries: what there is, as the store last told, and what has happened since the start.

The store is asked by whoever shows them (tidegate.proxy.desk.depth_watch), at most every few seconds, and never by a
scrape: here are only the numbers.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from prometheus_client.core import Metric

from tidegate.proxy.store.deliveries import Depth
from tidegate.proxy.telemetry.metric_family import Labels, counter, gauge

_KIND = ("box", "app", "vendor", "state", "reason")


class DeliveryMetrics:
    """The figures of one proxy. Labels are names from configuration and the lists of states and reasons."""

    def __init__(self) -> None:
        self.depths: Sequence[Depth] = ()
        self.depths_wall = 0.0
        """When the store told them."""
        self.accepted: defaultdict[Labels, int] = defaultdict(int)
        """(box, app, vendor, result): accepted, repeated or full."""
        self.settled: defaultdict[Labels, int] = defaultdict(int)
        """(box, app, vendor, state, reason): what tries came to."""
        self.attempts: defaultdict[Labels, int] = defaultdict(int)
        """(box, app, vendor): attempts that were begun."""
        self.alarms: defaultdict[Labels, int] = defaultdict(int)
        """(box, app, vendor, state, reason): what became dead or parked."""
        self.by_hand: defaultdict[Labels, int] = defaultdict(int)
        """(action, result): done or refused."""

    def collect(self) -> Iterator[Metric]:
        """Every family, for a scrape."""
        rows: dict[Labels, float] = {}
        sizes: dict[Labels, float] = {}
        oldest: dict[Labels, float] = {}
        for depth in self.depths:
            labels = (depth.box, depth.app, depth.vendor, depth.state, depth.dead_reason)
            rows[labels], sizes[labels] = depth.rows, depth.bytes
            if depth.rows:
                oldest[labels] = max(self.depths_wall - depth.oldest_wall, 0.0)
        yield gauge("tidegate_deliveries", "Deliveries in the store", _KIND, rows)
        yield gauge("tidegate_delivery_bytes", "Bytes of their requests", _KIND, sizes)
        yield gauge("tidegate_delivery_oldest_seconds", "Age of the oldest of its kind", _KIND, oldest)
        kind = ("box", "app", "vendor", "result")
        yield counter("tidegate_deliveries_accepted", "Deliveries that came in", kind, self.accepted)
        yield counter("tidegate_deliveries_settled", "What tries came to", _KIND, self.settled)
        yield counter("tidegate_delivery_attempts", "Attempts at deliveries", ("box", "app", "vendor"), self.attempts)
        yield counter("tidegate_delivery_alarms", "Deliveries that became dead or parked", _KIND, self.alarms)
        yield counter("tidegate_deliveries_by_hand", "What people did", ("action", "result"), self.by_hand)
