"""The schedule of a load run: each call and its start, worked out before the first one is sent.

Pure. It knows nothing of Locust, sockets or verdicts. A call has its planned start whether or not the calls before it
have been answered (an open model): a server that stalls does not slow the load down, it is seen to be late.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, isfinite

from tidegate.problems import UsageError

PAYMENT = "payment"
READ = "read"
OPERATIONS = {PAYMENT: "PostPaymentIntents", READ: "GetPaymentIntents"}
"""The operation of each kind of call, in the vendor's document."""

CALLS_MAX = 500_000
SECONDS_MAX = 86_400.0

_READ_EVERY = 5
_RUN = re.compile(r"^[0-9a-zA-Z]{1,40}$")


@dataclass(frozen=True, slots=True)
class LoadShape:
    """`seconds` of `rate_per_s` calls a second, with `factor` times that rate for `burst_s` seconds in the middle."""

    rate_per_s: float
    seconds: float
    factor: float = 10.0
    burst_s: float = 3.0

    def __post_init__(self) -> None:
        """Raise UsageError where the numbers make no run, or one that nobody could make."""
        if not all(map(isfinite, (self.rate_per_s, self.seconds, self.factor, self.burst_s))):
            raise UsageError("a load's rate and length are numbers with an end, like --rate 40 --seconds 12")
        if self.rate_per_s <= 0 or self.factor <= 0 or self.burst_s < 0:
            raise UsageError("a load needs a rate and a burst factor above 0, and a burst of 0 or more seconds")
        if self.seconds <= self.burst_s:
            raise UsageError(
                f"the load lasts {self.seconds:g} s and its burst {self.burst_s:g} s; choose --seconds above the burst"
            )

        calls = sum((end - begin) * rate for begin, end, rate in self.phases)
        if calls > CALLS_MAX or self.seconds > SECONDS_MAX:
            raise UsageError(
                f"a load has at most {CALLS_MAX:,} calls in {SECONDS_MAX:,.0f} s, and this one {calls:,.0f} in "
                f"{self.seconds:,.0f} s; choose a lower --rate or fewer --seconds"
            )

    @property
    def phases(self) -> tuple[tuple[float, float, float], ...]:
        """(begin, end, calls a second) of the calm before, the burst and the calm after, in seconds from the start."""
        begin = (self.seconds - self.burst_s) / 2
        end = begin + self.burst_s
        return (
            (0.0, begin, self.rate_per_s),
            (begin, end, self.rate_per_s * self.factor),
            (end, self.seconds, self.rate_per_s),
        )


@dataclass(frozen=True, slots=True)
class Planned:
    """One call to make: `at_s` seconds after the start of the run, `intent` unique to it."""

    number: int
    at_s: float
    kind: str
    intent: str


def plan(shape: LoadShape, run: str) -> tuple[Planned, ...]:
    """Every call of the run, in order, evenly spaced within each phase; every fifth one is a read.

    `run` makes the intents of two runs differ: letters and digits, at most 40. Raises UsageError where it is not that.
    """
    if not _RUN.match(run):
        raise UsageError(f"{run!r} cannot name a run; use up to 40 letters and digits")
    return tuple(
        Planned(number, at_s, READ if number % _READ_EVERY == _READ_EVERY - 1 else PAYMENT, f"{run}-{number:06d}")
        for number, at_s in enumerate(_starts(shape))
    )


def _starts(shape: LoadShape) -> Iterator[float]:
    for begin, end, rate_per_s in shape.phases:
        # Rounded first: 2.3 s of 100/s are 230 calls, not 231 because of a binary fraction.
        for index in range(ceil(round((end - begin) * rate_per_s, 6))):
            yield begin + index / rate_per_s
