"""The times of an answer that is passed on as it comes."""

from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.units import Duration, written_duration
from tidegate.policy.plan_values import PlannedOperation, plan_value, plan_values

Span = Annotated[Duration, Field(gt=0)]
"""In no time at all nothing comes."""


class Streaming(Block):
    """The times of an answer that is passed on as it comes. They begin where the call's budget ends: with its head."""

    first_event: Span = 30.0
    """Until the data of the first event of an event stream (`text/event-stream`) begins. Comments are none."""
    idle: Span = 60.0
    """Between two parts of an event stream, or two messages of a WebSocket. Other answers keep to `timeout.idle`."""
    total: Span = 3600.0
    """In all; and for a request body that is passed on as it comes."""


class StreamingOverride(Block):
    """As `policy.stream`; what is left out comes from there."""

    first_event: Span | None = None
    """Until the first event."""
    idle: Span | None = None
    """Between two parts."""
    total: Span | None = None
    """In all."""


class StreamSettings(Block):
    """The keys of an operation about its streams."""

    stream: StreamingOverride | None = None
    """The times of an answer that is passed on as it comes."""


_DEFAULT = Streaming()


@plan_values
class StreamPlan(PlannedOperation):
    """The times of a stream, in seconds."""

    __slots__ = ()

    stream_first_s: float = plan_value(
        entry="stream.first_event", policy="stream.first_event", default=_DEFAULT.first_event
    )
    stream_idle_s: float = plan_value(entry="stream.idle", policy="stream.idle", default=_DEFAULT.idle)
    stream_total_s: float = plan_value(entry="stream.total", policy="stream.total", default=_DEFAULT.total)


def describe(plan: StreamPlan) -> str:
    """The times of a stream in words."""
    return (
        f"streams: first event {written_duration(plan.stream_first_s)}, idle {written_duration(plan.stream_idle_s)}, "
        f"total {written_duration(plan.stream_total_s)}"
    )
