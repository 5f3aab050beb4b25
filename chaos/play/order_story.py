"""The live story of the order flow, at any length, and what is shown of it at one moment."""

from dataclasses import dataclass
from typing import Any

from tidegate.chaos.timeline import offered_load
from tidegate.scenario.scenario import Scenario

DRAIN_SHOWN_S = 5.0
"""So long after the outage the table says that what has waited is delivered."""


@dataclass(frozen=True, slots=True)
class OrdersView:
    """The live table's content at one moment."""

    at_s: float
    seconds: float
    phase: str
    changes: int
    posts: int
    handed_over: int
    requests: int
    waiting: int
    dead: int
    breaker: str


def written_orders(seconds: float, rate: float) -> dict[str, Any]:
    """The story at this length, as a scenario file has it; `rate` orders are made a second."""

    def at(share: float) -> str:
        return f"{share * seconds:g}s"

    def webhook(mode: str, percent: int, **more: str) -> dict[str, Any]:
        return {"kind": "webhook", "mode": mode, "events": ["orders.*"], "probability": f"{percent}%", **more}

    return {
        "name": "orders, live",
        "seconds": seconds,
        "load": [{"until": at(0.8), "rate": f"{rate * 60:g}/m", "mix": {"order": 1, "changed order": 1}}],
        "faults": [
            webhook("duplicate", 15),
            webhook("late", 5, delay="2s"),
            webhook("reorder", 10, delay="2s"),
            webhook("forge", 5),
            {"kind": "latency", "delay": "20ms", "jitter": "40ms"},
            {"kind": "reset_after", "probability": "3%"},
            {"kind": "outage", "from": at(0.35), "until": at(0.6)},
        ],
    }


def phase_of(scenario: Scenario, at_s: float) -> str:
    """What happens at this moment, in words."""
    ((begin, end),) = offered_load.outages(scenario)
    if begin <= at_s < end:
        return "outage: the warehouse does not answer"
    return "what has waited is delivered" if end <= at_s < end + DRAIN_SHOWN_S else "an ordinary moment"
