"""The places in a vendor file that a value of an operation's plan is taken from.

Each block of the policy has a dataclass beside it that lists its plan values, and `OperationPlan` (tidegate.plan.plan)
inherits them all. A value that is given by `plan_value` says in its metadata where it stands in the file: the planner
(tidegate.plan.planning), the rules about plans and `tidegate explain` read it there, so that none of them names a
value.

Objects are made of OperationPlan alone. So such a dataclass has no constructor of its own (`plan_values`), and writes
`__slots__ = ()`: the slots are those of OperationPlan.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, TypeVar, dataclass_transform

from tidegate.configfile.yaml_places import Loc

Value = TypeVar("Value")
Class = TypeVar("Class")

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY", "PROPFIND", "REPORT", "SEARCH"})
"""Methods that change nothing (RFC 9110 §9.2.1, IANA's registry of methods)."""
NATURAL = frozenset({"PUT", "DELETE"})
"""Methods that may be repeated although they change something (RFC 9110 §9.2.2)."""

BlockMode = Literal["enforce", "report"]
"""The mode of a block that can refuse a call. `report` lets the call pass, counts it and logs it."""

REPORTS = "only reports what it would refuse"
"""The words for a block in report mode."""

_SOURCE = "source"


@dataclass(frozen=True, slots=True)
class PlanSource:
    """The source of one plan value."""

    entry: Loc
    """The place in an entry of `operations`, which is looked at first; empty where there is none."""
    policy: Loc
    """The place in `policy`; empty where there is none."""
    read: Callable[[Any], Any] | None
    """Makes the plan value of what is written there; None where that is the plan value."""
    for_reads: bool
    """True where only safe methods have it. The plan of any other method has the default."""
    derive: Callable[[Mapping[str, Any]], Any] | None
    """Derives the value from those before it in the plan, where nothing is written; None where the default is taken."""
    words: Callable[[Any], str] | None
    """Writes the value for people; None for the usual form of its type."""


def plan_value(
    *,
    default: Value,
    entry: str = "",
    policy: str = "",
    read: Callable[[Any], Value] | None = None,
    for_reads: bool = False,
    derive: Callable[[Mapping[str, Any]], Value] | None = None,
    words: Callable[[Value], str] | None = None,
) -> Value:
    """A dataclass field with its source. Places are written with dots: `timeout.connect`."""
    source = PlanSource(_loc(entry), _loc(policy), read, for_reads, derive, words)
    return field(default=default, metadata={_SOURCE: source})


def _loc(place: str) -> Loc:
    return tuple(place.split(".")) if place else ()


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field, plan_value))
def plan_values(values: type[Class]) -> type[Class]:
    """Make a frozen dataclass of plan values, without the methods that OperationPlan makes for them all."""
    return dataclass(frozen=True, kw_only=True, init=False, repr=False, eq=False, match_args=False)(values)


@plan_values
class PlannedOperation:
    """The operation that plan values are for, and what they all share."""

    __slots__ = ()

    vendor: str
    operation: str
    method: str
    template: str
    deprecated: bool
    reports: tuple[str, ...] = ()
    """The blocks in report mode."""


def sources_of(values: type[PlannedOperation]) -> dict[str, PlanSource]:
    """The source of each plan value that has one. The others are constants, or come from the facts."""
    return {field.name: field.metadata[_SOURCE] for field in fields(values) if _SOURCE in field.metadata}


def with_report(parts: list[str], plan: PlannedOperation, *blocks: str) -> str:
    """The parts of a description, and that a block only reports, where it does. Several blocks are named."""
    named = [f"{block} {REPORTS}" if len(blocks) > 1 else REPORTS for block in blocks if block in plan.reports]
    return "; ".join([*parts, *named])
