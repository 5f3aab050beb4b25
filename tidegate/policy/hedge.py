"""The hedge: a second request for the same read when the first is slow."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from tidegate.configfile.block import Block
from tidegate.configfile.units import parse_duration, written_duration
from tidegate.policy.idempotency import ResendPlan
from tidegate.policy.plan_values import plan_value, plan_values

P95 = "p95"


def parse_after(value: object) -> float | str:
    """`p95` as it is, anything else as a duration."""
    return P95 if value == P95 else parse_duration(value)


def _written_after(value: Any) -> str:
    return P95 if value == P95 else written_duration(value)


After = Annotated[
    float | Literal["p95"],
    BeforeValidator(parse_after),
    PlainSerializer(_written_after, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^p95$|^(\d+(?:\.\d+)?)(ms|s|m|h|d)$", "examples": ["200ms"]}),
]


class Hedge(Block):
    """A second request for the same read, when the first is slow. The answer that comes first is taken."""

    after: After
    """How long the first is waited for: a time, or `p95`, the time that 95 of 100 recent answers took. Each second
    request is drawn from the retry budget."""


class HedgeSettings(Block):
    """The keys of an operation about hedging."""

    hedge: Hedge | None = None
    """When a second request is sent for a slow read. For reads; off where it is left out."""


@plan_values
class HedgePlan(ResendPlan):
    """The hedge of a read; None where it has none."""

    __slots__ = ()

    hedge: Hedge | None = plan_value(entry="hedge", for_reads=True, default=None)


def describe(plan: HedgePlan) -> str:
    """The hedge in words."""
    if plan.hedge is None or plan.idempotency != "safe":
        return "off"
    return f"a second request after {_written_after(plan.hedge.after)}, inside the retry budget"
