"""The circuit breaker of one operation group: stop calling a vendor that fails, and come back carefully.

The states are those of Nygard's "Release It!". How they change is `TRANSITIONS`: the code obeys it and `diagram()`
draws it. What this breaker adds to the textbook:
- it counts a sliding window, of time or of calls, and needs a number of calls, so that a quiet hour does not end in
  one unlucky answer;
- half-open lends a bounded number of permits and reclaims one that is never released, so that it cannot get stuck;
- open times double up to a cap and are jittered downwards, so that replicas do not probe together, nor too late;
- they double only while no probe comes back well: where one of two fails, the vendor is up and stumbles, not away;
- after closing it admits a growing share, so that a vendor that has just got up is not run over;
- a vendor that says for how long it is away (a 503 with Retry-After) is believed at once, up to the cap.

What counts: FAILED, and any answer slower than `slow`, is bad. THROTTLED and CONTENTION belong to the limiter,
CREDENTIAL to the credential, REJECTED to the app: they prove that the vendor answers. CANCELLED and REFUSED prove
nothing and only give the permit back. The breaker refuses to know statuses, operations and what an app is told. All
times are monotonic seconds.
"""

import random
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tidegate.policy.breaker import Breaker as Settings
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.resilience.backoff import upwards
from tidegate.proxy.policies.resilience.breaker_states import (
    TARGETS,
    TRANSITIONS,
    BreakerEvent,
    BreakerState,
    BreakerTransition,
    BreakerTrigger,
    diagram,
)
from tidegate.proxy.policies.resilience.failure_window import CountedFailureWindow, FailureWindow

__all__ = [
    "TRANSITIONS",
    "BreakerEvent",
    "BreakerPermit",
    "BreakerSnapshot",
    "BreakerState",
    "BreakerTransition",
    "BreakerTrigger",
    "CallNotPermitted",
    "CircuitBreaker",
    "diagram",
]

PERMIT_AGE_MAX_S = 120.0
"""A probe's permit that has been out for so long was lost; another may take its place."""

OPEN_JITTER = 0.2
"""An open time is shortened by up to this share, never lengthened: the cap is a promise."""

RAMP_SHARE_FIRST = 0.1
"""The share of calls that is admitted just after closing."""

RAMP_GAP = 0.05
"""After this part of the ramp without an admission one is due: at low traffic the ramp holds nothing back."""


class BreakerPermit:
    """Leave to make one attempt; must be released. While closed all calls share one, because nothing is counted out."""

    __slots__ = ("probe", "taken_at")

    def __init__(self, taken_at: float, *, probe: bool) -> None:
        self.taken_at = taken_at
        self.probe = probe


class CallNotPermitted(NamedTuple):
    """No attempt now; asking again makes sense after `retry_after_s` seconds."""

    reason: Literal["open", "probing", "ramping up", "held open"]
    retry_after_s: float


@dataclass(frozen=True, slots=True)
class BreakerSnapshot:
    """A breaker as it is shown. `open_s` are the seconds left of the open time, `admits` is a share 0…1."""

    state: BreakerState
    calls: int
    bad: int
    probes_out: int
    open_s: float
    opened_in_row: int
    admits: float


_NONE: tuple[BreakerEvent, ...] = ()
_SLOTS = 15

# Members as globals: on Python 3.11 looking a member up in its enum costs more than all the rest of a release.
_CLOSED, _OPEN = BreakerState.CLOSED, BreakerState.OPEN
_FORCED_OPEN, _FORCED_CLOSED = BreakerState.FORCED_OPEN, BreakerState.FORCED_CLOSED
_FAILED, _CANCELLED, _REFUSED = Verdict.FAILED, Verdict.CANCELLED, Verdict.REFUSED


class CircuitBreaker:
    """See the module. One for each vendor and operation group."""

    __slots__ = (
        "_asked_s", "_bad_share", "_calls_min", "_closed_permit", "_credit", "_events", "_last_admitted", "_open_until",
        "_opened", "_outrun", "_permit_age_max_s", "_probes", "_probes_passed", "_ramp_from", "_ramping", "_rng",
        "_settings", "_slow_s", "_timed", "_window", "state",
    )  # fmt: skip

    def __init__(self, settings: Settings, rng: random.Random, permit_age_max_s: float = PERMIT_AGE_MAX_S) -> None:
        self.state = _CLOSED
        self._settings = settings
        self._rng = rng
        self._permit_age_max_s = permit_age_max_s
        self._bad_share = settings.failures
        self._calls_min = settings.calls
        self._slow_s = settings.slow
        self._timed = FailureWindow(settings.window, _SLOTS) if settings.last is None else None
        self._window: FailureWindow | CountedFailureWindow = self._timed or CountedFailureWindow(settings.last or 1)
        self._closed_permit = BreakerPermit(0.0, probe=False)
        self._probes: list[BreakerPermit] = []
        self._probes_passed = 0
        self._outrun: list[BreakerPermit] = []
        self._opened = 0
        self._open_until = 0.0
        self._asked_s = 0.0
        self._ramping = False
        self._ramp_from = 0.0
        self._credit = 0.0
        self._last_admitted = 0.0
        self._events: tuple[BreakerEvent, ...] = _NONE

    def __repr__(self) -> str:
        return f"Breaker({self.state}, {self._window.bad} bad of {self._window.calls}, {len(self._probes)} probes)"

    def acquire(self, now: float) -> BreakerPermit | CallNotPermitted:
        """Ask to make an attempt."""
        if self.state is _CLOSED:
            return self._ramp(now) if self._ramping else self._closed_permit
        if self.state is _OPEN:
            if now < self._open_until:
                return CallNotPermitted("open", self._open_until - now)
            self._move(BreakerTrigger.WAITED, now)
        elif self.state is _FORCED_CLOSED:
            return self._closed_permit
        elif self.state is _FORCED_OPEN:
            return CallNotPermitted("held open", self._settings.open_max)
        return self._probe(now)

    def force(self, to: Literal["open", "closed"] | None, now: float) -> tuple[BreakerEvent, ...]:
        """Keep it open or closed whatever happens, or with None let it judge again. Returns what changed."""
        forced = self.state is _FORCED_OPEN or self.state is _FORCED_CLOSED
        target = None if to is None else _FORCED_OPEN if to == "open" else _FORCED_CLOSED
        if target is None and forced:
            self._move(BreakerTrigger.LET_GO, now)
        elif target is not None and target is not self.state:
            self._move(BreakerTrigger.HELD_OPEN if target is _FORCED_OPEN else BreakerTrigger.HELD_CLOSED, now)
        events, self._events = self._events, _NONE
        return events

    def release(self, permit: BreakerPermit, verdict: Verdict, took_s: float, now: float) -> tuple[BreakerEvent, ...]:
        """Give a permit back with what the attempt came to and how long it took. Returns what changed since last time.

        A permit of an earlier state, a reclaimed one, or one given back before, changes nothing.
        """
        if permit is self._closed_permit and self.state is _CLOSED:
            if verdict is not _CANCELLED and verdict is not _REFUSED:
                window, bad = self._timed, verdict is _FAILED or took_s > self._slow_s
                if window is None:
                    self._window.add(now, bad=bad)
                else:  # by hand: see Window
                    if now >= window.ends:
                        window.roll(now)
                    window.calls += 1
                    if bad:
                        window.bad += 1
                if self._window.bad and self._too_many_bad():
                    self._move(BreakerTrigger.TRIPPED, now)
        elif permit.probe and permit in self._probes:
            self._probes.remove(permit)
            self._judge_probe(verdict, took_s, now)
        elif permit.probe and permit in self._outrun:
            self._outrun.remove(permit)
            self._judge_outrun(verdict, took_s, now)
        if self._events:
            events, self._events = self._events, _NONE
            return events
        return _NONE

    def away(self, permit: BreakerPermit, wait_s: float, now: float) -> tuple[BreakerEvent, ...]:
        """In the place of `release`: the vendor asked to be left alone for `wait_s` seconds. At most the cap is kept.

        The wait is stretched, never shortened, so that those who were told the same do not come back together.
        """
        self._asked_s = min(upwards(self._rng, wait_s), self._settings.open_max)
        if permit is self._closed_permit and self.state is _CLOSED:
            self._move(BreakerTrigger.TOLD, now)
        events = self.release(permit, _FAILED, 0.0, now)
        self._asked_s = 0.0
        return events

    def snapshot(self, now: float) -> BreakerSnapshot:
        """The state as it is at `now`. Forgets what has left the window, changes nothing else."""
        self._window.roll(now)
        waited = self.state is _OPEN and now >= self._open_until
        admits = 1.0 if self.state is _CLOSED else 0.0
        return BreakerSnapshot(
            state=BreakerState.HALF_OPEN if waited else self.state,
            calls=self._window.calls,
            bad=self._window.bad,
            probes_out=len(self._probes),
            open_s=max(self._open_until - now, 0.0) if self.state is _OPEN else 0.0,
            opened_in_row=self._opened,
            admits=min(self._share(now), 1.0) if self._ramping else admits,
        )

    def _too_many_bad(self) -> bool:
        window = self._window
        return window.calls >= self._calls_min and window.bad >= self._bad_share * window.calls

    def _probe(self, now: float) -> BreakerPermit | CallNotPermitted:
        probes = self._probes
        if probes and now - probes[0].taken_at >= self._permit_age_max_s:
            del probes[0]
        if len(probes) + self._probes_passed >= self._settings.probes:
            return CallNotPermitted("probing", min(self._settings.open, self._permit_age_max_s))
        permit = BreakerPermit(now, probe=True)
        probes.append(permit)
        return permit

    def _judge_probe(self, verdict: Verdict, took_s: float, now: float) -> None:
        if verdict is _CANCELLED or verdict is _REFUSED:
            return
        if verdict is _FAILED or took_s > self._slow_s:
            if self._probes_passed:
                self._opened = 0
            self._outrun = self._probes[:]
            self._move(BreakerTrigger.PROBE_FAILED, now)
            return
        self._probes_passed += 1
        if self._probes_passed >= self._settings.probes:
            self._move(BreakerTrigger.PROBED_WELL, now)

    def _judge_outrun(self, verdict: Verdict, took_s: float, now: float) -> None:
        """A probe whose twin failed before it came back well: the vendor does answer, so the next try comes soon."""
        good = (
            verdict is not _FAILED and verdict is not _CANCELLED and verdict is not _REFUSED and took_s <= self._slow_s
        )
        if good and self.state is _OPEN:
            self._opened = 1
            self._open_until = min(self._open_until, now + self._settings.open)

    def _share(self, now: float) -> float:
        ramp_s = self._settings.ramp
        if ramp_s <= 0.0:
            return 1.0
        return RAMP_SHARE_FIRST + (1.0 - RAMP_SHARE_FIRST) * (now - self._ramp_from) / ramp_s

    def _ramp(self, now: float) -> BreakerPermit | CallNotPermitted:
        """Admit the share that is due. A running sum and not a draw, so that no streak of luck lets a herd in."""
        share = self._share(now)
        if share >= 1.0:
            # Only now has the vendor held under full traffic: a later opening starts from the shortest time again.
            self._ramping = False
            self._opened = 0
            return self._closed_permit
        self._credit += share
        ramp_s = self._settings.ramp
        if self._credit < 1.0 and now - self._last_admitted < RAMP_GAP * ramp_s:
            return CallNotPermitted("ramping up", self._ramp_from + ramp_s - now)
        self._credit = max(self._credit - 1.0, 0.0)
        self._last_admitted = now
        return self._closed_permit

    def _move(self, trigger: BreakerTrigger, now: float) -> None:
        """Change the state by the table. KeyError would be a bug of ours: the table has no such row."""
        source, target = self.state, TARGETS[self.state, trigger]
        self.state = target
        self._events += (BreakerEvent(now, source, trigger, target),)
        self._probes.clear()
        self._probes_passed = 0
        self._ramping = False
        if target is _OPEN:
            self._open_until = now + self._open_s()
            self._opened += 1
        elif target is _CLOSED:
            self._closed_permit = BreakerPermit(now, probe=False)
            self._window.clear()
            self._ramping = self._settings.ramp > 0.0 and source is not _FORCED_CLOSED  # which held nothing back
            self._ramp_from = self._last_admitted = now
            self._credit = 1.0

    def _open_s(self) -> float:
        settings = self._settings
        longest_s = min(settings.open * 2.0 ** min(self._opened, 60), settings.open_max)
        return max(longest_s * (1.0 - OPEN_JITTER * self._rng.random()), self._asked_s)
