"""The count that a vendor's answers report, beside our own: it can hold calls back, and never lets more through.

An answer speaks of the moment in which the vendor counted its request. So each answer is matched with how much had
been taken when its request left; what was taken since is subtracted, and an answer to an older request than the last
one says nothing new. It refuses to know how an answer is read (tidegate.proxy.policies.dialects.dialect_reader).
"""

from collections.abc import Iterable, Mapping

from tidegate.proxy.policies.dialects.dialect_reader import LimitReport
from tidegate.proxy.policies.limits.gauge import EPSILON_S, Undated
from tidegate.proxy.policies.limits.token_bucket import TokenBucket
from tidegate.vendor.dialect_facts import Unit

FORGET_S = 60.0
"""A count of which nobody knows when it begins anew is believed for so long."""

PACE, PACED_BURST = 1.5, 0.1
"""A new window is lent so much faster than it would need to last, and so much of it at once: whoever waited for it
elsewhere comes at the same moment."""

FIRST_SHARE = 0.05
"""Before the vendor has said anything, this share of a documented window may be taken."""

Key = tuple[Unit, str, str]
"""Unit, name and bucket of one of the vendor's counts."""


class LearnedLimit(Undated):
    """One of the vendor's counts. `cap` and `window_s` are what is documented; infinite and none where nothing is.

    `forget_s` is how long a count is believed of which the vendor does not say when it begins anew.
    """

    __slots__ = (
        "_at",
        "_forget_s",
        "_length_s",
        "_level",
        "_pace",
        "_paused",
        "_reported_mark",
        "_restore",
        "_unlent",
        "_until",
        "_window_s",
        "cap",
        "most",
        "rate_per_s",
        "sent",
    )

    def __init__(self, cap: float = float("inf"), window_s: float | None = None, forget_s: float = FORGET_S) -> None:
        self._forget_s = forget_s
        self.cap = cap
        self.most = cap
        """No telling makes it larger than this."""
        self.rate_per_s = cap / window_s if window_s else float("inf")
        self.sent = 0.0
        """All that was ever taken: the mark of a request is this just after its take."""
        self._window_s = window_s
        self._level = max(cap * FIRST_SHARE, 1.0) if window_s else cap
        self._unlent = cap - self._level if window_s else 0.0
        """What is kept back before the vendor has said anything: nobody has taken it, as far as is known."""
        self._at = 0.0
        self._restore = 0.0
        self._reported_mark = -1.0
        self._until = float("inf")
        self._length_s = window_s or 0.0
        self._pace: tuple[float, TokenBucket] | None = None
        """For a window that has just begun: until when, and what spreads it."""
        self._paused = 0.0

    def __repr__(self) -> str:
        return f"Learned({self._level:g} of {self.cap:g})"

    def ready_in(self, now: float, amount: float = 1.0) -> float:
        """See Gauge.ready_in."""
        self._roll(now)
        return max(self._paused - now, self._there_in(now, amount), 0.0)

    def _there_in(self, now: float, amount: float) -> float:
        short = min(amount, self.cap) - self._level
        if short <= EPSILON_S:
            return self._pace[1].ready_in(now, min(amount, self._pace[1].burst)) if self._pace else 0.0
        wait_s = self._until - now
        return min(wait_s, short / self._restore) if self._restore else max(wait_s, 2 * EPSILON_S)

    def charge(self, now: float, amount: float = 1.0) -> None:
        """See Gauge.charge."""
        self._roll(now)
        self.sent += amount
        self._level -= amount
        if self._pace is not None:
            self._pace[1].charge(now, amount)
        if self._until == float("inf") and self.cap != float("inf"):
            # The window has begun again, and nobody has said until when: without an end nothing would ever be lent.
            self._until = now + (self._window_s or self._length_s or self._forget_s)

    def give_back(self, now: float, taken_at: float | None = None, amount: float = 1.0) -> None:
        """See Gauge.give_back."""
        self._level = min(self._level + amount, self.cap)
        if self._pace is not None:
            self._pace[1].give_back(now, taken_at, amount)

    def pause_until(self, moment: float) -> None:
        """See Gauge.pause_until. Where the vendor's count is the only one, nothing else keeps the pause."""
        self._paused = max(self._paused, moment)

    def lift(self, now: float) -> None:
        """See Gauge.lift. Where nothing was left, the count begins anew, and calls leave at its rate."""
        self._paused = min(self._paused, now)
        self._roll(now)
        if self._level < 1.0:
            self._until = now

    def used(self, now: float) -> float:
        """See Gauge.used."""
        self._roll(now)
        unlent = self._unlent if self._level > 0 else 0.0
        return min(max(1.0 - (self._level + unlent) / self.cap, 0.0), 1.0) if self.cap != float("inf") else 0.0

    def rest(self, now: float) -> tuple[float, float]:
        """The amount that is left, and the seconds until there is more."""
        self._roll(now)
        return max(self._level, 0.0), max(self._until - now, 0.0)

    def observe(self, now: float, mark: float, report: LimitReport) -> None:
        """Learn from the answer to the request whose take left `sent` at `mark`."""
        if report.limit is not None:
            self.cap = min(report.limit, self.most)
        if report.remaining is None or mark < self._reported_mark:
            return
        self._reported_mark, self._at, self._unlent = mark, now, 0.0
        self._level = min(report.remaining, self.cap) - (self.sent - mark)
        self._restore = report.restore or 0.0
        ends_s = report.reset_s if report.next_s is None or report.remaining >= 1.0 else report.next_s
        if ends_s is None:
            ends_s = report.window_s or self._window_s or self._forget_s
        elif report.window_s or self._window_s is None:
            self._length_s = max(report.window_s or 0.0, self._length_s, ends_s)
        self._until = now + ends_s

    def _roll(self, now: float) -> None:
        """Let flow in what has flowed in since, and begin anew where the vendor has."""
        if self._restore:
            self._level = min(self._level + (now - self._at) * self._restore, self.cap)
            self._at = now
        if self._pace is not None and now >= self._pace[0]:
            self._pace = None
        if now >= self._until - EPSILON_S:
            if self._length_s and self.cap != float("inf"):
                rate_per_s, burst = PACE * self.cap / self._length_s, max(int(self.cap * PACED_BURST), 1)
                began = self._until - burst / rate_per_s
                self._pace = (self._until + self._length_s, TokenBucket(rate_per_s, burst, began))
            self._until = float("inf")
            self._level = self.cap
            self._restore = self._unlent = 0.0


class LearnedLimits(Undated):
    """The counts of one unit that the answers to one operation have spoken of. `shelf` holds all of the vendor's.

    `refills_s` are the documented buckets by name, each with the seconds in which it fills.
    """

    __slots__ = ("_known", "_paused", "_refills_s", "_shelf", "rate_per_s", "unit")

    def __init__(
        self, unit: Unit, shelf: dict[Key, LearnedLimit], refills_s: Mapping[str, float] | None = None
    ) -> None:
        self.unit = unit
        self._refills_s = refills_s or {}
        self.rate_per_s = float("inf")
        self._shelf = shelf
        self._known: dict[tuple[str, str], LearnedLimit] = {}
        self._paused = 0.0

    def __repr__(self) -> str:
        return f"LearnedLimits({self.unit}, {list(self._known.values())})"

    def ready_in(self, now: float, amount: float = 1.0) -> float:
        """See Gauge.ready_in."""
        there_in = max((limit.ready_in(now, amount) for limit in self._known.values()), default=0.0)
        return max(self._paused - now, there_in)

    def charge(self, now: float, amount: float = 1.0) -> None:
        """See Gauge.charge."""
        for limit in self._known.values():
            limit.charge(now, amount)

    def give_back(self, now: float, taken_at: float | None = None, amount: float = 1.0) -> None:
        """See Gauge.give_back."""
        for limit in self._known.values():
            limit.give_back(now, taken_at, amount)

    def pause_until(self, moment: float) -> None:
        """See Gauge.pause_until. It is this operation's alone."""
        self._paused = max(self._paused, moment)

    def lift(self, now: float) -> None:
        """See Gauge.lift."""
        self._paused = min(self._paused, now)
        for limit in self._known.values():
            limit.lift(now)

    def used(self, now: float) -> float:
        """See Gauge.used."""
        return max((limit.used(now) for limit in self._known.values()), default=0.0)

    def marks(self) -> dict[tuple[str, str], float]:
        """The amount taken of each so far, for `observe`."""
        return {key: limit.sent for key, limit in self._known.items()}

    def observe(self, now: float, marks: Mapping[tuple[str, str], float], reports: Iterable[LimitReport]) -> None:
        """Learn from an answer; what it speaks of for the first time holds this operation back from now on."""
        for report in reports:
            if report.unit != self.unit or (report.remaining is None and report.limit is None):
                continue
            key = (report.of, report.bucket)
            limit = self._known.get(key)
            if limit is None:
                limit = self._shelf.setdefault((report.unit, *key), LearnedLimit(forget_s=self._forget_s(report.of)))
                self._known[key] = limit
            limit.observe(now, marks.get(key, limit.sent), report)

    def _forget_s(self, name: str) -> float:
        """A bucket is full again after the time in which it fills, whatever was said of it before."""
        refills_s = self._refills_s
        unnamed_s = max(refills_s.values(), default=FORGET_S) if not name else FORGET_S
        return min(refills_s.get(name, unnamed_s), FORGET_S)
