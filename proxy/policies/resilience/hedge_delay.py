"""The delay before a slow read gets a second request: a fixed time, or the time that 95 of 100 recent ones took.

The times are counted in buckets that grow by an eighth, so that an estimate is at most that much too long and counting
costs an addition. Old times fade: all counts are halved after every `HALF_LIFE` of them. It sends nothing.
"""

from math import log

GROWTH = 1.125
LEAST_S = 0.001
"""The upper bound of the first bucket."""
BUCKETS = 100
"""The last bucket begins at about 115 s."""
HALF_LIFE = 512
SAMPLES_MIN = 20
"""With fewer times than this there is no estimate, and no hedge."""
REFRESH = 16
"""The estimate is worked out anew after so many times."""

_PER_BUCKET = 1 / log(GROWTH)


class LatencyTail:
    """The 95th percentile of the times of one operation, in seconds."""

    __slots__ = ("_counts", "_seen", "_total", "p95_s")

    def __init__(self) -> None:
        self._counts = [0] * BUCKETS
        self._seen = 0
        self._total = 0
        self.p95_s: float | None = None
        """The estimate; None while too little is known."""

    def add(self, took_s: float) -> None:
        """Count the time of an answer."""
        at = int(log(took_s / LEAST_S) * _PER_BUCKET) + 1 if took_s > LEAST_S else 0
        self._counts[min(at, BUCKETS - 1)] += 1
        self._total += 1
        self._seen += 1
        if self._seen % REFRESH == 0:
            self._refresh()

    def _refresh(self) -> None:
        if self._seen >= HALF_LIFE:
            self._seen = 0
            self._counts = [count // 2 for count in self._counts]
            self._total = sum(self._counts)
        if self._total < SAMPLES_MIN:
            self.p95_s = None
            return
        wanted, passed = 0.95 * self._total, 0
        for at, count in enumerate(self._counts):
            passed += count
            if passed >= wanted:
                self.p95_s = LEAST_S * GROWTH**at
                return
