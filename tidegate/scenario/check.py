"""The checks of a scenario: what must be so when it has been played, in figures. And whether it is.

Pure: the calls' ends are given. It knows nothing of who made the calls, and of no promise that holds for every run.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import ceil
from typing import Annotated, Literal

from pydantic import Field, model_validator

from tidegate.configfile.units import Duration, Portion, written_duration, written_share
from tidegate.scenario.fault import ScenarioBlock

CallEnd = Literal["done", "refused", "failed"]
"""`done`: the vendor carried it out. `refused`: told openly to come back later. `failed`: anything else."""

QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "longest": 1.0}

_NEVER_FAIL = {"done": 0.0, "refused": 1.0, "failed": 1.0}
"""Shares of calls that every run has."""


@dataclass(frozen=True, slots=True)
class CheckedCall:
    """A call that is over. `waited_s` counts from its planned start; `attempts` are its requests at the vendor."""

    vendor: str
    operation: str
    end: CallEnd
    waited_s: float
    attempts: int = 1


class Check(ScenarioBlock):
    """What must be so of the calls to a vendor and its operations (patterns); without these, of all calls.

    `p50`, `p95`, `p99` and `longest`: so long they take at most, from the planned start to the end of the answer.
    `done`: at least so many are. `refused`, `failed`: at most so many. `attempts`: requests at the vendor for one call,
    on average and at most. `calls`: at least so many there are; without it one.
    """

    vendor: str = "*"
    operations: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] = ("*",)
    p50: Duration | None = None
    p95: Duration | None = None
    p99: Duration | None = None
    longest: Duration | None = None
    done: Portion | None = None
    refused: Portion | None = None
    failed: Portion | None = None
    attempts: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=False)] | None = None
    calls: Annotated[int, Field(ge=1)] = 1

    @model_validator(mode="after")
    def _asks_something(self) -> "Check":
        if not self.model_fields_set - {"vendor", "operations"}:
            raise ValueError("checks nothing; say what must be so, like `p99: 800ms` or `done: 99%`")
        idle = [f"{name}: {written_share(most)}" for name, most in _NEVER_FAIL.items() if getattr(self, name) == most]
        if idle:
            raise ValueError(f"`{idle[0]}` holds whatever happens; leave it out, or say what must be so")
        return self

    def concerns(self, call: CheckedCall) -> bool:
        """True where the call is one of those that it is about."""
        return fnmatchcase(call.vendor, self.vendor) and any(
            fnmatchcase(call.operation, pattern) for pattern in self.operations
        )


def failed_checks(checks: Sequence[Check], calls: Iterable[CheckedCall]) -> list[str]:
    """A sentence for each figure that is not as a check says."""
    ended = list(calls)
    return [
        f"check {number}{_whom(check)}: {flaw}"
        for number, check in enumerate(checks, 1)
        for flaw in _flaws(check, [call for call in ended if check.concerns(call)])
    ]


def quantile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not below `share` of them (nearest rank); 0 of nothing."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else 0.0


def _whom(check: Check) -> str:
    vendor = "" if check.vendor == "*" else f" {check.vendor}"
    operations = "" if check.operations == ("*",) else f" {', '.join(check.operations)}"
    return f" ({f'{vendor}{operations}'.strip()})" if vendor or operations else ""


def _flaws(check: Check, calls: Sequence[CheckedCall]) -> Iterator[str]:
    if len(calls) < check.calls:
        yield f"{len(calls)} calls, and it needs {check.calls} at least"
        return
    waits = [call.waited_s for call in calls]
    for name, share in QUANTILES.items():
        most = getattr(check, name)
        seen_s = quantile(waits, share)
        if most is not None and seen_s > most:
            yield f"{name} is {written_duration(round(seen_s, 4))}, and may be {written_duration(most)}"
    shares = {end: sum(call.end == end for call in calls) / len(calls) for end in ("done", "refused", "failed")}
    if check.done is not None and shares["done"] < check.done:
        yield f"{written_share(round(shares['done'], 4))} are done, and {written_share(check.done)} must be"
    for end in ("refused", "failed"):
        most = getattr(check, end)
        if most is not None and shares[end] > most:
            yield f"{written_share(round(shares[end], 4))} are {end}, and {written_share(most)} may be"
    attempts = sum(call.attempts for call in calls) / len(calls)
    if check.attempts is not None and attempts > check.attempts:
        yield f"{attempts:.2f} requests at the vendor for a call, and {check.attempts:g} may be"
