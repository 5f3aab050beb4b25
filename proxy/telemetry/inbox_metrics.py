"""Figures about webhooks: what came in and what became of it, and what the apps made of it.

Labels come from tidegate.yaml and from closed lists of reasons, never from what a stranger sent.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tidegate.proxy.telemetry.metrics import BREAKER_STATES


class InboxMetrics(Collector):
    """The counts of one inbox. `skews` and `breakers` are asked at each scrape."""

    def __init__(self) -> None:
        self.received: Counter[tuple[str, str]] = Counter()
        """(source, outcome) → how often. The source is empty where it is none of ours."""
        self.posts: Counter[tuple[str, str]] = Counter()
        """(app, outcome) → how often an app was posted to."""
        self.skews: Callable[[], Mapping[str, float]] = dict
        self.breakers: Callable[[], Mapping[tuple[str, str], str]] = dict
        """App and purpose → the state of the breaker before that address."""

    def describe(self) -> list[Metric]:
        """Nothing: so that registering does not collect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        received = CounterMetricFamily("tidegate_webhooks", "Webhooks received", labels=("source", "outcome"))
        for labels, count in self.received.items():
            received.add_metric(labels, count)
        posts = CounterMetricFamily("tidegate_app_posts", "Posts to apps", labels=("app", "outcome"))
        for labels, count in self.posts.items():
            posts.add_metric(labels, count)
        skew = GaugeMetricFamily("tidegate_webhook_skew_seconds", "How far our clock is ahead", labels=("source",))
        for source, seconds in self.skews().items():
            skew.add_metric((source,), seconds)
        breaker = GaugeMetricFamily(
            "tidegate_app_breaker_state", "0 closed, 1 half-open, 2 open", labels=("app", "purpose")
        )
        for key, state in self.breakers().items():
            breaker.add_metric(key, BREAKER_STATES.get(state, 2))
        yield from (received, posts, skew, breaker)
