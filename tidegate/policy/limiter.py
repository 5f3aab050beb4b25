"""The way in which the vendor's limits are kept, and the queue of the calls that wait for one."""

from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.units import Duration, written_duration
from tidegate.policy.plan_values import BlockMode, PlannedOperation, plan_value, plan_values, with_report


class Limiting(Block):
    """How the vendor's limits are kept."""

    mode: BlockMode = "enforce"
    """`report` lets a call pass that a limit would hold back, counts and logs it."""
    spread: Duration = 0.2
    """Requests that leave so far apart may reach the vendor together: no window is filled beyond what that allows."""
    tell: bool = True
    """Whether apps are told what is left (RateLimit, RateLimit-Policy) when it runs short, and on refusals."""


class Queue(Block):
    """Calls that wait for a limit."""

    depth: Annotated[int, Field(ge=0)] = 500
    """At most so many wait."""
    wait: Duration = 5.0
    """None waits longer than this."""
    shares: dict[str, Annotated[int, Field(ge=1)]] = Field(default={})
    """What each app gets when calls wait, by weight; one that is not named weighs 1."""
    age: Duration = 2.0
    """A waiting call becomes one step more urgent (RFC 9218) each time it has waited so long."""
    mode: BlockMode = "enforce"
    """`report` lets a call pass that the queue would refuse, counts and logs it."""


_DEFAULT = Queue()


@plan_values
class QueuePlan(PlannedOperation):
    """The queue that calls of an operation wait in; the longest wait in seconds."""

    __slots__ = ()

    queue_depth: int = plan_value(policy="queue.depth", default=_DEFAULT.depth)
    queue_wait_s: float = plan_value(policy="queue.wait", default=_DEFAULT.wait)


def describe(plan: QueuePlan, limits: str) -> str:
    """The queue in words, after the vendor's limits in words."""
    queue = f"queue {plan.queue_depth} deep, {written_duration(plan.queue_wait_s)} at most"
    return with_report([limits, queue], plan, "limiter", "queue")
