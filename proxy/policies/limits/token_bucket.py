"""Token buckets that keep us within a vendor's limits.

A bucket is GCRA (ITU-T I.371, the "virtual scheduling" form): it stores the moment `tat` at which it will be full
again; each take moves it by the emission interval. What GCRA does not know is that requests which leave one after the
other may reach the vendor together. A request is therefore counted as arriving at the worst moment: together with the
one that is asked for now while it may still be on its way (`spread_s`, or until it is answered), and as late as it can
after that. So after a quiet time the whole burst leaves at once, under load the full rate is kept, and no way the wire
may bunch them overruns the vendor.

A bucket starts EMPTY: after a crash nobody knows what the last process took. It refuses to know who waits (that is
tidegate.proxy.policies.limits.wait_queue) and how a vendor phrases its limits
(tidegate.proxy.policies.dialects.dialect_reader).
"""

from collections import deque

from tidegate.proxy.policies.limits.gauge import EPSILON_S, Flowing

SLOTS = 64
"""Requests that left within this part of the spread are taken together: under load that saves most of the work."""


class TokenBucket(Flowing):
    """One limit. `rate_per_s` tokens flow in each second, `burst` is the depth, `spread_s` see the module."""

    __slots__ = (
        "_depth_s", "_due", "_held_s", "_interval_s", "_late", "_late_s", "_slack_at", "_slot_ends", "_slot_last",
        "_slot_s", "_spread_s", "_tat", "burst", "rate_per_s",
    )  # fmt: skip

    def __init__(self, rate_per_s: float, burst: int, now: float, spread_s: float = 0.0) -> None:
        self.rate_per_s = rate_per_s
        self.burst = burst
        self._interval_s = 1.0 / rate_per_s
        self._depth_s = burst * self._interval_s
        self._spread_s = spread_s
        self._tat = now + self._depth_s
        self._late: deque[tuple[float, float]] = deque()
        """Requests that may still be on their way, a slot each: when they left, and their share of the depth (s)."""
        self._slot_s = 0.0
        """The share of the slot that is open."""
        self._slot_last = self._slot_ends = now
        self._late_s = 0.0
        """The sum of all those, and of what is held."""
        self._held_s = 0.0
        self._due = now
        """The monotonic second at which there is something to settle."""
        self._slack_at = now

    def __repr__(self) -> str:
        return f"Bucket({self.rate_per_s:g}/s, burst {self.burst})"

    def take(self, now: float, amount: float = 1.0) -> float:
        """Take `amount`: 0.0, or, with nothing taken, the seconds until it is there."""
        if now >= self._due:
            self._settle(now)
        tat, charged_s = self._tat, self._interval_s * amount
        late_s = self._late_s + charged_s
        if (tat - now if tat > now else 0.0) + late_s > self._depth_s + EPSILON_S:
            wait_s = self.ready_in(now, amount)
            if wait_s:
                return wait_s
        if self._spread_s:
            self._late_s = late_s
            self._slot_s += charged_s
            self._slot_last = now
        else:
            self._arrive(now, charged_s)
        return 0.0

    def ready_in(self, now: float, amount: float = 1.0) -> float:
        """See Gauge.ready_in. More than the depth is never there: then the wait is for all of it."""
        if now >= self._due:
            self._settle(now)
        at, tat = now, self._tat
        waiting_s = tat - now if tat > now else 0.0
        if waiting_s + self._late_s + amount * self._interval_s <= self._depth_s + EPSILON_S:
            return 0.0
        over_s = min(amount * self._interval_s, self._depth_s) + self._late_s - self._depth_s
        for departed, charged_s in (*self._late, (self._slot_last, self._slot_s)):
            arrived = departed + self._spread_s
            if over_s <= EPSILON_S and max(at, tat + over_s) <= arrived:
                break
            at, tat, over_s = max(at, arrived), max(tat, arrived) + charged_s, over_s - charged_s
        wait_s = max(at, tat + over_s) - now
        if over_s > EPSILON_S:  # what is held back comes when it comes
            return max(wait_s, self._interval_s)
        return wait_s if wait_s > EPSILON_S else 0.0

    def charge(self, now: float, amount: float = 1.0) -> None:
        """See Gauge.charge."""
        if now >= self._due:
            self._settle(now)
        charged_s = self._interval_s * amount
        if self._spread_s:
            self._late_s += charged_s
            self._slot_s += charged_s
            self._slot_last = now
        else:
            self._arrive(now, charged_s)

    def give_back(self, now: float, taken_at: float | None = None, amount: float = 1.0) -> None:
        """Return the tokens of an attempt that was not sent. `taken_at` is the `now` of its take.

        Honoured only if the bucket has stayed short of them since the take; otherwise they have flowed in again
        meanwhile, and returning them would lend them twice.
        """
        taken_at, charged_s = now if taken_at is None else taken_at, self._interval_s * amount
        self._settle(now)
        if taken_at + self._spread_s > now:
            self._late_s -= self._withdraw(taken_at, charged_s)
        elif taken_at + self._spread_s >= self._slack_at:
            self._tat -= charged_s
            # The history without this take is no longer the one that later returns were measured against.
            self._slack_at = max(self._slack_at, now)

    def arrived(self, now: float, taken_at: float, amount: float = 1.0) -> None:
        """A request is answered: it has arrived, now at the latest.

        What this makes room for bears a timer that rings late: what is on its way is no longer counted for the whole
        spread. The share is taken of what left first, which errs to the safe side where answers overtake each other.
        """
        if taken_at + self._spread_s <= now:
            return  # it counts as arrived already
        self._settle(now)
        found_s = self._withdraw(float("-inf"), self._interval_s * amount)
        self._late_s -= found_s
        self._arrive(now, found_s)

    def hold(self, taken_at: float, amount: float = 1.0) -> None:
        """See Gauge.hold. Until it leaves it may arrive at any moment."""
        if self._spread_s:
            self._held_s += self._withdraw(taken_at, self._interval_s * amount)

    def leave(self, now: float, taken_at: float, amount: float = 1.0) -> None:
        """See Gauge.leave."""
        del taken_at
        charged_s = min(self._interval_s * amount, self._held_s)
        if charged_s:
            if now >= self._due:
                self._settle(now)
            self._held_s -= charged_s
            self._slot_s += charged_s
            self._slot_last = now

    def pause_until(self, moment: float) -> None:
        """Lend nothing before `moment`, then at the rate and not in a burst: others were told the same moment."""
        self._tat = max(self._tat, moment + self._depth_s - self._interval_s)
        # What was taken before cannot be returned any more: that would shorten the pause.
        self._slack_at = max(self._slack_at, moment + self._spread_s)

    def lift(self, now: float) -> None:
        """See Gauge.lift. An empty bucket stands for all that was taken before and during the pause."""
        self._tat = min(self._tat, now + self._depth_s)
        self._slack_at = max(self._slack_at, now)

    def used(self, now: float) -> float:
        """See Gauge.used."""
        if now >= self._due:
            self._settle(now)
        share = (max(self._tat - now, 0.0) + self._late_s) / self._depth_s
        return min(max(share, 0.0), 1.0)  # adding and taking away may leave a fraction below nothing

    def set_rate(self, rate_per_s: float, now: float) -> None:
        """Go on at another rate. What is taken stays taken; the depth stays the same number of tokens."""
        self._settle(now)
        stretch = self.rate_per_s / rate_per_s
        self._tat = now + max(self._tat - now, 0.0) * stretch
        self._late = deque((departed, share_s * stretch) for departed, share_s in self._late)
        self._late_s *= stretch
        self._slot_s *= stretch
        self._held_s *= stretch
        self.rate_per_s, self._interval_s = rate_per_s, 1.0 / rate_per_s
        self._depth_s = self.burst * self._interval_s

    def _settle(self, now: float) -> None:
        """Close the slot that has ended, and count those as arrived that must have by now, as late as they can have."""
        late, spread_s = self._late, self._spread_s
        if now >= self._slot_ends:
            if self._slot_s:
                late.append((self._slot_last, self._slot_s))
                self._slot_s = 0.0
            self._slot_ends = now + spread_s / SLOTS
        while late and late[0][0] + spread_s <= now:
            departed, charged_s = late.popleft()
            self._late_s -= charged_s
            self._arrive(departed + spread_s, charged_s)
        if late:
            self._due = min(self._slot_ends, late[0][0] + spread_s)
        elif spread_s:
            self._due = self._slot_ends
            self._late_s = self._slot_s + self._held_s  # no fraction is left over from adding and taking away
        else:
            self._due = float("inf")

    def _withdraw(self, taken_at: float, charged_s: float) -> float:
        """Take a share back out of the slots since `taken_at`, the earliest first. Returns how much was there."""
        missing_s = charged_s
        for place, (last, share_s) in enumerate(self._late):
            if taken_at <= last and missing_s > 0.0:
                found_s = min(share_s, missing_s)
                self._late[place] = (last, share_s - found_s)
                missing_s -= found_s
        found_s = min(self._slot_s, missing_s)
        self._slot_s -= found_s
        return charged_s - missing_s + found_s

    def _arrive(self, at: float, charged_s: float) -> None:
        tat = self._tat
        if tat - at < charged_s:
            self._slack_at = max(self._slack_at, at)
        self._tat = (tat if tat > at else at) + charged_s  # noqa: FURB136 - half the cost of max()
