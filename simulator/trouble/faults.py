"""Decides which faults hit a request, from the scenario and from what the control API arms; carries none of them out.

Each fault rolls dice of its own, in the order in which requests arrive, so that a new fault does not move the others.
Times are seconds since the start of the run.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tidegate.simulator.trouble.fault_scope import FaultTarget
from tidegate.simulator.trouble.vendor_fault import ArmedFault, VendorFault
from tidegate.simulator.trouble.wire import Pace

NOBODY = FaultTarget()


@dataclass(frozen=True, slots=True)
class ChosenFaults:
    """The faults that hit one request.

    A delay in seconds, at most one fault that decides its end, the pace of its answer, and whatever changes the answer,
    in order. `names` has those that have fired by now, `noise` is for a fault that needs some.
    """

    delay_s: float = 0.0
    fault: VendorFault | None = None
    names: tuple[str, ...] = ()
    pace: Pace | None = None
    changes: tuple[ArmedFault, ...] = ()
    noise: int = 0


NOTHING = ChosenFaults()


class Faults:
    """The armed faults. `dice(name)` gives a stream of randomness for one use."""

    def __init__(self, dice: Callable[[str], random.Random]) -> None:
        self._dice = dice
        self._armed: list[ArmedFault] = []
        self._count = 0

    def arm(self, faults: Iterable[VendorFault], at: float) -> None:
        """Arm faults whose own times count from `at`."""
        for fault in faults:
            end = float("inf") if fault.end_s is None else at + fault.end_s
            dice = self._dice(f"fault {self._count}")
            self._armed.append(ArmedFault(fault, self._count, at + fault.begin, end, dice))
            self._count += 1

    def disarm(self, n: int | None = None) -> bool:
        """Drop the one of this number, False where there is none; or all: the next one rolls the first one's dice."""
        before = len(self._armed)
        if n is None:
            self._armed.clear()
            self._count = 0
            return True
        self._armed = [armed for armed in self._armed if armed.n != n]
        return len(self._armed) < before

    def outage(self, at: float) -> VendorFault | None:
        """The outage that the vendor is in."""
        for armed in self._armed:
            if armed.fault.outage and armed.active(at):
                return armed.fault
        return None

    def next_turn(self, at: float) -> float | None:
        """The moment at which an outage next begins or ends, None where none does."""
        turns = [turn for armed in self._armed if armed.fault.outage for turn in (armed.begin, armed.end)]
        return min((turn for turn in turns if at < turn < float("inf")), default=None)

    def choose(self, operation: str, at: float, caller: FaultTarget = NOBODY, *, refused: bool = False) -> ChosenFaults:
        """The faults that hit a request for this operation that arrives now.

        One that was `refused` at the door meets only what changes answers.
        """
        if not self._armed:
            return NOTHING
        delay_s, names, noise = 0.0, list[str](), 0
        hit: VendorFault | None = None
        pace: Pace | None = None
        changes: list[ArmedFault] = []
        for armed in self._armed:
            fault = armed.fault
            if not armed.begin <= at < armed.end or not fault.aims_at(operation, caller):
                continue
            part = fault.rules
            # A fault that cannot come into play counts no target and rolls no dice.
            if (part == "end" and hit is not None) or (refused and part != "change") or not armed.hits(at):
                continue
            if part == "change":
                changes.append(armed)
                continue  # it fires when it finds something to change
            if part == "delay":
                delay_s += fault.delay_s(armed.dice)
            elif part == "pace":
                pace = fault.pace
            else:
                hit, noise = fault, fault.noise(armed.dice)
            names.append(fault.journal_name)
        if not names and not changes:
            return NOTHING
        return ChosenFaults(delay_s, hit, tuple(names), pace, tuple(changes), noise)

    def granted(self, operation: str, at: float, caller: FaultTarget = NOBODY) -> float:
        """The share of the documented limits that this request is really granted."""
        granted = 1.0
        for armed in self._armed:
            share = armed.fault.granted_share(operation, caller) if armed.active(at) else None
            if share is not None and armed.hits(at):
                granted = min(granted, share)
        return granted

    def webhook(self, event: str, at: float) -> list[ArmedFault]:
        """The faults that hit a webhook of this event type, in order."""
        return [
            armed for armed in self._armed if armed.active(at) and armed.fault.aims_at_event(event) and armed.hits(at)
        ]

    def described(self) -> list[dict[str, Any]]:
        """The armed faults as data, with how many requests each met and hit."""
        return [
            {
                "n": armed.n,
                "kind": armed.fault.kind,
                **armed.fault.model_dump(mode="json", exclude_defaults=True, exclude=_SAID_OTHERWISE),
                "from_s": round(armed.begin, 3),
                "until_s": None if armed.end == float("inf") else round(armed.end, 3),
                "matched": armed.matched,
                "fired": armed.fired,
            }
            for armed in self._armed
        ]


_SAID_OTHERWISE = {"kind", "begin", "until", "lasts"}
