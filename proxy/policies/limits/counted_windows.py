"""Limits that a vendor counts in windows: fixed ones that begin anew, and sliding ones that look back.

A request is on its way for a while, and the vendor's clock is known between two bounds only. Near a window's edge
nobody here can tell in which window it will be counted: then it is counted in both. Under load a window is used up
before its edge comes near, so this costs nothing when it matters; and what no count allows for never happens.

A short window starts used up: after a crash nobody knows what the last process took. In a long one calls leave evenly
until the first edge. It refuses to know where a clock's bounds come from
(tidegate.proxy.policies.dialects.vendor_clock).
"""

import math
from collections import deque

from tidegate.proxy.policies.dialects.vendor_clock import VendorClock
from tidegate.proxy.policies.limits.gauge import EPSILON_S, Flowing
from tidegate.proxy.policies.limits.periods import Periods
from tidegate.proxy.policies.limits.token_bucket import TokenBucket

EMPTY_MAX_S = 10.0
"""A window up to this long starts used up."""

PACED_MAX_S = 60.0
"""Windows up to this long are not emptied at once when they begin, but over the time in which they can be used."""

PACE = 1.5
"""So much faster than that time needs."""

VAGUE = 0.25
"""A clock that is known to no more than this part of a window is found out first, by using one window evenly."""

PACED_BURST = 0.1
"""And this share of a window at once."""

CAREFUL_BURST = 0.05
"""In a long window that began before us this share of it may be taken at once, and the rest evenly."""

SLOTS = 100
"""A sliding window forgets in steps of this part of its length."""


class FixedWindow:
    """`count` units in each of `periods` of the vendor's clock. `began` is our monotonic second of its making."""

    __slots__ = (
        "_careful", "_clock", "_counts", "_current", "_pace", "_paused", "_period_s", "_periods", "_rate_per_s",
        "_spread_s", "count",
    )  # fmt: skip

    def __init__(
        self, count: float, periods: Periods, clock: VendorClock, now: float, spread_s: float, *, fresh: bool = False
    ) -> None:
        early = periods.number(clock.early(now))
        self.count = count
        self._periods, self._clock, self._spread_s = periods, clock, spread_s
        self._period_s = periods.begins(early + 1) - periods.begins(early)
        self._rate_per_s = count / self._period_s
        self._counts: dict[int, float] = {}
        self._current = early
        self._paused = 0.0
        self._pace: TokenBucket | None = None
        self._careful: tuple[int, TokenBucket] | None = None
        if self._period_s <= PACED_MAX_S:
            burst = max(int(count * PACED_BURST), 1)
            self._pace = TokenBucket(self._rate_per_s, burst, now - burst / self._rate_per_s)
        if fresh:
            return
        if self._period_s <= EMPTY_MAX_S:
            self._counts = dict.fromkeys(self._numbers(now), count)
        else:
            burst = max(int(count * CAREFUL_BURST), 1)
            self._careful = early, TokenBucket(self._rate_per_s, burst, now - burst / self._rate_per_s)

    @property
    def rate_per_s(self) -> float:
        """See Gauge.rate_per_s. While the vendor's clock is vague, half of a window is lost to caution."""
        return self._rate_per_s * 0.5 if self._vague else self._rate_per_s

    @property
    def _vague(self) -> bool:
        clock = self._clock
        return self._pace is not None and (not clock.synchronised or clock.hi - clock.lo > VAGUE * self._period_s)

    def __repr__(self) -> str:
        return f"FixedWindow({self.count:g} in {self._period_s:g} s)"

    def ready_in(self, now: float, amount: float = 1.0) -> float:
        """See Gauge.ready_in. More than a whole window holds is never there: then the wait is for a whole one."""
        wait_s = max(self._paused - now, 0.0)
        room, at = self.count - min(amount, self.count) + EPSILON_S, now + wait_s
        full = [number for number in self._numbers(at) if self._counts.get(number, 0.0) > room]
        if full:
            wait_s = self._periods.begins(full[-1] + 1) - self._clock.lo - now
        if self._pace is not None:
            wait_s = max(wait_s, self._pace.ready_in(now, min(amount, self._pace.burst)))
        if self._careful is not None:
            wait_s = max(wait_s, self._carefully(now, amount))
        return wait_s if wait_s > EPSILON_S else 0.0

    def expected_s(self, now: float, amount: float, ahead: float) -> float:
        """See Gauge.expected_s. Nothing comes between the use of one window and the beginning of the next."""
        number, taken = self.taken(now)
        holds = self.count * (0.5 if self._vague else 1.0)
        paced = self._pace.rate_per_s if self._pace is not None else float("inf")
        beyond = ahead + amount - max(holds - taken, 0.0)
        if beyond <= 0.0:
            return max(self.ready_in(now, amount), ahead / paced)
        later = math.ceil(beyond / holds)
        begins_s = self._periods.begins(number + later) - self._clock.lo - now
        return max(begins_s, self.ready_in(now, amount)) + (beyond - (later - 1) * holds) / paced

    def charge(self, now: float, amount: float = 1.0) -> None:
        """See Gauge.charge."""
        counts, numbers = self._counts, self._numbers(now)
        if numbers.start != self._current:
            self._begin(now, numbers.start)
        for number in numbers:
            counts[number] = counts.get(number, 0.0) + amount
        if self._pace is not None:
            self._pace.charge(now, min(amount, self._pace.burst))
        if self._careful is not None:
            self._careful[1].charge(now, amount)

    def give_back(self, now: float, taken_at: float | None = None, amount: float = 1.0) -> None:
        """See Gauge.give_back. What was taken in a window that is over is gone with it."""
        taken_at = now if taken_at is None else taken_at
        for number in self._numbers(taken_at):
            if number in self._counts:
                self._counts[number] = max(self._counts[number] - amount, 0.0)
        for bucket in (self._pace, self._careful[1] if self._careful else None):
            if bucket is not None:
                bucket.give_back(now, taken_at, min(amount, bucket.burst))

    def hold(self, taken_at: float, amount: float = 1.0) -> None:
        """See Gauge.hold. It stays counted where it is until it leaves."""

    def leave(self, now: float, taken_at: float, amount: float = 1.0) -> None:
        """See Gauge.leave. It may be counted in later windows too, then."""
        known = self._numbers(taken_at)
        for number in self._numbers(now):
            if number not in known:
                self._counts[number] = self._counts.get(number, 0.0) + amount

    def pause_until(self, moment: float) -> None:
        """See Gauge.pause_until."""
        self._paused = max(self._paused, moment)

    def lift(self, now: float) -> None:
        """See Gauge.lift."""
        self._paused = min(self._paused, now)

    def refused(self, now: float) -> None:
        """The vendor refused a request and did not say until when: a short window is over for us."""
        if self._period_s <= PACED_MAX_S:
            self._counts[self._periods.number(self._clock.early(now))] = self.count

    def used(self, now: float) -> float:
        """See Gauge.used."""
        taken = self._counts.get(self._periods.number(self._clock.early(now)), 0.0)
        return min(taken / self.count, 1.0) if now >= self._paused else 1.0

    def taken(self, now: float) -> tuple[int, float]:
        """The number of the period that it is now, and what was taken in it."""
        number = self._periods.number(self._clock.early(now))
        return number, self._counts.get(number, 0.0)

    def restore(self, number: int, taken: float) -> None:
        """Go on from what was written down before a restart. Then nothing needs care any more."""
        self._counts[number] = max(self._counts.get(number, 0.0), taken)
        self._careful = None

    def _numbers(self, now: float) -> range:
        """The windows in which a request that leaves now may be counted."""
        periods, clock = self._periods, self._clock
        late = clock.late(now) + clock.rtt_min_s + self._spread_s
        return range(periods.number(clock.early(now)), periods.number(late) + 1)

    def _begin(self, now: float, number: int) -> None:
        """A new window: forget the old ones, and spread this one over the part of it that is surely its own."""
        self._current = number
        for old in [known for known in self._counts if known < number]:
            del self._counts[old]
        if self._pace is not None:
            unsure_s = self._clock.hi - self._clock.lo + self._clock.rtt_min_s + self._spread_s
            usable_s = max(self._period_s - unsure_s, self._period_s / 4)
            # Answers from all over the window tell where the vendor's clock is; those from its beginning do not.
            self._pace.set_rate(self._rate_per_s if self._vague else PACE * self.count / usable_s, now)

    def _carefully(self, now: float, amount: float) -> float:
        assert self._careful is not None
        number, bucket = self._careful
        if self._periods.number(self._clock.early(now)) > number:
            self._careful = None
            return 0.0
        return bucket.ready_in(now, amount)


class SlidingWindow(Flowing):
    """`count` units in any stretch of `period_s`; requests may bunch, so it looks `spread_s` further back."""

    __slots__ = ("_after", "_length_s", "_log", "_paused", "_slot_s", "_taken", "count", "rate_per_s")

    def __init__(self, count: float, period_s: float, now: float, spread_s: float) -> None:
        self.count = count
        self.rate_per_s = count / (period_s + spread_s)
        self._length_s = period_s + spread_s
        self._slot_s = period_s / SLOTS
        self._log: deque[tuple[float, float, float]] = deque()
        """A slot each: when it began, when it was last added to, and how much it holds."""
        self._taken = 0.0
        self._paused = 0.0
        self._after: TokenBucket | None = None
        """The bucket that spreads the first period after a pause."""
        if period_s <= EMPTY_MAX_S:
            self.charge(now, count)
        else:
            self._fill_evenly(now)

    def __repr__(self) -> str:
        return f"SlidingWindow({self.count:g} in {self._length_s:g} s)"

    def ready_in(self, now: float, amount: float = 1.0) -> float:
        """See Gauge.ready_in."""
        self._forget(now)
        wait_s = max(self._paused - now, 0.0)
        over = self._taken + min(amount, self.count) - self.count
        for _, last, units in self._log:
            if over <= EPSILON_S:
                break
            over -= units
            wait_s = max(wait_s, last + self._length_s - now)
        if self._after is not None:
            if now >= self._paused + self._length_s:
                self._after = None
            else:
                wait_s = max(wait_s, self._after.ready_in(now, min(amount, self._after.burst)))
        return wait_s if wait_s > EPSILON_S else 0.0

    def charge(self, now: float, amount: float = 1.0) -> None:
        """See Gauge.charge."""
        self._taken += amount
        if self._after is not None:
            self._after.charge(now, amount)
        if self._log and now - self._log[-1][0] < self._slot_s:
            began, _, units = self._log[-1]
            self._log[-1] = (began, max(now, began), units + amount)
        else:
            self._log.append((now, now, amount))

    def give_back(self, now: float, taken_at: float | None = None, amount: float = 1.0) -> None:
        """See Gauge.give_back."""
        taken_at = now if taken_at is None else taken_at
        for place, (began, last, units) in enumerate(self._log):
            if began <= taken_at <= last:
                self._log[place] = (began, last, max(units - amount, 0.0))
                self._taken -= min(amount, units)
                break
        if self._after is not None:
            self._after.give_back(now, taken_at, amount)

    def hold(self, taken_at: float, amount: float = 1.0) -> None:
        """See Gauge.hold."""

    def leave(self, now: float, taken_at: float, amount: float = 1.0) -> None:
        """See Gauge.leave."""
        self.give_back(now, taken_at, amount)
        self.charge(now, amount)

    def pause_until(self, moment: float) -> None:
        """See Gauge.pause_until. After it calls leave at the rate: others were told the same moment."""
        if moment > self._paused:
            self._paused = moment
            burst = max(int(self.count * PACED_BURST), 1)
            self._after = TokenBucket(self.rate_per_s, burst, moment - 1.0 / self.rate_per_s)

    def lift(self, now: float) -> None:
        """See Gauge.lift. Calls leave at the rate from here on."""
        if self._paused > now:
            self._paused = 0.0
            self.pause_until(now)

    def used(self, now: float) -> float:
        """See Gauge.used."""
        self._forget(now)
        return min(self._taken / self.count, 1.0) if now >= self._paused else 1.0

    def _forget(self, now: float) -> None:
        log = self._log
        while log and log[0][1] + self._length_s <= now + EPSILON_S:
            self._taken -= log.popleft()[2]
        if not log:
            self._taken = 0.0

    def _fill_evenly(self, now: float) -> None:
        """As if the last process had used all but a little, evenly: room comes back as evenly."""
        units = self.count * (1.0 - CAREFUL_BURST) / SLOTS
        for slot in range(SLOTS, 0, -1):
            at = now - self._length_s * slot / SLOTS + self._slot_s
            self._log.append((at, at, units))
        self._taken = units * SLOTS
