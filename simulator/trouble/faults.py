"""Decides which faults hit a request, from the scenario and from what the control API arms; carries none of them out.

Each fault rolls dice of its own, in the order in which requests arrive, so that a new fault does not move the others.
Times are seconds since the start of the run.
"""

import math
import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from tidegate.scenario.drift import Drift, Lie
from tidegate.scenario.fault import Aimed, Counted, Drip, Garbage, Latency, Outage, WebhookFault, WrongHeaders
from tidegate.scenario.scenario import OfTheVendor

_Z99 = 2.3263478740408408
"""99 % of a normal distribution lie below so many standard deviations."""


@dataclass(slots=True)
class ArmedFault:
    """A fault under way: from when to when, its dice, and how many targets it met and hit. `n` counts the armed."""

    fault: OfTheVendor
    n: int
    begin: float
    end: float
    dice: random.Random
    matched: int = 0
    fired: int = 0

    def active(self, at: float) -> bool:
        """Whether it is its time."""
        return self.begin <= at < self.end

    def hits(self, fault: Counted, at: float) -> bool:
        """Count a target of this fault's, and say whether it is hit."""
        self.matched += 1
        if self.matched <= fault.skip or (fault.first_n is not None and self.fired >= fault.first_n):
            return False
        if (self.matched - fault.skip) % fault.nth:
            return False
        share = fault.probability
        if fault.ramp:
            share *= min((at - self.begin) / fault.ramp, 1.0)
        if share < 1.0 and self.dice.random() >= share:
            return False
        self.fired += 1
        return True


@dataclass(slots=True)
class FaultTarget:
    """Who sends a request: the app's name as the journal has it, the headers, and the API version.

    Not frozen: one is made for every request.
    """

    app: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    version: str = ""


NOBODY = FaultTarget()


@dataclass(frozen=True, slots=True)
class ChosenFaults:
    """What hits one request.

    A delay in seconds, at most one fault that decides its end, the pace of its answer, and whatever changes the answer,
    in order. `names` has those that have fired by now, `noise` is for a fault that needs some.
    """

    delay_s: float = 0.0
    fault: Aimed | None = None
    names: tuple[str, ...] = ()
    drip: Drip | None = None
    changes: tuple[ArmedFault, ...] = ()
    noise: int = 0


NOTHING = ChosenFaults()


class Faults:
    """The armed faults. `dice(name)` gives a stream of randomness for one use."""

    def __init__(self, dice: Callable[[str], random.Random]) -> None:
        self._dice = dice
        self._armed: list[ArmedFault] = []
        self._count = 0

    def arm(self, faults: Iterable[OfTheVendor], at: float) -> None:
        """Arm faults whose own times count from `at`."""
        for fault in faults:
            end = float("inf") if fault.end_s is None else at + fault.end_s
            dice = self._dice(f"fault {self._count}")
            self._armed.append(ArmedFault(fault, self._count, at + fault.begin, end, dice))
            self._count += 1

    def disarm(self) -> None:
        """Drop all of them. The next one armed rolls the dice that the first one did."""
        self._armed.clear()
        self._count = 0

    def outage(self, at: float) -> Outage | None:
        """The outage that the vendor is in."""
        for armed in self._armed:
            if isinstance(armed.fault, Outage) and armed.active(at):
                return armed.fault
        return None

    def next_turn(self, at: float) -> float | None:
        """When an outage next begins or ends."""
        turns = [turn for one in self._armed if isinstance(one.fault, Outage) for turn in (one.begin, one.end)]
        return min((turn for turn in turns if at < turn < float("inf")), default=None)

    def choose(self, operation: str, at: float, caller: FaultTarget = NOBODY, *, refused: bool = False) -> ChosenFaults:
        """What hits a request for this operation that arrives now.

        One that was `refused` at the door meets only what changes answers.
        """
        if not self._armed:
            return NOTHING
        delay_s, hit, names, noise = 0.0, None, [], 0
        drip: Drip | None = None
        changes: list[ArmedFault] = []
        for armed in self._armed:
            fault = armed.fault
            if not armed.begin <= at < armed.end or not isinstance(fault, Aimed) or _elsewhere(fault):
                continue
            beside = isinstance(fault, _BESIDE) and not _forbids(fault)
            if (hit is not None and not beside) or (refused and not (beside and isinstance(fault, _CHANGING))):
                continue
            if not _aims_at(fault, operation, caller) or not armed.hits(fault, at):
                continue
            if isinstance(fault, Latency):
                delay_s += _delay_s(fault, armed.dice)
            elif isinstance(fault, Drip):
                drip = fault
            elif beside:
                changes.append(armed)
                continue  # it fires when it finds something to change
            else:
                hit, noise = fault, armed.dice.getrandbits(64) if isinstance(fault, Garbage) else 0
            names.append(f"{fault.kind} {fault.change}" if isinstance(fault, Drift) else fault.kind)
        if not names and not changes:
            return NOTHING
        return ChosenFaults(delay_s, hit, tuple(names), drip, tuple(changes), noise)

    def granted(self, operation: str, at: float, caller: FaultTarget = NOBODY) -> float:
        """The share of the documented limits that this request is really granted."""
        share = 1.0
        for armed in self._armed:
            fault = armed.fault
            if not isinstance(fault, Lie) or fault.about != "limits" or not armed.active(at):
                continue
            if _aims_at(fault, operation, caller) and armed.hits(fault, at):
                share = min(share, fault.factor)
        return share

    def webhook(self, event: str, at: float) -> list[ArmedFault]:
        """What hits a webhook of this event type, in order: WebhookFaults, and Drifts of webhooks."""
        found = []
        for armed in self._armed:
            fault = armed.fault
            if isinstance(fault, WebhookFault):
                patterns = fault.events
            elif isinstance(fault, Drift) and fault.of == "webhooks":
                patterns = fault.operations
            else:
                continue
            if armed.active(at) and any(fnmatchcase(event, one) for one in patterns) and armed.hits(fault, at):
                found.append(armed)
        return found

    def described(self) -> list[dict[str, Any]]:
        """The armed faults as data, with how many requests each met and hit."""
        return [
            {
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

_CHANGING = (Drift, Lie, WrongHeaders)
_BESIDE = (Latency, Drip, *_CHANGING)
"""These come together with any other fault."""


def _forbids(fault: Aimed) -> bool:
    return isinstance(fault, Drift) and fault.change == "scope"


def _elsewhere(fault: Aimed) -> bool:
    """Whether it hits something else than the way of a request and its answer."""
    return (isinstance(fault, Drift) and fault.of == "webhooks") or (isinstance(fault, Lie) and fault.about == "limits")


def _aims_at(fault: Aimed, operation: str, caller: FaultTarget) -> bool:
    if fault.operations != ("*",) and not any(fnmatchcase(operation, pattern) for pattern in fault.operations):
        return False
    if fault.apps != ("*",) and not any(fnmatchcase(caller.app, pattern) for pattern in fault.apps):
        return False
    for name, pattern in fault.headers.items():
        told = caller.headers.get(name)
        if told is None or not fnmatchcase(told, pattern):
            return False
    begins = fault.from_version if isinstance(fault, Drift) else None
    return begins is None or _ordered(caller.version) >= _ordered(begins)


def _ordered(version: str) -> list[tuple[int, str]]:
    """A version so that a later one is greater: `2` before `10`, `2024-01-31` before `2024-02-01`."""
    parts = "".join(char if char.isalnum() else " " for char in version.lower().removeprefix("v")).split()
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _delay_s(fault: Latency, dice: random.Random) -> float:
    if fault.distribution == "uniform" or fault.p99 is None:
        return fault.delay + dice.uniform(0.0, fault.jitter)
    if fault.distribution == "lognormal":
        drawn = dice.lognormvariate(math.log(fault.delay), math.log(fault.p99 / fault.delay) / _Z99)
    else:
        drawn = fault.delay * dice.paretovariate(math.log(100.0) / math.log(fault.p99 / fault.delay))
    return min(drawn, fault.most)
