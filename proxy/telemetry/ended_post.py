"""A post of a delivery to an app that has ended: what its span is made from. It holds nothing of what was posted."""

from dataclasses import dataclass

from tidegate.proxy.telemetry.traceparent import Trace


@dataclass(frozen=True, slots=True)
class EndedPost:
    """One post of a delivery to an app. Times are seconds since 1970; `trace` is its own place."""

    delivery: str
    call_id: str
    app: str
    event: str
    url: str
    accepted_under: str
    """The traceparent of the webhook or call that it comes from."""
    trace: Trace
    began_wall: float
    ended_wall: float
    status: int
    error: str
