"""The shape of a burst for which nobody gives a scenario: a steady load, with a spike in its middle.

Pure. It knows nothing of Locust, sockets or verdicts.
"""

from dataclasses import dataclass
from math import isfinite

from tidegate.problems import UsageError

CALLS_MAX = 500_000
SECONDS_MAX = 86_400.0


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
        if 0 < self.rate_per_s < 1 / SECONDS_MAX:
            raise UsageError("a load has one call a day at least; choose a higher --rate")
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
    def peak_per_s(self) -> float:
        """Calls a second in the burst."""
        return self.rate_per_s * self.factor

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
