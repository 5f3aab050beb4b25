"""The admin page for Prometheus: every metric, in the text format that the scraper likes best.

OpenMetrics has exemplars, which lead from a histogram to a trace; the older text format has no place for them.
"""

from collections.abc import Mapping

from tidegate.proxy.desk.page import Page
from tidegate.proxy.telemetry.metrics import Metrics

PATH = "/metrics"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
VERSIONS: Mapping[str, tuple[str, ...]] = {
    "application/openmetrics-text": ("", "0.0.1", "1.0.0"),
    "text/plain": ("", "0.0.4"),
    "text/*": ("",),
    "*/*": ("",),
}
"""Media range → the versions of it that we write. What comes with another is not meant for us."""
RANGES_MAX = 32
"""So many media ranges of an Accept header are looked at."""


def metrics_page(metrics: Metrics, accept: str) -> Page:
    """Every metric. `accept` is the request's Accept header (RFC 9110 §12.5.1), empty where there is none."""
    openmetrics = likes_openmetrics(accept)
    return Page(200, metrics.render(openmetrics=openmetrics), OPENMETRICS if openmetrics else TEXT)


def likes_openmetrics(accept: str) -> bool:
    """Whether a scraper takes OpenMetrics at least as gladly as the older format."""
    weights = dict.fromkeys(VERSIONS, 0.0)
    for written in accept.split(",")[:RANGES_MAX]:
        media, *parameters = (part.strip().lower() for part in written.split(";"))
        given = {name.strip(): value.strip(' "') for name, _, value in (each.partition("=") for each in parameters)}
        if media in VERSIONS and given.get("version", "") in VERSIONS[media]:
            weights[media] = max(weights[media], _weight(given.get("q", "1")))
    openmetrics, text, *wider = weights.values()
    return openmetrics > 0 and openmetrics >= (text or max(wider))


def _weight(written: str) -> float:
    """A quality value, 0…1; 0 where it cannot be read."""
    try:
        weight = float(written)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
