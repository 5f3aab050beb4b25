"""The breaker's states, what makes it change them, and the table of all changes. Data, and a drawing of it.

How it judges is tidegate.proxy.policies.resilience.circuit_breaker.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class BreakerState(StrEnum):
    """The states of a breaker: it admits calls, refuses them, or admits a few to find out."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"
    FORCED_OPEN = "forced open"
    """An operator keeps it open."""
    FORCED_CLOSED = "forced closed"
    """An operator keeps it closed: everything passes, and nothing is counted."""


class BreakerTrigger(StrEnum):
    """The causes for which the state changes."""

    TRIPPED = "tripped"
    TOLD = "told"
    WAITED = "waited"
    PROBED_WELL = "probed well"
    PROBE_FAILED = "probe failed"
    HELD_OPEN = "held open"
    HELD_CLOSED = "held closed"
    LET_GO = "let go"


class BreakerTransition(NamedTuple):
    """One row of the table. `why` is for people."""

    source: BreakerState
    trigger: BreakerTrigger
    target: BreakerState
    why: str


TRANSITIONS = (
    BreakerTransition(
        BreakerState.CLOSED, BreakerTrigger.TRIPPED, BreakerState.OPEN, "enough calls, and too many failed or slow"
    ),
    BreakerTransition(
        BreakerState.OPEN, BreakerTrigger.WAITED, BreakerState.HALF_OPEN, "a call arrives after the open time"
    ),
    BreakerTransition(
        BreakerState.HALF_OPEN, BreakerTrigger.PROBED_WELL, BreakerState.CLOSED, "all probes went well; calls ramp up"
    ),
    BreakerTransition(
        BreakerState.HALF_OPEN,
        BreakerTrigger.PROBE_FAILED,
        BreakerState.OPEN,
        "a probe failed or was slow; twice as long",
    ),
    BreakerTransition(
        BreakerState.CLOSED, BreakerTrigger.TOLD, BreakerState.OPEN, "the vendor says that it is away, and for how long"
    ),
    *(
        BreakerTransition(source, trigger, target, "an operator says so")
        for trigger, target in (
            (BreakerTrigger.HELD_OPEN, BreakerState.FORCED_OPEN),
            (BreakerTrigger.HELD_CLOSED, BreakerState.FORCED_CLOSED),
        )
        for source in BreakerState
        if source is not target
    ),
    BreakerTransition(
        BreakerState.FORCED_OPEN, BreakerTrigger.LET_GO, BreakerState.CLOSED, "an operator lets it judge again"
    ),
    BreakerTransition(
        BreakerState.FORCED_CLOSED, BreakerTrigger.LET_GO, BreakerState.CLOSED, "an operator lets it judge again"
    ),
)
"""Every change of state there is."""

TARGETS = {(row.source, row.trigger): row.target for row in TRANSITIONS}


def diagram() -> str:
    """The transition table as a Mermaid state diagram."""
    rows = [f"    {_node(row.source)} --> {_node(row.target)}: {row.trigger} ({row.why})" for row in TRANSITIONS]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {_node(BreakerState.CLOSED)}", *rows]) + "\n"


def _node(state: BreakerState) -> str:
    return state.value.replace("-", "_").replace(" ", "_")


@dataclass(frozen=True, slots=True)
class BreakerEvent:
    """A change of state that happened at `at`."""

    at: float
    source: BreakerState
    trigger: BreakerTrigger
    target: BreakerState
