"""The circuit breaker of an operation group."""

from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.units import Duration, Portion, written_duration, written_share
from tidegate.policy.plan_values import BlockMode, PlannedOperation, plan_value, plan_values, with_report

DEFAULT_GROUP = "default"
"""The group of operations that name none."""


class Breaker(Block):
    """When the vendor is left alone, and how it is tried again."""

    window: Annotated[Duration, Field(gt=0)] = 30.0
    """The last so many seconds are looked at."""
    last: Annotated[int, Field(ge=1)] | None = None
    """The last so many calls are looked at instead, however long ago they were."""
    calls: Annotated[int, Field(ge=1)] = 20
    """Fewer calls than this never open it."""
    failures: Annotated[Portion, Field(gt=0)] = 0.5
    """This share of failed or slow calls opens it."""
    slow: Annotated[Duration, Field(gt=0)] = 10.0
    """A call that takes longer counts as failed."""
    open: Annotated[Duration, Field(gt=0)] = 2.5
    """How long it stays open the first time; doubles each time."""
    open_max: Annotated[Duration, Field(gt=0)] = 10.0
    """How long it stays open at most."""
    probes: Annotated[int, Field(ge=1)] = 2
    """So many calls at once may try the vendor after that."""
    ramp: Duration = 5.0
    """After closing, the admitted share grows over this time."""
    mode: BlockMode = "enforce"
    """`report` lets everything pass, counts and logs what would have been refused."""


class BreakerSettings(Block):
    """The keys of an operation about its breaker."""

    group: str | None = None
    """Operations of one group share a breaker."""


_DEFAULT = Breaker()


@plan_values
class BreakerPlan(PlannedOperation):
    """The group of an operation, and the breaker that the group has."""

    __slots__ = ()

    breaker_group: str = plan_value(entry="group", default=DEFAULT_GROUP)
    breaker: Breaker = plan_value(policy="breaker", default=_DEFAULT)


def describe(plan: BreakerPlan) -> str:
    """The breaker in words."""
    rules = plan.breaker
    over = f"the last {rules.last}" if rules.last else written_duration(rules.window)
    bad = f"{written_share(rules.failures)} of at least {rules.calls} calls in {over}"
    parts = [
        f"group {plan.breaker_group}",
        f"opens where {bad} failed or took more than {written_duration(rules.slow)}",
        f"open {written_duration(rules.open)} to {written_duration(rules.open_max)}",
        f"{rules.probes} probes",
        f"ramp {written_duration(rules.ramp)}",
    ]
    return with_report(parts, plan, "breaker")
