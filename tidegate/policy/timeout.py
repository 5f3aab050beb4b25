"""The time of a whole call, and the times of one attempt inside it."""

from collections.abc import Iterator

from tidegate.configfile.block import Block
from tidegate.configfile.rule import Breach, rule
from tidegate.configfile.units import Duration, written_duration
from tidegate.policy.plan_values import PlannedOperation, plan_value, plan_values

BUDGET_S = 30.0


class Timeouts(Block):
    """The times of one attempt."""

    connect: Duration = 3.0
    """To a connection, TLS included."""
    first_byte: Duration = 10.0
    """From the request's last byte to the answer's first."""
    idle: Duration = 10.0
    """Between two parts of the answer."""
    attempt: Duration = 15.0
    """In all."""


class TimeoutsOverride(Block):
    """As `policy.timeout`; what is left out comes from there."""

    connect: Duration | None = None
    """To a connection, TLS included."""
    first_byte: Duration | None = None
    """From the request's last byte to the answer's first."""
    idle: Duration | None = None
    """Between two parts of the answer."""
    attempt: Duration | None = None
    """In all."""


class TimeoutSettings(Block):
    """The keys of an operation about its times."""

    budget: Duration | None = None
    """The time of a whole call."""
    timeout: TimeoutsOverride | None = None
    """The times of one attempt."""


_DEFAULT = Timeouts()


@plan_values
class TimeoutPlan(PlannedOperation):
    """The times of a call and of its attempts, in seconds."""

    __slots__ = ()

    budget_s: float = plan_value(entry="budget", policy="budget", default=BUDGET_S)
    connect_s: float = plan_value(entry="timeout.connect", policy="timeout.connect", default=_DEFAULT.connect)
    first_byte_s: float = plan_value(
        entry="timeout.first_byte", policy="timeout.first_byte", default=_DEFAULT.first_byte
    )
    idle_s: float = plan_value(entry="timeout.idle", policy="timeout.idle", default=_DEFAULT.idle)
    attempt_s: float = plan_value(entry="timeout.attempt", policy="timeout.attempt", default=_DEFAULT.attempt)


def describe_deadline(plan: TimeoutPlan) -> str:
    """The call's deadline in words."""
    return f"{written_duration(plan.budget_s)} for the whole call"


def describe(plan: TimeoutPlan) -> str:
    """The times of an attempt in words."""
    return (
        f"connect {written_duration(plan.connect_s)}, first byte {written_duration(plan.first_byte_s)}, "
        f"idle {written_duration(plan.idle_s)}, attempt {written_duration(plan.attempt_s)}"
    )


@rule("TG001", "every operation has an explicit timeout and sits inside a call budget", TimeoutPlan)
def check_times(plan: TimeoutPlan) -> Iterator[Breach]:
    """No time is zero, and each fits into the one around it."""
    times = {
        "budget": plan.budget_s,
        "connect": plan.connect_s,
        "first_byte": plan.first_byte_s,
        "idle": plan.idle_s,
        "attempt": plan.attempt_s,
    }
    zero = [name for name, seconds in times.items() if seconds <= 0]
    for name in zero:
        yield Breach((f"{name}_s",), f"{name} is zero; write how long it may take, like 5s")
    if zero:
        return
    if plan.attempt_s > plan.budget_s:
        text = (
            f"an attempt may take {plan.attempt_s:g} s, but the whole call only {plan.budget_s:g} s; "
            f"lower timeout.attempt or raise budget ({plan.operation})"
        )
        yield Breach(("attempt_s",), text, (("budget_s",),))
    if plan.connect_s + plan.first_byte_s > plan.attempt_s:
        text = (
            f"connect and first_byte may take {plan.connect_s + plan.first_byte_s:g} s together, but the attempt "
            f"only {plan.attempt_s:g} s; lower them or raise timeout.attempt ({plan.operation})"
        )
        yield Breach(("attempt_s",), text, (("connect_s",), ("first_byte_s",)))
