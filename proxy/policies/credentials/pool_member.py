"""The life of one credential of a pool: in force, set aside, tried again.

    in force ── rejected, exhausted ──> aside ── its time is over: one call wears it ──> on trial
       ^                                  ^                                                 │
       ├── answered ──────────────────────┼─────────────────────────────────────────────────┤
       └── renewed (from anywhere)        └── refused again: twice as long ─────────────────┘

One for which no token can be had is set aside too (`unavailable`): nothing was sent under it.

One that is set aside comes back by a trial: one call wears it, and only one, so that a key that is still revoked costs
one refusal and no crowd of them. A refusal proves that nothing was done, so the call that tried goes on under another.
What is said of an earlier value (`version`), or by a call that left before it was set aside, counts for nothing.

It refuses to know the other members, the value of the credential, and who is told.
"""

from dataclasses import dataclass
from typing import Literal

EPSILON_S = 1e-9
"""Waits shorter than this are none: a timer of less than the clock's resolution would be set again without end."""
COOL_DOWN_FIRST_S = 1.0
"""How long a member is set aside at first. A vendor that refuses every key for a moment must not cost us minutes."""
COOL_DOWN_MAX_S = 300.0
"""It doubles with each trial that fails, up to this."""
EXHAUSTED_S = 60.0
"""How long one is set aside whose quota is used up, where the vendor does not say until when."""
TRIAL_MAX_S = 60.0
"""A trial of which nobody hears again (a broken call) is over after so long, and another may begin."""

Standing = Literal["in force", "rejected", "exhausted", "unavailable", "on trial"]
Aside = Literal["rejected", "exhausted", "unavailable"]


@dataclass(slots=True)
class PoolMember:
    """One credential of a pool. All times are monotonic seconds."""

    name: str
    version: int = 0
    """Which of its values is in force."""
    standing: Standing = "in force"
    until: float = 0.0
    """Not worn before this, where it is set aside or on trial."""
    cool_down_s: float = COOL_DOWN_FIRST_S
    without_token: bool = False
    """It was set aside for want of a token, and nobody knows better yet: it may be on trial."""
    trials: int = 0
    """The number of the trial that is under way, or was the last."""

    def wait_s(self, now: float) -> float:
        """Seconds until a call may wear it; 0.0 where one may now."""
        if self.standing == "in force" or self.until - now <= EPSILON_S:
            return 0.0
        return self.until - now

    def needs_trial(self, now: float) -> bool:
        """True where its time is over and nobody has tried it yet."""
        return self.standing != "in force" and self.wait_s(now) <= 0.0

    def worn(self, now: float) -> int:
        """A call wears it. Returns the number of the trial that it is, 0 where it is none."""
        if self.standing == "in force":
            return 0
        self.standing, self.until = "on trial", now + TRIAL_MAX_S
        self.trials += 1
        return self.trials

    def may_leave(self, trial: int) -> bool:
        """True where a call that wears it and has not left yet may still leave: nobody was refused meanwhile."""
        return self.standing == "in force" or (self.standing == "on trial" and trial == self.trials)

    def rejected(self, now: float, version: int, trial: int = 0) -> bool:
        """The vendor does not know it (401). True where that set it aside."""
        return self._set_aside("rejected", now, version, trial, self.cool_down_s)

    def exhausted(self, now: float, version: int, trial: int = 0, reset_s: float | None = None) -> bool:
        """Its quota is used up, for `reset_s` seconds where the vendor says so. True where that set it aside."""
        aside_s = max(EXHAUSTED_S, self.cool_down_s) if reset_s is None else reset_s
        return self._set_aside("exhausted", now, version, trial, aside_s)

    def unavailable(self, now: float, version: int, trial: int, again_s: float) -> bool:
        """No token can be had for it, for `again_s` seconds at least. True where that set it aside."""
        return self._set_aside("unavailable", now, version, trial, again_s)

    def answered(self, trial: int) -> bool:
        """The vendor has let it in. True where that ended its trial, and brought it back."""
        if self.standing != "on trial" or trial != self.trials:
            return False
        self._return()
        return True

    def given_up(self, now: float, trial: int) -> None:
        """A trial ended without the vendor's word: another may begin."""
        if self.standing == "on trial" and trial == self.trials:
            self.until = now

    def renewed(self, version: int) -> bool:
        """Another value is in force. True where that brought it back."""
        was_aside, self.version = self.standing != "in force", version
        self._return()
        return was_aside

    def _set_aside(self, why: Aside, now: float, version: int, trial: int, s: float) -> bool:
        tried = self.standing == "on trial" and trial == self.trials
        if version != self.version or not (tried or self.standing == "in force"):
            return False
        self.standing, self.until, self.without_token = why, now + s, why == "unavailable"
        self.cool_down_s = min(self.cool_down_s * 2.0, COOL_DOWN_MAX_S)
        return True

    def _return(self) -> None:
        self.standing, self.until, self.without_token = "in force", 0.0, False
        self.cool_down_s = COOL_DOWN_FIRST_S
