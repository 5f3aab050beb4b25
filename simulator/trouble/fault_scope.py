"""The values that a fault is given when it acts on a request or an answer, and those that it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.trouble.places import Places

Effect = Literal["none", "begun", "done"]
"""The vendor's progress before it failed: nothing done and nothing remembered; begun, so that the failure is what its
idempotency key remembers; or done, so that the change is there although the answer is a failure."""

Changed = tuple[Answer, str]
"""The answer as it is sent, and the place that was changed, as the journal tells it; empty where it has no name."""


@dataclass(slots=True)
class FaultTarget:
    """The sender of a request: the app's name as the journal has it, the headers, and the API version.

    Not frozen: one is made for every request.
    """

    app: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    version: str = ""


class RateRefusal(Protocol):
    """The vendor's refusal for its rate."""

    def __call__(self, reason: str, *, until: bool = False) -> VendorError:
        """With `until` it is of the sort that says when to come back, where the vendor has one."""
        ...


@dataclass(frozen=True, slots=True)
class RefusalStyle:
    """This vendor's way of refusing.

    `throttled(reason)` is its refusal for the rate, `hint` the name of its retry-hint header, `wall` its clock in
    seconds since 1970.
    """

    throttled: RateRefusal
    hint: str | None
    wall: Callable[[], float]


@dataclass(frozen=True, slots=True)
class MidwayFailure:
    """The failure of a request that the vendor had begun to carry out. It is kept under the idempotency key."""

    effect: Effect
    error: VendorError


@dataclass(frozen=True, slots=True)
class AnswerScope:
    """The circumstances of an answer that is to be changed.

    `n` is the fault's number among the armed, `began` the vendor's wall clock when the fault set in, `wall` that clock
    now. `places` draws a place in a body.
    """

    n: int
    operation: str
    began: float
    wall: float
    places: Places
