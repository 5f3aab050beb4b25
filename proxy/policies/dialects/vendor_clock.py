"""The vendor's clock, as far as its answers let it be known: two bounds on how far it is from ours.

An answer's `Date` is cut to whole seconds and was written between our sending and our receiving. So the vendor's clock
then stood between `Date` and `Date` + 1 s, and each answer narrows the bounds; after a few answers they are about one
round trip apart. A clock that is set anew, or drifts, makes bounds that contradict each other: then the last answer
counts alone. It refuses to know what the clock is wanted for.
"""

DRIFT = 1e-4
"""Seconds that two clocks may part in a second: ten times what a computer's quartz does."""

RTT_KEPT = 0.999
"""With each answer the shortest round trip is forgotten a little, so that a longer way is learned too."""


class VendorClock:
    """Maps our monotonic seconds to the vendor's wall clock. `wall` is ours at `now`: all that is known at first."""

    __slots__ = ("_at", "hi", "lo", "rtt_min_s")

    def __init__(self, now: float, wall: float) -> None:
        self.lo = self.hi = wall - now
        """The vendor's wall clock is our monotonic one plus at least `lo` and at most `hi`."""
        self.rtt_min_s = 0.0
        self._at: float | None = None

    def __repr__(self) -> str:
        return f"VendorClock({self.lo:.3f} to {self.hi:.3f})"

    def observe(self, sent_at: float, received_at: float, date: float) -> None:
        """Learn from an answer. `date` is its Date in seconds since 1970, the others our monotonic seconds."""
        rtt_s = received_at - sent_at
        lo, hi = date - received_at, date + 1.0 - sent_at
        if self._at is None:
            self.lo, self.hi, self.rtt_min_s = lo, hi, rtt_s
        else:
            parted_s = DRIFT * (received_at - self._at)
            self.lo, self.hi = max(self.lo - parted_s, lo), min(self.hi + parted_s, hi)
            if self.lo > self.hi:
                self.lo, self.hi = lo, hi
            kept_s = self.rtt_min_s / RTT_KEPT
            self.rtt_min_s = rtt_s if rtt_s < kept_s else kept_s  # noqa: FURB136 - half the cost of min()
        self._at = received_at

    @property
    def synchronised(self) -> bool:
        """True where the vendor has sent a date."""
        return self._at is not None

    def early(self, now: float) -> float:
        """The vendor's wall clock is at least this."""
        return now + self.lo

    def late(self, now: float) -> float:
        """And at most this."""
        return now + self.hi
