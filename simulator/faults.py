"""Decides which faults hit a request, from the scenario and from what the control API arms; carries none of them out.

Each fault rolls dice of its own, in the order in which requests arrive, so that a new fault does not move the others.
Times are seconds since the start of the run.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tidegate.scenario import Aimed, Drip, Latency, Outage


@dataclass(slots=True)
class _Armed:
    fault: Aimed | Outage
    begin: float
    end: float
    dice: random.Random
    matched: int = 0
    fired: int = 0

    def active(self, at: float) -> bool:
        return self.begin <= at < self.end


@dataclass(frozen=True, slots=True)
class Chosen:
    """What hits one request: a delay in seconds, at most one other fault, the names of all that fired, and the pace."""

    delay_s: float = 0.0
    fault: Aimed | None = None
    names: tuple[str, ...] = ()
    drip: Drip | None = None


NOTHING = Chosen()


class Faults:
    """The armed faults. `dice(name)` gives a stream of randomness for one use."""

    def __init__(self, dice: Callable[[str], random.Random]) -> None:
        self._dice = dice
        self._armed: list[_Armed] = []
        self._count = 0

    def arm(self, faults: Iterable[Aimed | Outage], at: float) -> None:
        """Arm faults whose own times count from `at`."""
        for fault in faults:
            end = float("inf") if fault.end_s is None else at + fault.end_s
            self._armed.append(_Armed(fault, at + fault.begin, end, self._dice(f"fault {self._count}")))
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

    def choose(self, operation: str, at: float) -> Chosen:
        """What hits a request for this operation that arrives now."""
        if not self._armed:
            return NOTHING
        delay_s, hit, names = 0.0, None, []
        drip: Drip | None = None
        for armed in self._armed:
            fault = armed.fault
            if isinstance(fault, Outage) or not armed.active(at):
                continue
            if (hit is not None and not isinstance(fault, Latency | Drip)) or not self._hits(armed, fault, operation):
                continue
            names.append(fault.kind)
            if isinstance(fault, Latency):
                delay_s += fault.delay + armed.dice.uniform(0.0, fault.jitter)
            elif isinstance(fault, Drip):
                drip = fault
            else:
                hit = fault
        return Chosen(delay_s, hit, tuple(names), drip) if names else NOTHING

    def described(self) -> list[dict[str, Any]]:
        """The armed faults as data, with how many requests each met and hit."""
        return [
            {
                **armed.fault.model_dump(include={"kind"}),
                "from_s": armed.begin,
                "until_s": None if armed.end == float("inf") else armed.end,
                "matched": armed.matched,
                "fired": armed.fired,
            }
            for armed in self._armed
        ]

    @staticmethod
    def _hits(armed: _Armed, fault: Aimed, operation: str) -> bool:
        if not any(fnmatchcase(operation, pattern) for pattern in fault.operations):
            return False
        armed.matched += 1
        if armed.matched <= fault.skip or (fault.first_n is not None and armed.fired >= fault.first_n):
            return False
        if fault.probability < 1.0 and armed.dice.random() >= fault.probability:
            return False
        armed.fired += 1
        return True
