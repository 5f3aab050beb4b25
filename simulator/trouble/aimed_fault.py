"""Faults that hit some of their targets, faults that hit requests, and those that stop an answer: their keys."""

from fnmatch import fnmatchcase
from typing import Annotated

from pydantic import Field

from tidegate.configfile.units import Duration, Portion
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.trouble.fault_scope import FaultTarget
from tidegate.simulator.trouble.vendor_fault import ArmedFault, VendorFault
from tidegate.simulator.trouble.wire import Place, RawAnswer


class CountedFault(VendorFault):
    """A fault that hits some of its targets: `skip` of them pass, then at most `first_n` are hit, each by chance."""

    probability: Portion = 1.0
    skip: Annotated[int, Field(ge=0)] = 0
    nth: Annotated[int, Field(ge=1)] = 1
    """Of the targets after `skip` only every so many: `nth: 3` hits the third, the sixth and so on."""
    first_n: Annotated[int | None, Field(ge=1)] = None
    ramp: Duration = 0.0
    """The probability grows evenly from nothing for so long, from the fault's beginning."""

    def picks(self, armed: ArmedFault, at: float) -> bool:
        """The dice are rolled only for a target that `skip`, `first_n` and `nth` leave: others move no dice."""
        if armed.matched <= self.skip or (self.first_n is not None and armed.fired >= self.first_n):
            return False
        if (armed.matched - self.skip) % self.nth:
            return False
        share = self.probability
        if self.ramp:
            share *= min((at - armed.begin) / self.ramp, 1.0)
        return share >= 1.0 or armed.dice.random() < share


class RequestFault(CountedFault):
    """A fault that hits requests."""

    operations: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = ("*",)
    """Operation ids, or patterns like `Post*`."""
    apps: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = ("*",)
    """Apps as the journal names them, or patterns like `*4242`."""
    headers: dict[str, str] = {}  # noqa: RUF012 - pydantic copies a default
    """Request headers, each with a pattern that its value must fit."""

    @property
    def aimed_operations(self) -> tuple[str, ...]:
        """Its `operations`, where they are not every one."""
        return () if "*" in self.operations else self.operations

    @property
    def calls_hit(self) -> float:
        """Its probability."""
        return self.probability

    def aims_at(self, operation: str, caller: FaultTarget) -> bool:
        """True where operation, app and headers all fit."""
        if self.operations != ("*",) and not any(fnmatchcase(operation, pattern) for pattern in self.operations):
            return False
        if self.apps != ("*",) and not any(fnmatchcase(caller.app, pattern) for pattern in self.apps):
            return False
        for name, pattern in self.headers.items():
            value = caller.headers.get(name)
            if value is None or not fnmatchcase(value, pattern):
                return False
        return True


class StoppingFault(RequestFault):
    """A fault that stops the answer to a request at a place in it, or before its first byte."""

    at: Place = "start"

    def answered(self, answer: Answer | None) -> Answer | None:
        """None where it stops before the first byte."""
        return None if self.at == "start" else answer

    @property
    def sent_share(self) -> float:
        """Half of an answer in chunks."""
        return 0.5

    @property
    def chunked(self) -> bool | None:
        """False where the answer stops in its headers."""
        return False if self.at == "headers" else None

    def raw_bytes(self, raw: RawAnswer) -> bytes:
        """The answer up to where it stops."""
        return raw.until(self.at)
