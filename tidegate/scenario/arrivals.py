"""The moments at which a load's calls begin. Pure: the same load and seed give the same moments.

A load is a rate that changes over time, in pieces in which it changes evenly. Call number k (from 0) begins when the
rate, summed up, comes to k; where the spacing is random, when it comes to the k-th event of a Poisson process of rate 1
(the time rescaling of an inhomogeneous Poisson process; Cox and Lewis, 1966). No answer is waited for: an open model.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from tidegate.problems import UsageError
from tidegate.scenario.load import PEAK_SHARE, Load

ARRIVALS_MAX = 1_000_000
"""Calls of one load: so many are held in memory, and take minutes to play."""

_ROUNDING = 1e-9
"""Calls: what sums of fractions of a second may lose, and no more."""


@dataclass(frozen=True, slots=True)
class RatePiece:
    """From `begin_s` to `end_s`, in seconds of the run, the rate goes evenly from `first` to `last` calls a second."""

    begin_s: float
    end_s: float
    first: float
    last: float

    @property
    def calls(self) -> float:
        """The rate, summed up."""
        return (self.end_s - self.begin_s) * (self.first + self.last) / 2

    def at_s(self, calls: float) -> float:
        """The moment at which the rate, summed up from the piece's beginning, comes to so many calls."""
        if self.first == self.last:
            return self.begin_s + calls / self.first
        slope = (self.last - self.first) / (self.end_s - self.begin_s)
        root = sqrt(max(self.first * self.first + 2 * slope * calls, 0.0))
        # The other form of the root: this one loses nothing where the slope is small.
        return self.begin_s + 2 * calls / (self.first + root) if calls else self.begin_s


def arrival_times(load: Load, seconds: float, rng: random.Random) -> list[float]:
    """The moments of a load, in seconds of a run of so many `seconds`, in order: those of its burst first.

    `rng` is drawn from where the spacing is random only. Raises UsageError where they are too many to be played, and
    where a replayed log has none.
    """
    if load.shape == "replay":
        return [load.begin] * load.burst + _replayed(load, seconds)
    pieces = rate_pieces(load, seconds)
    planned = load.burst + sum(piece.calls for piece in pieces)
    if planned > ARRIVALS_MAX:
        raise UsageError(
            f"a load of {planned:,.0f} calls is more than can be played, {ARRIVALS_MAX:,}; "
            "choose a lower `rate` or `burst`, or fewer `seconds`"
        )
    if load.spacing == "even":
        sums: Iterator[float] = map(float, range(int(sum(piece.calls for piece in pieces) + _ROUNDING)))
    else:
        sums = _poisson(rng)
    return [load.begin] * load.burst + list(_starts(pieces, sums))


def rate_pieces(load: Load, seconds: float) -> list[RatePiece]:
    """The rate of a load over a run of so many seconds; of a replay none."""
    begin, end = load.begin, seconds if load.end_s is None else load.end_s
    if load.rate is None or load.shape == "replay" or begin >= min(end, seconds):
        return []
    first = load.rate.per_second
    last = load.to.per_second if load.to is not None else first
    if load.shape == "ramp":
        pieces = [RatePiece(begin, end, first, last)]
    elif load.shape == "step":
        length = (end - begin) / load.steps
        rise = (last - first) / (load.steps - 1) if load.steps > 1 else 0.0
        levels = [first + n * rise for n in range(load.steps)] if load.steps > 1 else [last]
        pieces = [RatePiece(begin + n * length, begin + (n + 1) * length, at, at) for n, at in enumerate(levels)]
    elif load.shape == "spike":
        pieces = _spike(load, begin, end, first, last, seconds)
    else:
        pieces = [RatePiece(begin, end, first, first)]
    return [_cut(piece, seconds) for piece in pieces if piece.begin_s < min(piece.end_s, seconds)]


def _spike(load: Load, begin: float, end: float, first: float, last: float, seconds: float) -> list[RatePiece]:
    length = (end - begin) * PEAK_SHARE if load.peak_for is None else load.peak_for
    up = begin + (end - begin - length) / 2 if load.peak_at is None else load.peak_at
    if load.peak_at is not None and not begin <= up < min(end, seconds):
        raise UsageError("its peak is never reached; `peak_at` must lie within the load and the run")
    up = min(max(up, begin), end)
    down = min(up + length, end)
    return [RatePiece(begin, up, first, first), RatePiece(up, down, last, last), RatePiece(down, end, first, first)]


def _cut(piece: RatePiece, seconds: float) -> RatePiece:
    """The part of a piece that lies before the end of the run."""
    if piece.end_s <= seconds:
        return piece
    share = (seconds - piece.begin_s) / (piece.end_s - piece.begin_s)
    return RatePiece(piece.begin_s, seconds, piece.first, piece.first + (piece.last - piece.first) * share)


def _starts(pieces: Sequence[RatePiece], sums: Iterator[float]) -> Iterator[float]:
    passed, due = 0.0, next(sums, None)
    for piece in pieces:
        while due is not None and due - passed < piece.calls - _ROUNDING:
            yield piece.at_s(max(due - passed, 0.0))
            due = next(sums, None)
        passed += piece.calls


def _poisson(rng: random.Random) -> Iterator[float]:
    total = 0.0
    while True:
        total += rng.expovariate(1.0)
        yield total


def _replayed(load: Load, seconds: float) -> list[float]:
    if not load.times:
        raise UsageError(f"{load.log}: this log has no moment of arrival; a replay needs one line with a time at least")
    end = seconds if load.end_s is None else min(load.end_s, seconds)
    moments = sorted(load.begin + at / load.speed for at in load.times)
    return [at for at in moments if at < end]
