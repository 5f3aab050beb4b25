"""The retries of a call, and the budget of retries that a vendor's calls share."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.rule import Breach, rule
from tidegate.configfile.units import Duration, Share, written_duration, written_share
from tidegate.policy.idempotency import ResendPlan
from tidegate.policy.plan_values import plan_value, plan_values

RETRY_WINDOW_S = 10.0
"""The retry budget looks at so many seconds."""
RETRY_FLOOR = 3
"""So many retries are always allowed in that time."""
THROTTLE_BASE_S = 1.0
"""The bound of the first wait after a 429 that does not say how long to wait."""


class Retry(Block):
    """When and how often a call is tried again."""

    attempts: Annotated[int, Field(ge=1, le=10)] = 3
    """At most so many exchanges with the vendor for one call."""
    base: Duration = 0.1
    """The wait before the first retry is at most this; it doubles with each."""
    cap: Duration = 10.0
    """No wait is longer than this."""
    jitter: Literal["full", "none"] = "full"
    """`full` draws each wait between nothing and its bound. `none` breaks TG003: all would come back at once."""
    budget: Share = 0.1
    """In any 10 s, retries are at most this share of the calls (and 3 in any case). What is lost with a kept connection
    that the vendor closes goes again by a new one, outside this share."""


class RetrySettings(Block):
    """The keys of an operation about retries."""

    attempts: Annotated[int, Field(ge=1, le=10)] | None = None
    """At most so many exchanges with the vendor for one call."""


_DEFAULT = Retry()


@plan_values
class RetryPlan(ResendPlan):
    """The number of attempts, and the waits between them in seconds."""

    __slots__ = ()

    retry_attempts: int = plan_value(entry="attempts", policy="retry.attempts", default=_DEFAULT.attempts)
    retry_base_s: float = plan_value(policy="retry.base", default=_DEFAULT.base)
    retry_cap_s: float = plan_value(policy="retry.cap", default=_DEFAULT.cap)
    retry_jitter: Literal["full", "none"] = plan_value(policy="retry.jitter", default=_DEFAULT.jitter)
    throttle_base_s: float = THROTTLE_BASE_S
    retry_budget: float = plan_value(policy="retry.budget", default=_DEFAULT.budget, words=written_share)
    retry_floor: int = RETRY_FLOOR


def describe(plan: RetryPlan) -> str:
    """The retries in words."""
    return (
        f"{plan.retry_attempts} attempts; resend {plan.idempotency}; "
        f"{plan.retry_jitter} jitter from {written_duration(plan.retry_base_s)} "
        f"(429: {written_duration(plan.throttle_base_s)}) to {written_duration(plan.retry_cap_s)}; "
        f"retries in {written_duration(RETRY_WINDOW_S)} ≤ max({plan.retry_floor}, "
        f"{written_share(plan.retry_budget)} of calls)"
    )


@rule("TG003", "every retry policy has a maximum, a cap, jitter and a budget", Retry)
def check_retries(retry: Retry) -> Iterator[Breach]:
    """Retries never come all at once, and never without bound."""
    if retry.jitter == "none":
        yield Breach(("jitter",), "without jitter every client comes back at the same moment; write jitter: full")
    if retry.cap <= 0 or retry.base <= 0 or retry.cap < retry.base:
        text = f"base ({retry.base:g} s) must be above zero and not above cap ({retry.cap:g} s)"
        yield Breach(("cap",), text, (("base",),))
    if not 0 < retry.budget <= 0.5:
        text = (
            f"a retry budget of {retry.budget:.0%} holds nothing back; write a share above 0% and up to 50%, like 10%"
        )
        yield Breach(("budget",), text)
