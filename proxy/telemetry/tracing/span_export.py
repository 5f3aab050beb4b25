"""The export of spans: only where a collector is named, and only of apps whose data may go to its region.

Nothing of a request's content is in a span, so they are data that is not personal. What may not go is dropped and
counted; what may is decided in tidegate.proxy.policies.residency.
"""

from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.policies.residency.residency_rules import ResidencyWatch
from tidegate.proxy.telemetry.ended_post import EndedPost
from tidegate.proxy.telemetry.series.app_labels import OTHER
from tidegate.proxy.telemetry.telemetry import SpanSink

WAY = "telemetry"


class ResidentSpans:
    """See the module and SpanSink. `region` is the collector's, empty where it is not known."""

    def __init__(self, spans: SpanSink, watch: ResidencyWatch, region: str) -> None:
        self._spans, self._watch, self.region = spans, watch, region

    def add(self, finished: FinishedCall) -> None:
        """See SpanSink.add."""
        if self._may_go(finished.app):
            self._spans.add(finished)

    def add_post(self, post: EndedPost) -> None:
        """See SpanSink.add_post."""
        if self._may_go(post.app):
            self._spans.add_post(post)

    def close(self) -> None:
        """See SpanSink.close."""
        self._spans.close()

    def _may_go(self, app: str) -> bool:
        rules = self._watch.rules
        if rules.written is None:
            return True
        decision = rules.decide(rules.home_of(app), "other", self.region)
        self._watch.count(WAY, "collector", decision)
        return decision.sends


def resident_rows(app: str, watch: ResidencyWatch, region: str) -> bool:
    """Whether rows of metrics that name an app may go to a collector; those that name none are of nobody.

    The row of all apps that are beyond the bound of labels may where each app's data may.
    """
    rules = watch.rules
    if not app or rules.written is None:
        return True
    homes = {*rules.homes.values(), rules.home} if app == OTHER else {rules.home_of(app)}
    return all(rules.decide(home, "other", region).sends for home in homes)
