"""How far our clock is from a vendor's, by the times in its webhooks: an alarm long before webhooks are refused for it.

A webhook is never signed after it arrives, so delays, queues and replays only make our clock look late, one by one. The
lower quartile of the recent ones is therefore near the truth, and no single webhook moves it far.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal

SKEW_ALARM_S = 60.0
"""A fifth of the usual tolerance."""
SKEW_CALM_S = 45.0
"""An alarm ends below this, so that it does not flutter."""
SKEW_SAMPLES_MAX = 31
SKEW_SAMPLES_MIN = 5
"""Fewer say nothing."""
SKEW_AGE_MAX_S = 86_400.0
"""Older ones are forgotten: clocks are set right, too."""


@dataclass(frozen=True, slots=True)
class SkewChange:
    """The alarm begins or ends. `skew_s` is how far our clock is ahead of the vendor's, negative where it is behind."""

    alarm: Literal["begins", "ends"]
    skew_s: float


class ClockSkew:
    """The skew of one source. Kept in memory: it is measured again within a few webhooks."""

    __slots__ = ("_recent", "is_alarming")

    def __init__(self) -> None:
        self._recent: deque[tuple[float, float]] = deque(maxlen=SKEW_SAMPLES_MAX)
        self.is_alarming = False

    def skew_s(self) -> float | None:
        """The estimate, in seconds; None where too few webhooks came."""
        if len(self._recent) < SKEW_SAMPLES_MIN:
            return None
        return sorted(skew_s for _, skew_s in self._recent)[len(self._recent) // 4]

    def record(self, skew_s: float, now: float) -> SkewChange | None:
        """Take note of a webhook whose signature was right, in time or not. `now` is in seconds of any clock."""
        self._recent.append((now, skew_s))
        while self._recent and now - self._recent[0][0] > SKEW_AGE_MAX_S:
            self._recent.popleft()
        estimate = self.skew_s()
        if estimate is None:
            return None
        if not self.is_alarming and abs(estimate) >= SKEW_ALARM_S:
            self.is_alarming = True
            return SkewChange("begins", estimate)
        if self.is_alarming and abs(estimate) < SKEW_CALM_S:
            self.is_alarming = False
            return SkewChange("ends", estimate)
        return None
