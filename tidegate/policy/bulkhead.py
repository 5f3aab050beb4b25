"""The bulkhead: the bound on the calls of one operation group that are under way at the same time."""

from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.units import written_duration
from tidegate.policy.breaker import BreakerPlan
from tidegate.policy.limiter import QueuePlan
from tidegate.policy.plan_values import BlockMode, plan_value, plan_values, with_report


class Bulkhead(Block):
    """How many calls one operation group may have under way, so that a slow group does not hold up the others."""

    concurrent: Annotated[int, Field(ge=1)]
    """At most so many."""
    queue: Annotated[int, Field(ge=0)] = 0
    """At most so many more wait for a place, no longer than `policy.queue.wait`."""
    mode: BlockMode = "enforce"
    """`report` lets a call pass that it would refuse, counts and logs it."""


@plan_values
class BulkheadPlan(BreakerPlan, QueuePlan):
    """The places of an operation's group, and how many calls wait for one."""

    __slots__ = ()

    bulkhead: int = plan_value(policy="bulkhead", read=lambda block: block.concurrent, default=0)
    """How many calls of the breaker group may be under way; 0 for any number."""
    bulkhead_queue: int = plan_value(policy="bulkhead", read=lambda block: block.queue, default=0)
    """How many more calls wait for a place in it."""


def describe(plan: BulkheadPlan) -> str:
    """The bulkhead in words."""
    if not plan.bulkhead:
        return "any number at once"
    parts = [f"group {plan.breaker_group}", f"{plan.bulkhead} at once"]
    if plan.bulkhead_queue:
        parts.append(f"{plan.bulkhead_queue} more wait for {written_duration(plan.queue_wait_s)} at most")
    return with_report(parts, plan, "bulkhead")
