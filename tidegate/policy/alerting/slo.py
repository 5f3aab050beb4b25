"""The service level objective of a vendor: what share of calls should go well, and how fast, over which time.

The burn rates of its error budget become alert rules (tidegate.monitoring.slo_alerts). The proxy does not act on it.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.rule import Breach, rule
from tidegate.configfile.units import Duration, Portion, written_duration

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""The bounds of `tidegate_call_seconds`, in seconds: how many calls were faster is known at these only."""
DAY_S = 86_400.0
WINDOW_LEAST_S, WINDOW_MOST_S = 7 * DAY_S, 90 * DAY_S


class Slo(Block):
    """The objective that an app's team may rely on."""

    availability: Annotated[Portion, Field(examples=["99.9%"])]
    """This share of calls gets the vendor's answer. A request that the vendor rejects for what it says counts as well;
    failures, refusals for a limit, for a credential, and our own count against it."""
    latency: Duration | None = None
    """Calls should be over by then: one of the bounds of the metric `tidegate_call_seconds`, like 500ms, 1s, 2.5s."""
    latency_share: Portion = 0.99
    """This share of calls should be."""
    window: Duration = 30 * DAY_S
    """The time over which the error budget is counted."""


@rule("TG119", "a service level objective leaves an error budget, and can be watched", Slo)
def slo_can_be_watched(slo: Slo) -> Iterator[Breach]:
    """Refuse an objective without an error budget, and a bound between those that are counted."""
    for name, share in (("availability", slo.availability), ("latency_share", slo.latency_share)):
        if not 0.5 <= share < 1.0:
            yield Breach((name,), f"{name} leaves no error budget, or all; write a share from 50% to less than 100%")
    if slo.latency is not None and slo.latency not in BUCKETS_S:
        bounds = ", ".join(written_duration(bound) for bound in BUCKETS_S)
        yield Breach(("latency",), f"calls are counted at {bounds}; name one of them")
    if not WINDOW_LEAST_S <= slo.window <= WINDOW_MOST_S:
        yield Breach(("window",), "window is to be 7 to 90 days (168h to 2160h)")
