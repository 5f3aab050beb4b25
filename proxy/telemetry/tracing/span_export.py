"""The export of spans: only where a collector is named, and only of apps whose data may go to its region.

Nothing of a request's content is in a span, so they are data that is not personal. What may not go is dropped and
counted; what may is decided in tidegate.proxy.policies.residency.
"""

from collections.abc import Mapping

from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.policies.residency.residency_rules import ResidencyWatch
from tidegate.proxy.telemetry.ended_post import EndedPost
from tidegate.proxy.telemetry.metrics import VendorServer
from tidegate.proxy.telemetry.telemetry import SpanSink

OTLP_VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The standard variables that name a collector (OpenTelemetry, OTLP exporter configuration)."""
WAY = "telemetry"


def exporting_spans(
    otlp: str | None, servers: Mapping[str, VendorServer], environ: Mapping[str, str]
) -> SpanSink | None:
    """Makes spans where a collector is named; their library is slow to import, so not before."""
    named = otlp is not None or any(environ.get(name) for name in OTLP_VARIABLES)
    if not named or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    from tidegate.proxy.telemetry.spans import Spans, exporter_for

    return Spans(exporter_for(otlp), servers)


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
