"""Figures about webhooks: what came in and what became of it, and what the apps made of it.

Labels come from tidegate.yaml and from closed lists of reasons, never from what a stranger sent.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Self

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tidegate.proxy.telemetry.metric_family import Labels
from tidegate.proxy.telemetry.metrics import BREAKER_STATES
from tidegate.proxy.telemetry.series.app_labels import AppLabels


class InboxMetrics(Collector):
    """The counts of one inbox. `skews` and `breakers` are asked at each scrape."""

    def __init__(self) -> None:
        self.apps = AppLabels()
        self.received: Counter[tuple[str, str]] = Counter()
        """(source, outcome) → how often. The source is empty where it is none of ours."""
        self.posts: Counter[Labels] = Counter()
        """(app, outcome) → how often an app was posted to."""
        self.skews: Callable[[], Mapping[str, float]] = dict
        self.breakers: Callable[[], Mapping[tuple[str, str], str]] = dict
        """App and purpose → the state of the breaker before that address."""

    def labelled(self, apps: AppLabels) -> Self:
        """These, with a bound on how many apps are shown by name."""
        self.apps = apps
        return self

    def describe(self) -> list[Metric]:
        """Nothing: so that registering does not collect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        received = CounterMetricFamily("tidegate_webhooks", "Webhooks received", labels=("source", "outcome"))
        for labels, count in self.received.items():
            received.add_metric(labels, count)
        posts = CounterMetricFamily("tidegate_app_posts", "Posts to apps", labels=("app", "outcome"))
        for app_and_outcome, times in self.apps.summed(self.posts, 0).items():
            posts.add_metric(app_and_outcome, times)
        skew = GaugeMetricFamily("tidegate_webhook_skew_seconds", "How far our clock is ahead", labels=("source",))
        for source, seconds in self.skews().items():
            skew.add_metric((source,), seconds)
        breaker = GaugeMetricFamily(
            "tidegate_app_breaker_state", "0 closed, 1 half-open, 2 open", labels=("app", "purpose")
        )
        states: dict[Labels, float] = {
            key: float(BREAKER_STATES.get(state, 2)) for key, state in self.breakers().items()
        }
        for app_and_purpose, worst in self.apps.highest(states, 0).items():
            breaker.add_metric(app_and_purpose, worst)
        yield from (received, posts, skew, breaker)
