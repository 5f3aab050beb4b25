"""The proof of recovery: the vendor is away for five minutes while 50 calls a second go on, and comes back.

Measured is what makes an outage worse than itself: retries beyond the budget, a vendor that is hammered while it is
away, slow recovery, and the herd after it. Seeds differ in how the vendor is away, in the wire, and in every dice.
"""

import random
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tidegate.chaos.judge.evidence import Evidence
from tidegate.chaos.play.garbage import rare_collections
from tidegate.chaos.play.trial import played
from tidegate.chaos.search.trial_processes import trial_processes
from tidegate.chaos.search_vendors import PAYMENTS, shipped
from tidegate.chaos.timeline.draw import DrawnScenario
from tidegate.chaos.timeline.fault_draw import Piece
from tidegate.report.course import Course

RATE_PER_S = 50
BEFORE_S, AWAY_S, AFTER_S = 20.0, 300.0, 25.0
LOOK_S = 5.0
"""Goodput is counted over so many seconds: just before the outage, and from the promised moment on."""
WINDOW_S = 10.0
"""The retry budget's window."""
CONNECT_S = 0.3
"""A retry may leave so much later than it was granted, where it has to connect first."""
FLOOR = 3
GOODPUT_SHARE = 0.95
PEAK_SHARE = 1.2
TOGETHER_S = 0.04
"""One way there and back: failed attempts that arrive closer together than this were under way at once."""
TRIP_S = 5.0
"""So long after the breaker must have opened, what was under way has ended."""


@dataclass(frozen=True, slots=True)
class OutageCourse:
    """The course of one outage in parts of equal length, for a picture: calls by their begin, and what was sent."""

    span_s: float
    away: tuple[float, float]
    """From and until when the vendor was away."""
    done: tuple[float, ...] = ()
    failed: tuple[float, ...] = ()
    attempts: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Recovery:
    """One outage in figures, and what they broke."""

    seed: int
    mode: str
    goodput_before: float
    """Calls done a second."""
    goodput_after: float
    retries_max: int
    """In the worst 10 s."""
    retries_allowed: int
    """In those 10 s."""
    probes_max: int
    """At once, while the vendor was away."""
    attempts_away: int
    """After the breaker had opened."""
    peak: int
    """Attempts in the worst second after the vendor's return."""
    broken: tuple[str, ...]
    course: OutageCourse | None = None

    def described(self) -> dict[str, Any]:
        """As data."""
        described = {**asdict(self), "broken": list(self.broken)}
        del described["course"]
        return described


def drawn(seed: int, away_s: float = AWAY_S) -> DrawnScenario:
    """The scenario of one seed."""
    rng = random.Random(f"outage {seed}")  # noqa: S311 - repeatable on purpose
    mode = rng.choice(("refuse", "reset", "status"))
    pieces: list[Piece] = [
        {"rate": f"{RATE_PER_S}/s", "mix": {"sale": 3, "look": 1}},
        {"kind": "outage", "from": f"{BEFORE_S + rng.uniform(0, 2):.3f}s", "for": f"{away_s:g}s", "mode": mode},
        {"kind": "latency", "delay": f"{rng.randint(5, 60)}ms", "jitter": f"{rng.randint(5, 60)}ms"},
        {"kind": "wire", "jitter": f"{rng.randint(1, 60)}ms"},
    ]
    seconds = BEFORE_S + 2 + away_s + AFTER_S
    return DrawnScenario(seed, seconds, shipped(PAYMENTS)[0].vendor.facts.limits[0], tuple(pieces))


def proof(seed: int, away_s: float = AWAY_S) -> Recovery:
    """Play one outage and measure it."""
    with rare_collections():
        return measured(played(drawn(seed, away_s))[PAYMENTS])


def measured(evidence: Evidence) -> Recovery:
    """The figures of one outage."""
    policy, limit = evidence.policy, evidence.drawn.limit
    outage = next(piece for piece in evidence.drawn.pieces if piece.get("kind") == "outage")
    begin = float(outage["from"].removesuffix("s"))
    end = begin + float(outage["for"].removesuffix("s"))
    attempts = sorted([at for at, _ in evidence.tap.sends] + evidence.tap.failed_dials)
    tripped = begin + policy.breaker.window * policy.breaker.failures + TRIP_S
    away = [at for at in attempts if tripped < at < end]
    before = _goodput(evidence, begin - LOOK_S - 1.0)
    after = _goodput(evidence, end + policy.breaker.open_max + policy.breaker.ramp)
    retries, allowed = _retries(evidence, policy.retry.budget)
    probes = _most_within(away, TOGETHER_S)
    peak = _most_within([at for at in attempts if at >= end], 1.0)
    checks = (
        (retries <= allowed, f"retries: {retries} in 10 s, where {allowed} are allowed"),
        (probes <= policy.breaker.probes, f"probes: {probes} at once, where {policy.breaker.probes} are allowed"),
        (after >= GOODPUT_SHARE * before, f"recovery: {after:g} calls a second done, after {before:g} before"),
        (peak <= PEAK_SHARE * limit.rate.per_second, f"peak: {peak} attempts in a second, the limit is {limit.rate}"),
    )
    broken = tuple(sentence for kept, sentence in checks if not kept)
    course = _course(evidence, attempts, (begin, end))
    return Recovery(
        evidence.drawn.seed, outage["mode"], before, after, retries, allowed, probes, len(away), peak, broken, course
    )


def _course(evidence: Evidence, attempts: Sequence[float], away: tuple[float, float]) -> OutageCourse:
    course = Course.of(evidence.drawn.seconds)
    done = course.counts(call.sent_s for call in evidence.calls if 200 <= call.status < 300)
    failed = course.counts(call.sent_s for call in evidence.calls if not 200 <= call.status < 300)
    return OutageCourse(course.span_s, away, tuple(done), tuple(failed), tuple(course.counts(attempts)))


def prove(seeds: Sequence[int], seen: Callable[[Recovery], None], away_s: float = AWAY_S) -> list[Recovery]:
    """Play the outage of every seed on all processors. `seen` is told of each."""
    recoveries = []
    with trial_processes() as pool:
        for recovery in pool.map(proof, seeds, [away_s] * len(seeds)):
            recoveries.append(recovery)
            seen(recovery)
    return recoveries


def _goodput(evidence: Evidence, begin: float) -> float:
    """Calls a second that were asked in the `LOOK_S` seconds from `begin` on, and done."""
    done = sum(begin <= call.sent_s < begin + LOOK_S and 200 <= call.status < 300 for call in evidence.calls)
    return done / LOOK_S


def _retries(evidence: Evidence, ratio: float) -> tuple[int, int]:
    """Retries and what was allowed, in the 10 s that are worst.

    A refused connection carries no tag: there the answer's own count of attempts is believed. What was lost with a
    connection that had carried a request before goes again outside the budget.
    """
    lost = evidence.tap.lost
    if evidence.tap.failed_dials:
        at = sorted(call.ended_s for call in evidence.calls for _ in range(max(call.attempts - 1 - lost[call.tag], 0)))
    else:
        sent = Counter[str]()
        at = []
        for when, tag in evidence.tap.sends:
            sent[tag] += 1
            if sent[tag] > 1 + lost[tag]:
                at.append(when)
    begins = [call.sent_s for call in sorted(evidence.calls, key=lambda call: call.sent_s)]
    worst = (0, FLOOR)
    for place, when in enumerate(at):
        count = place + 1 - bisect_right(at, when - WINDOW_S + CONNECT_S)
        calls = bisect_right(begins, when) - bisect_left(begins, when - WINDOW_S - 1.0)
        allowed = max(FLOOR, int(ratio * calls))
        if count - allowed > worst[0] - worst[1] or worst[0] == 0:
            worst = (count, allowed)
    return worst


def _most_within(moments: Sequence[float], seconds: float) -> int:
    """The greatest number of moments in any stretch of this length."""
    return max((place + 1 - bisect_right(moments, at - seconds) for place, at in enumerate(moments)), default=0)
