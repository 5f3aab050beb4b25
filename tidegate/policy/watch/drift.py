"""How many of a vendor's answers are compared with its document, and with those before them."""

from tidegate.configfile.block import Block
from tidegate.configfile.units import Rate, RateValue, written_duration
from tidegate.policy.plan_values import PlannedOperation, plan_value, plan_values


class DriftWatch(Block):
    """Which answers are looked at for drift: off the way of calls, and never acted on."""

    sample: RateValue | None = None
    """At most so many answers of each operation, like `1/s`; none where this is left out."""


def _every_s(rate: Rate) -> float:
    return 1 / rate.per_second


@plan_values
class DriftPlan(PlannedOperation):
    """How often an answer is looked at."""

    __slots__ = ()

    drift_every_s: float = plan_value(policy="drift.sample", read=_every_s, default=0.0)
    """0 where none is."""


def describe(plan: DriftPlan) -> str:
    """The sampling in words."""
    if not plan.drift_every_s:
        return "no answer is looked at for drift"
    every = written_duration(plan.drift_every_s)
    return f"an answer every {every} is compared with the document, and with earlier ones"
