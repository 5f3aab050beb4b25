"""The way in which a resend of a write is made safe, and our record of it."""

from typing import Annotated, Literal

from tidegate.configfile.block import BLOCK, BY_SHAPE, WORD, Block
from tidegate.configfile.units import Duration, written_duration
from tidegate.policy.plan_values import NATURAL, PlannedOperation, plan_value, plan_values

IdempotencyPlan = Literal["vendor-key", "natural", "lookup", "never-resend"]
"""A way that may be written."""

KeyPlan = Literal["safe", "natural", "vendor-key", "lookup", "never-resend"]
"""The way in which a resend is safe: `safe` reads, `natural` PUT and DELETE, the vendor's own key, a lookup that says
that it was not carried out, or no resend."""

KEEP_S = 86400.0
"""The retention of a keyed call's record, in seconds, where the vendor knows no keys."""


class IdempotencySettings(Block):
    """The keys of an operation about a resend."""

    idempotency: (
        Annotated[Annotated[IdempotencyPlan, WORD] | Annotated[tuple[IdempotencyPlan, ...], BLOCK], BY_SHAPE] | None
    ) = None
    """What makes a resend safe: the vendor's key, the operation itself (`natural`), a `lookup`, or nothing
    (`never-resend`). Of a list the first counts; `[vendor-key, lookup]` looks up where the key is forgotten."""
    keep: Duration | None = None
    """How long our record of a keyed call is kept. As long as the vendor remembers the key where it is left out."""


@plan_values
class ResendPlan(PlannedOperation):
    """The way in which a resend is safe. Header and retention of the vendor come from the facts; times are seconds."""

    __slots__ = ()

    idempotency: KeyPlan
    key_header: str | None = None
    key_retention_s: float = 0.0
    key_characters_max: int = 255
    keep_s: float = plan_value(entry="keep", default=KEEP_S)


def written_plan(written: IdempotencyPlan | tuple[IdempotencyPlan, ...]) -> KeyPlan | None:
    """The first of the ways that an entry lists, or the one that it names; None of an empty list."""
    listed = written if isinstance(written, tuple) else (written,)
    return next(iter(listed), None)


def unwritten_plan(method: str) -> KeyPlan:
    """The way of a write for which nothing is written."""
    return "natural" if method in NATURAL else "never-resend"


def describe(plan: ResendPlan) -> str:
    """The key and the records in words."""
    if plan.idempotency == "safe":
        return "not needed: a read"
    if plan.idempotency == "vendor-key":
        retention = written_duration(plan.key_retention_s)
        return f"{plan.key_header}; the vendor remembers it for {retention}; our record {written_duration(plan.keep_s)}"
    return f"{plan.idempotency}; our record of a keyed call {written_duration(plan.keep_s)}"
