"""A histogram of seconds in plain numbers, and what it says of a median or a 99th percentile.

A Prometheus child costs ten times as much for each call. It knows nothing of what was timed.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""OpenTelemetry's advice for http.client.request.duration (HTTP semantic conventions, metrics)."""


class TraceExample(NamedTuple):
    """One of those that were counted, and the trace that shows it: an exemplar, as OpenMetrics calls it."""

    seconds: float
    wall: float
    """When it ended, in seconds since 1970."""
    trace_id: str
    span_id: str
    """Empty where no span of ours is in that trace."""


class Histogram:
    """The counts of one thing that was timed: those up to each of BOUNDS_S, and those beyond the last."""

    __slots__ = ("counts", "examples", "sum_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        """Not cumulative."""
        self.sum_s = 0.0
        self.examples: dict[int, TraceExample] | None = None
        """Place in `counts` → the newest that was traced; None until one was."""

    def observe(self, seconds: float) -> None:
        """Count one."""
        self.counts[bisect_left(BOUNDS_S, seconds)] += 1
        self.sum_s += seconds

    def exemplify(self, example: TraceExample) -> None:
        """Keep the trace of one that was counted, unless a newer one is kept: Prometheus takes none out of order."""
        examples, place = self.examples, bisect_left(BOUNDS_S, example.seconds)
        if examples is None:
            examples = self.examples = {}
        known = examples.get(place)
        if known is None or known.wall <= example.wall:
            examples[place] = example

    def add(self, other: "Histogram") -> None:
        """Count what another has counted, too."""
        self.counts = [mine + theirs for mine, theirs in zip(self.counts, other.counts, strict=True)]
        self.sum_s += other.sum_s
        for example in (other.examples or {}).values():
            self.exemplify(example)


def quantile(counts: Sequence[int], share: float) -> float | None:
    """The seconds that `share` (0…1) of all did not exceed; None where there is nothing.

    Between two bounds it is drawn as a straight line, as Prometheus' histogram_quantile does; beyond the last bound it
    is the last bound, so it is never more than 10 s.
    """
    total = sum(counts)
    if not total:
        return None
    rank, below, lower = share * total, 0, 0.0
    for upper, count in zip(BOUNDS_S, counts, strict=False):
        if below + count >= rank and count:
            return lower + (upper - lower) * max(rank - below, 0.0) / count
        below, lower = below + count, upper
    return BOUNDS_S[-1]
