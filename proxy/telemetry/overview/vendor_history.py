"""The last minutes of one vendor: readings of its counts at equal steps, and what happened between two of them.

Pure: whoever reads the clock gives the moment. It is bounded by STEPS_MAX steps.
"""

from collections import deque
from collections.abc import Mapping
from heapq import nlargest
from typing import NamedTuple

from tidegate.proxy.telemetry.overview.vendor_tally import VendorTally
from tidegate.proxy.telemetry.series.histogram import quantile

STEP_S = 5.0
"""Seconds between two readings."""
STEPS_MAX = 120
"""Steps that are kept: ten minutes."""
WINDOW_S = 60.0
"""What counts as now: rates and percentiles are of so many seconds."""
LIMITS_SHOWN_MAX = 32
"""Limits whose use is kept: there may be one for each of a thousand apps."""
READINGS_MAX = int(WINDOW_S / STEP_S) + 2
"""Readings that are kept: those of the window, and one before it."""


class Reading(NamedTuple):
    """A vendor's counts at one moment, in monotonic seconds; `waiting` and `connections` are of the moment itself."""

    at: float
    waiting: int
    connections: int
    buckets: tuple[int, ...]
    calls_s: float
    errors: int
    ended: tuple[tuple[str, int], ...]
    queued_s: float
    attempts: int
    resent: int
    attempt_s: float
    failing_s: float
    limits: tuple[tuple[str, float], ...] = ()
    """Limit → share in use, 0…1, at the moment itself."""


class Between(NamedTuple):
    """What happened between two readings. What ends in `_rate` is for each second."""

    seconds: float
    calls: int
    errors: int
    ended: dict[str, int]
    """Verdict → calls, success left out."""
    attempts: int
    resent: int
    p50_s: float | None
    p99_s: float | None
    held: float
    """Calls that were under way, on average: what the apps' threads stood in, by Little's law."""
    queued: float
    """Of these, those that waited for one of the vendor's limits."""
    failing: float
    """Of these, those in attempts that came to nothing."""

    @property
    def calls_rate(self) -> float:
        """Calls a second."""
        return self.calls / self.seconds if self.seconds else 0.0

    @property
    def errors_rate(self) -> float:
        """Failed calls a second."""
        return self.errors / self.seconds if self.seconds else 0.0


def read(
    tally: VendorTally,
    at: float,
    waiting: int = 0,
    connections: int = 0,
    last: Reading | None = None,
    limits: tuple[tuple[str, float], ...] = (),
) -> Reading:
    """A reading now. A vendor that nobody has called since `last` costs no memory for it."""
    buckets, ended = tuple(tally.seconds.counts), tuple((str(verdict), n) for verdict, n in tally.ended.items())
    if last is not None:
        buckets = last.buckets if buckets == last.buckets else buckets
        ended = last.ended if ended == last.ended else ended
        limits = last.limits if limits == last.limits else limits
    return Reading(
        at, waiting, connections, buckets, tally.seconds.sum_s, tally.errors, ended, tally.queued_s, tally.attempts,
        tally.resent, tally.attempt_s, tally.failing_s, limits,
    )  # fmt: skip


def between(first: Reading, last: Reading) -> Between:
    """What happened between two readings of one vendor."""
    seconds = max(last.at - first.at, 0.0)
    counts = [late - early for early, late in zip(first.buckets, last.buckets, strict=True)]
    before = dict(first.ended)
    share = 1.0 / seconds if seconds else 0.0
    return Between(
        seconds=seconds,
        calls=sum(counts),
        errors=last.errors - first.errors,
        ended={verdict: n - before.get(verdict, 0) for verdict, n in last.ended if n > before.get(verdict, 0)},
        attempts=last.attempts - first.attempts,
        resent=last.resent - first.resent,
        p50_s=quantile(counts, 0.5),
        p99_s=quantile(counts, 0.99),
        held=(last.calls_s - first.calls_s) * share,
        queued=(last.queued_s - first.queued_s) * share,
        failing=(last.failing_s - first.failing_s) * share,
    )


class Step(NamedTuple):
    """One step of the history, as it is shown: a point of each curve."""

    calls_per_s: float
    errors_per_s: float
    p50_ms: float | None
    p99_ms: float | None
    held: float
    waiting: int
    """At its end."""


def fullest(limits: Mapping[str, float]) -> list[tuple[str, float]]:
    """The limits that are shown, in their order: the LIMITS_SHOWN_MAX fullest where there are more."""
    if len(limits) <= LIMITS_SHOWN_MAX:
        return [*limits.items()]
    names = set(nlargest(LIMITS_SHOWN_MAX, limits, key=limits.__getitem__))
    return [(name, used) for name, used in limits.items() if name in names]


class VendorHistory:
    """The readings of one vendor in the last WINDOW_S seconds, and the steps of the last minutes, the oldest first."""

    def __init__(self, first: Reading) -> None:
        self._readings: deque[Reading] = deque([first], maxlen=READINGS_MAX)
        self._steps: deque[Step] = deque(maxlen=STEPS_MAX)
        self._limits: deque[Mapping[str, float]] = deque(maxlen=STEPS_MAX)

    @property
    def last(self) -> Reading:
        """The newest reading."""
        return self._readings[-1]

    def add(self, reading: Reading) -> None:
        """Keep a reading and what happened before it, and forget the oldest where there are too many."""
        step = between(self.last, reading)
        self._limits.append(dict(reading.limits))
        self._readings.append(reading)
        self._steps.append(Step(
            round(step.calls_rate, 3), round(step.errors_rate, 3), milliseconds(step.p50_s), milliseconds(step.p99_s),
            round(step.held, 3), reading.waiting,
        ))  # fmt: skip

    def since(self, now: float, window_s: float = WINDOW_S) -> Reading:
        """The newest reading that is at least `window_s` old; the oldest where there is none."""
        for reading in reversed(self._readings):
            if now - reading.at >= window_s:
                return reading
        return self._readings[0]

    def curves(self) -> dict[str, list[float | None]]:
        """Name → its points, the oldest first."""
        points = zip(*self._steps, strict=True) if self._steps else ((),) * len(Step._fields)
        return {name: [*each] for name, each in zip(Step._fields, points, strict=True)}

    def limit_curves(self) -> dict[str, list[float | None]]:
        """Limit of the newest reading → the share in use at the end of each step; None where it was not kept."""
        return {name: [step.get(name) for step in self._limits] for name, _ in self.last.limits}


def milliseconds(seconds: float | None) -> float | None:
    """Seconds as they are shown."""
    return None if seconds is None else round(seconds * 1000, 1)
