"""Figures about deliveries: what there is, as the store last told, and what has happened since the start.

The store is asked by whoever shows them (tidegate.proxy.desk.depth_watch), at most every few seconds, and never by a
scrape: here are only the numbers.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import partial

from prometheus_client.core import Metric

from tidegate.proxy.store.deliveries import Depth
from tidegate.proxy.telemetry.metric_family import Labels, counter, gauge
from tidegate.proxy.telemetry.series.app_labels import AppLabels

APP = 1
"""The place of the app among the labels."""
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

    def collect(self, apps: AppLabels) -> Iterator[Metric]:
        """Every family, for a scrape. `apps` bounds how many apps have rows of their own."""
        summed, highest = partial(apps.summed, place=APP), partial(apps.highest, place=APP)
        rows: dict[Labels, int] = {}
        sizes: dict[Labels, int] = {}
        oldest: dict[Labels, float] = {}
        for depth in self.depths:
            labels = (depth.box, depth.app, depth.vendor, depth.state, depth.dead_reason)
            rows[labels], sizes[labels] = depth.rows, depth.bytes
            if depth.rows:
                oldest[labels] = max(self.depths_wall - depth.oldest_wall, 0.0)
        yield gauge("tidegate_deliveries", "Deliveries in the store", _KIND, summed(rows))
        yield gauge("tidegate_delivery_bytes", "Bytes of their requests", _KIND, summed(sizes))
        yield gauge("tidegate_delivery_oldest_seconds", "Age of the oldest of its kind", _KIND, highest(oldest))
        kind, sent = ("box", "app", "vendor", "result"), ("box", "app", "vendor")
        yield counter("tidegate_deliveries_accepted", "Deliveries that came in", kind, summed(self.accepted))
        yield counter("tidegate_deliveries_settled", "What tries came to", _KIND, summed(self.settled))
        yield counter("tidegate_delivery_attempts", "Attempts at deliveries", sent, summed(self.attempts))
        yield counter("tidegate_delivery_alarms", "Deliveries that became dead or parked", _KIND, summed(self.alarms))
        yield counter("tidegate_deliveries_by_hand", "What people did", ("action", "result"), self.by_hand)
