"""The breaker's states, what makes it change them, and the table of all changes. Data, and a drawing of it.

How it judges is tidegate.proxy.policies.breaker.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """What the breaker does with a call: admit it, refuse it, or admit a few to find out."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"
    FORCED_OPEN = "forced open"
    """An operator keeps it open."""
    FORCED_CLOSED = "forced closed"
    """An operator keeps it closed: everything passes, and nothing is counted."""


class Trigger(StrEnum):
    """What makes the state change."""

    TRIPPED = "tripped"
    TOLD = "told"
    WAITED = "waited"
    PROBED_WELL = "probed well"
    PROBE_FAILED = "probe failed"
    HELD_OPEN = "held open"
    HELD_CLOSED = "held closed"
    LET_GO = "let go"


class Transition(NamedTuple):
    """One row of the table. `why` is for people."""

    source: State
    trigger: Trigger
    target: State
    why: str


TRANSITIONS = (
    Transition(State.CLOSED, Trigger.TRIPPED, State.OPEN, "enough calls, and too many failed or slow"),
    Transition(State.OPEN, Trigger.WAITED, State.HALF_OPEN, "a call arrives after the open time"),
    Transition(State.HALF_OPEN, Trigger.PROBED_WELL, State.CLOSED, "all probes went well; calls ramp up"),
    Transition(State.HALF_OPEN, Trigger.PROBE_FAILED, State.OPEN, "a probe failed or was slow; twice as long"),
    Transition(State.CLOSED, Trigger.TOLD, State.OPEN, "the vendor says that it is away, and for how long"),
    *(
        Transition(source, trigger, target, "an operator says so")
        for trigger, target in ((Trigger.HELD_OPEN, State.FORCED_OPEN), (Trigger.HELD_CLOSED, State.FORCED_CLOSED))
        for source in State
        if source is not target
    ),
    Transition(State.FORCED_OPEN, Trigger.LET_GO, State.CLOSED, "an operator lets it judge again"),
    Transition(State.FORCED_CLOSED, Trigger.LET_GO, State.CLOSED, "an operator lets it judge again"),
)
"""Every change of state there is."""

TARGETS = {(row.source, row.trigger): row.target for row in TRANSITIONS}


def diagram() -> str:
    """The transition table as a Mermaid state diagram."""
    rows = [f"    {_node(row.source)} --> {_node(row.target)}: {row.trigger} ({row.why})" for row in TRANSITIONS]
    return "\n".join(["stateDiagram-v2", f"    [*] --> {_node(State.CLOSED)}", *rows]) + "\n"


def _node(state: State) -> str:
    return state.value.replace("-", "_").replace(" ", "_")


@dataclass(frozen=True, slots=True)
class Event:
    """A change of state that happened at `at`."""

    at: float
    source: State
    trigger: Trigger
    target: State
