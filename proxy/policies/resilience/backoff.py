"""The wait before a retry where the vendor named none, and the jitter on the waits that it did name.

Full jitter is the uniform draw between nothing and the exponential ceiling (AWS Architecture Blog, "Exponential Backoff
And Jitter"): of the usual kinds it makes the fewest attempts collide. It refuses to know why there is a retry.
"""

import random

HINT_JITTER = 0.1
"""A vendor's Retry-After is stretched by up to this share, so that those it told the same do not come back at once."""

_DOUBLINGS_MAX = 60
"""Beyond this every cap is reached, and the power stays a finite float."""


def ceiling(base_s: float, cap_s: float, retry_number: int) -> float:
    """The longest wait in seconds before retry `retry_number` (the first is 1): min(cap, base·2ⁿ⁻¹)."""
    return min(base_s * 2.0 ** min(retry_number - 1, _DOUBLINGS_MAX), cap_s)


def full_jitter(rng: random.Random, base_s: float, cap_s: float, retry_number: int) -> float:
    """Seconds before a retry: uniform between nothing and the ceiling."""
    return rng.random() * ceiling(base_s, cap_s, retry_number)


def equal_jitter(rng: random.Random, base_s: float, cap_s: float, retry_number: int) -> float:
    """As full_jitter, but never less than half the ceiling: for a wait that is for something known to be under way."""
    return ceiling(base_s, cap_s, retry_number) * (0.5 + 0.5 * rng.random())


def upwards(rng: random.Random, wait_s: float) -> float:
    """A wait that the vendor asked for, stretched by 0 to 10 %, never shortened."""
    return wait_s * (1.0 + HINT_JITTER * rng.random())


class Pauses:
    """The pauses after refusals that name none: each is twice the one before.

    A refusal of a request that had left before the pause began answers the same mistake, and does not lengthen it.
    All times are monotonic seconds.
    """

    __slots__ = ("_began", "_cap_s", "_in_row", "_until")

    def __init__(self, cap_s: float) -> None:
        self._cap_s = cap_s
        self._in_row = 0
        self._began = self._until = float("-inf")

    def refused(self, now: float, sent_at: float, base_s: float) -> float:
        """Seconds to pause after a refusal at `now` of what left at `sent_at`; the first time `base_s`."""
        if sent_at <= self._began:
            return max(self._until - now, 0.0)
        wait_s = min(base_s * 2.0 ** min(self._in_row, _DOUBLINGS_MAX), self._cap_s)
        self._in_row += 1
        self._began, self._until = now, now + wait_s
        return wait_s

    def answered(self) -> None:
        """The vendor answered without a refusal: the next pause is the first again."""
        self._in_row = 0
