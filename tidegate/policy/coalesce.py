"""Request coalescing: identical reads that run at the same time share one answer."""

from typing import Literal

from tidegate.configfile.block import Block
from tidegate.policy.cache import CachePlan, SharingScope
from tidegate.policy.plan_values import plan_value, plan_values


class CoalesceSettings(Block):
    """The keys of an operation about coalescing."""

    coalesce: Literal[SharingScope, "off"] | None = None
    """Whether identical reads that run at the same time share one answer, and whose. As `cache.shared` where there is a
    cache, else off."""


@plan_values
class CoalescePlan(CachePlan):
    """The apps that share the answer of identical reads; None where each read is sent.

    Apps that share stored answers may as well wait for one together, unless the file says otherwise.
    """

    __slots__ = ()

    coalesce: SharingScope | None = plan_value(
        entry="coalesce",
        read=lambda written: None if written == "off" else written,
        for_reads=True,
        derive=lambda values: values["cache"].shared if values["cache"] else None,
        default=None,
    )


def describe(plan: CoalescePlan) -> str:
    """Coalescing in words."""
    if plan.coalesce is None or plan.idempotency != "safe":
        return "off"
    return "identical reads of one app share an answer" if plan.coalesce == "app" else "identical reads share an answer"
