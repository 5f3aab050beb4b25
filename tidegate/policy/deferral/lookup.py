"""The lookup of an unknown outcome: how the vendor is asked if a write was carried out."""

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.rule import Breach, rule
from tidegate.configfile.units import Duration, written_duration
from tidegate.policy.idempotency import ResendPlan
from tidegate.policy.plan_values import plan_value, plan_values

LAG_S = 5.0

HOLDS = "a lookup can be carried out"

Template = Annotated[str, Field(min_length=1, max_length=1000, examples=["{/metadata/order_id}"])]
"""A text in which `{/pointer}` stands for a field of our request's body, `{name}` for a path parameter of it, and
`{key}` for the idempotency key that the vendor saw."""

AnswerPointer = Annotated[str, Field(pattern=r"^(/[^/]*)+$", examples=["/data/*/metadata/order_id"])]
"""A JSON Pointer (RFC 6901) into the lookup's answer; a step `*` is any element of a list."""

BRACED = re.compile(r"\{([^{}]*)\}")


class LookupMatch(Block):
    """What stands in the answer where the write was carried out."""

    pointer: AnswerPointer
    """Where it stands."""
    value: Template
    """What stands there."""


class Lookup(Block):
    """How an unknown outcome is looked up: a read of the vendor's that finds what the write would have made."""

    operation: str
    """The read that is asked."""
    by: dict[str, Template]
    """Its path parameters, and for any other name its query parameters."""
    found: LookupMatch | None = None
    """What its answer holds where the write was carried out. Any answer of 2xx where it is left out."""
    reference: AnswerPointer | None = None
    """Where the vendor's own id stands in the answer. A `*` is the element that `found` met."""
    lag: Duration = LAG_S
    """How long after the write it may not be seen yet."""

    def __hash__(self) -> int:
        """A dictionary has none of its own."""
        return hash((self.operation, tuple(sorted(self.by.items())), self.found, self.reference, self.lag))


class LookupSettings(Block):
    """The keys of an operation about an unknown outcome."""

    lookup: Lookup | None = None
    """How an unknown outcome is looked up, once the vendor's key does not help any more. For writes."""


@plan_values
class LookupPlan(ResendPlan):
    """The lookup of a write; None where it has none."""

    __slots__ = ()

    lookup: Lookup | None = plan_value(entry="lookup", default=None)


def describe(plan: LookupPlan) -> str:
    """The lookup in words."""
    if plan.lookup is None:
        return "no lookup"
    return f"looked up by {plan.lookup.operation} after {written_duration(plan.lookup.lag)}"


def sources(template: str) -> list[str]:
    """What stands in the braces of a template."""
    return BRACED.findall(template)


@rule("TG114", HOLDS, LookupPlan)
def check_templates(plan: LookupPlan) -> Iterator[Breach]:
    """Each template names what there is."""
    if plan.lookup is None:
        return
    known = {"key", *BRACED.findall(plan.template)}
    texts = [*plan.lookup.by.values(), *([plan.lookup.found.value] if plan.lookup.found else [])]
    for text in texts:
        for source in sources(text):
            if not source.startswith("/") and source not in known:
                yield Breach(
                    ("lookup",), f"{{{source}}} is no path parameter of {plan.operation}; write {{key}} or {{/pointer}}"
                )
        if plan.idempotency != "vendor-key" and "key" in sources(text):
            yield Breach(("lookup",), f"{plan.operation} has no key of the vendor's that {{key}} could stand for")
