"""Makes a failing scenario small: leaves pieces out as long as the same promise still breaks.

Delta debugging (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", 2002) over the list of
pieces. Every smaller scenario is played anew, so what is printed in the end has been seen to fail.
"""

from collections.abc import Callable, Sequence

from tidegate.chaos.play.trial_verdict import TrialVerdict, judged
from tidegate.chaos.timeline.draw import DrawnScenario

PLAYS_MAX = 150
"""So many smaller scenarios are tried; then the smallest so far is good enough."""


def promises(verdict: TrialVerdict) -> set[str]:
    """The promises that a trial broke, by name."""
    return {sentence.partition(":")[0] for sentence in verdict.broken}


def shrunk(
    drawn: DrawnScenario, promise: str, judge: Callable[[DrawnScenario], TrialVerdict] = judged
) -> tuple[int, ...]:
    """The places of the pieces that are needed to break `promise`. The whole scenario must break it."""
    plays = 0

    def breaks(places: Sequence[int]) -> bool:
        nonlocal plays
        plays += 1
        return promise in promises(judge(drawn.only(places)))

    left, parts = list(range(len(drawn.pieces))), 2
    while len(left) > 1 and plays < PLAYS_MAX:
        size = -(-len(left) // parts)
        for begin in range(0, len(left), size):
            fewer = left[:begin] + left[begin + size :]
            if fewer and plays < PLAYS_MAX and breaks(fewer):
                left, parts = fewer, max(parts - 1, 2)
                break
        else:
            if parts >= len(left):
                break
            parts = min(2 * parts, len(left))
    return tuple(left)
