"""The fault at the vendor: everything that a kind may do, each with a default that does nothing.

A kind overrides what it does. Which targets it hits is aimed_fault's; faults.Faults gathers what hits one request, and
misbehave.Misbehaviour calls the rest in this order: the request, the answer, the sending.
"""

import random
from asyncio import BaseTransport
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.scenario.fault import Fault
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.answer.errors import VendorError
from tidegate.simulator.trouble.delivery_plan import DeliveryPlan
from tidegate.simulator.trouble.fault_scope import AnswerScope, Changed, FaultTarget, MidwayFailure, RefusalStyle
from tidegate.simulator.trouble.places import Places
from tidegate.simulator.trouble.wire import End, Pace, RawAnswer

Part = Literal["delay", "pace", "change", "end"]
"""The part of an exchange that a fault rules: how long the vendor thinks, how fast the answer comes, what it says, or
how the whole ends. Faults of the first three come together with any other; of the last sort only the first hits."""


class VendorFault(Fault):
    """A fault that the simulator makes happen. `vendor` is the one that it happens to, where a run has several."""

    vendor: str = ""

    @property
    def of_vendor(self) -> str:
        """The one vendor that it happens to; empty for every one."""
        return self.vendor

    @property
    def journal_name(self) -> str:
        """Its name in the journal."""
        return self.kind

    # --- whom it hits -------------------------------------------------------------------------------------------------

    @property
    def rules(self) -> Part:
        """The part of an exchange that it rules."""
        return "end"

    def aims_at(self, operation: str, caller: FaultTarget) -> bool:
        """True where it may hit a request of this caller's."""
        del operation, caller
        return False

    def picks(self, armed: "ArmedFault", at: float) -> bool:
        """True where the target that `armed` has just counted is one that it hits."""
        del armed, at
        return True

    # --- the request --------------------------------------------------------------------------------------------------

    def delay_s(self, dice: random.Random) -> float:
        """Seconds for which the vendor thinks before it acts. Of the part `delay`."""
        del dice
        return 0.0

    def granted_share(self, operation: str, caller: FaultTarget) -> float | None:
        """The share of the documented limits that such a request is granted; None where it says nothing of limits."""
        del operation, caller
        return None

    @property
    def stops(self) -> bool:
        """True where nothing is carried out: the request ends in `refusal`, or in what `answered` makes of None."""
        return False

    def refusal(self, style: RefusalStyle) -> VendorError | None:
        """The vendor's own words for a request that is stopped; None where it has none."""
        del style
        return None

    @property
    def failure(self) -> MidwayFailure | None:
        """The vendor's failure in the middle of a request that is not stopped; None for none."""
        return None

    # --- the answer ---------------------------------------------------------------------------------------------------

    def answered(self, answer: Answer | None) -> Answer | None:
        """The answer where the vendor would give this one; None for no byte at all."""
        return answer

    def change_answer(self, answer: Answer, scope: AnswerScope) -> Changed | None:
        """The answer with something changed; None where there is nothing to change. Of the part `change`."""
        del answer, scope
        return None

    def noise(self, dice: random.Random) -> int:
        """A number for `spoil`, drawn when the fault hits."""
        del dice
        return 0

    def spoil(self, answer: Answer, noise: int) -> Answer:
        """The answer with a body, or with headers, that nobody can read. After every change."""
        del noise
        return answer

    # --- the sending --------------------------------------------------------------------------------------------------

    @property
    def pace(self) -> Pace | None:
        """The pace at which the answer comes. Of the part `pace`."""
        return None

    @property
    def ending(self) -> End:
        """The end of the connection, where the fault ends it."""
        return "close"

    @property
    def sent_share(self) -> float | None:
        """The share of an answer in chunks after which the connection ends; None where it is sent whole."""
        return None

    @property
    def chunked(self) -> bool | None:
        """True where the answer must come in chunks, False where it must not; None where the answer decides."""
        return None

    def raw_bytes(self, raw: RawAnswer) -> bytes | None:
        """The bytes that are sent instead of those of `raw`, before `ending`; None for an ordinary answer."""
        del raw
        return None

    def send(self, transport: BaseTransport | None, raw: RawAnswer) -> bool:
        """Send the answer, and end the connection, in the fault's own way. False where it has none."""
        del transport, raw
        return False

    # --- a webhook ----------------------------------------------------------------------------------------------------

    def aims_at_event(self, event: str) -> bool:
        """True where it may hit a webhook of this event type."""
        del event
        return False

    def plan_delivery(self, plan: DeliveryPlan) -> None:
        """Change how a webhook is delivered."""

    def change_event(self, body: Any, n: int, places: Places) -> tuple[Any, str] | None:
        """The body of a webhook with something changed, and the place; None where there is nothing to change.

        `n` is the fault's number among the armed. The body that is given is used up.
        """
        del body, n, places
        return None

    # --- the vendor as a whole, where `outage` is True ----------------------------------------------------------------

    @property
    def refuses(self) -> bool:
        """True where the vendor does not listen meanwhile."""
        return False

    @property
    def resets(self) -> bool:
        """True where connections, those that stand and new ones, are reset meanwhile."""
        return False

    def stand_in(self) -> "VendorFault":
        """The fault that a request meets which arrives meanwhile. Raises errors.VendorError where it has an answer."""
        return self


@dataclass(slots=True)
class ArmedFault:
    """A fault under way: from when to when, its dice, and how many targets it met and hit. `n` counts the armed."""

    fault: VendorFault
    n: int
    begin: float
    end: float
    dice: random.Random
    matched: int = 0
    fired: int = 0

    def active(self, at: float) -> bool:
        """True where it is its time."""
        return self.begin <= at < self.end

    def hits(self, at: float) -> bool:
        """Count a target, and say whether it is hit."""
        self.matched += 1
        if not self.fault.picks(self, at):
            return False
        self.fired += 1
        return True
