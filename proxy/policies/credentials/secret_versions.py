"""The life of one secret's versions: which is in force, which are still good, and what a refusal by the vendor changes.

    pending ──put in force──▶ current ──superseded──▶ previous(until) ──deadline, or refused──▶ retired
       └────withdrawn────────────────────────────────────────────────────────────────────────────▲

1. What a source says first is put in force at once. What it says later is `pending` until whoever wears it has taken
   it; a bad one is withdrawn, and nothing changes.
2. The deadline of an overlap is fixed when a version is superseded. Nothing extends it, use least of all; a person may
   end it.
3. Outbound calls wear the version in force: the current one. Where the vendor refuses that (401) and a previous one is
   still good, the previous one is in force again: once for each version, and with an alarm.
4. Where the vendor refuses the previous one too, it is retired, and the current one is in force to the end. So a
   refusal changes what is in force at most twice for each version: two bad secrets do not take turns.
5. A refusal of a version that is in force no more changes nothing: the call is sent again with the one that is.
6. Inbound signatures and tokens are good under every version that is not retired.
7. At most VERSIONS_MAX are not retired; the oldest previous one goes first.

It reads no clock and no secret: `now` is an argument (monotonic seconds), and a value is compared, never looked at.
"""

from dataclasses import dataclass, field
from typing import Literal

from tidegate.redaction.secret import Secret

State = Literal["pending", "current", "previous", "retired"]

VERSIONS_MAX = 10
"""Versions of one secret that may be good at once (Svix keeps as many)."""


@dataclass(slots=True)
class SecretVersion:
    """One value of a secret. `number` counts from 1; `mark` is the source's own word for it."""

    number: int
    secret: Secret
    state: State
    since: float
    """Monotonic second at which it came into its state."""
    mark: str = ""
    created_wall: float | None = None
    """Seconds since 1970 at which the source got it; None where it does not say."""
    expires_wall: float | None = None
    until: float | None = None
    """End of the overlap, of a previous one."""
    refused: bool = False
    """Whether the vendor has refused it while it was in force."""

    @property
    def good(self) -> bool:
        """Whether it is not retired."""
        return self.state != "retired"


@dataclass(frozen=True, slots=True)
class VersionRefusal:
    """What follows from a vendor's refusal of a version: whether to send the call again, and what has changed."""

    again: bool
    """Whether another version is in force, with which the call may be sent once more."""
    fell_back: bool = False
    """Whether the previous version has come into force again: an alarm."""
    returned: bool = False
    """Whether the previous one was refused as well, so that the current one is in force again."""


@dataclass(slots=True)
class SecretVersions:
    """The versions of one secret, oldest first. `overlap_s` is how long a superseded one stays good."""

    overlap_s: float
    kept: list[SecretVersion] = field(default_factory=list)
    """Those that are not retired, and the last few that are."""
    count: int = 0
    fallback: int | None = None
    """The number of the previous version that is in force instead of the current one."""

    @property
    def pending(self) -> SecretVersion | None:
        """The one that is not yet in force."""
        return next((one for one in reversed(self.kept) if one.state == "pending"), None)

    @property
    def current(self) -> SecretVersion | None:
        """The newest that was put in force; None before the first."""
        return next((one for one in reversed(self.kept) if one.state == "current"), None)

    @property
    def in_force(self) -> SecretVersion | None:
        """The one that outbound calls wear (rules 3 and 4)."""
        instead = (one for one in self.kept if one.number == self.fallback and one.state == "previous")
        return next(instead, self.current)

    @property
    def good(self) -> tuple[SecretVersion, ...]:
        """Every version that is not retired, newest first (rule 6)."""
        return tuple(one for one in reversed(self.kept) if one.good)

    def offer(
        self, secret: Secret, now: float, mark: str = "", *, created: float | None = None, expires: float | None = None
    ) -> SecretVersion | None:
        """What the source says now. Returns the version that is pending because of it, None where nothing is new."""
        newest = self.pending or self.current
        if newest is not None and newest.secret == secret:
            newest.mark, newest.created_wall, newest.expires_wall = mark, created, expires
            return self.pending
        if self.pending is not None:
            self.withdraw(now)
            if self.current is not None and self.current.secret == secret:
                return None
        self.count += 1
        version = SecretVersion(self.count, secret, "pending", now, mark, created, expires)
        self.kept.append(version)
        return version

    def withdraw(self, now: float) -> None:
        """The pending one is not to come into force."""
        pending = self.pending
        if pending is not None:
            self._retire(pending, now)

    def put_in_force(self, now: float) -> SecretVersion:
        """The pending version becomes the current one, and the current one a previous one. Needs a pending one."""
        pending, current = self.pending, self.current
        assert pending is not None, "nothing is pending"
        if current is not None:
            current.state, current.since, current.until = "previous", now, now + self.overlap_s
        for former in self.kept:  # a value that is back is not also the former one
            if former.state == "previous" and former.secret == pending.secret:
                self._retire(former, now)
        pending.state, pending.since, self.fallback = "current", now, None
        while len(self.good) > VERSIONS_MAX:
            self._retire(next(one for one in self.kept if one.state == "previous"), now)
        self.expire(now)
        return pending

    def refuse(self, number: int, now: float) -> VersionRefusal:
        """The vendor has refused version `number` (401)."""
        self.expire(now)
        worn = self.in_force
        if worn is None or number != worn.number:
            return VersionRefusal(again=worn is not None)
        if worn.state == "previous":
            worn.refused = True
            self._retire(worn, now)
            return VersionRefusal(again=True, returned=True)
        if worn.refused:
            return VersionRefusal(again=False)
        worn.refused = True
        former = (one for one in reversed(self.kept) if one.state == "previous" and not one.refused)
        instead = next(former, None)
        self.fallback = instead.number if instead is not None else None
        return VersionRefusal(again=instead is not None, fell_back=instead is not None)

    def expire(self, now: float) -> tuple[SecretVersion, ...]:
        """Retire what has reached its deadline. Returns what was retired."""
        over = tuple(one for one in self.kept if one.state == "previous" and one.until is not None and one.until <= now)
        for one in over:
            self._retire(one, now)
        return over

    def end_overlap(self, now: float) -> tuple[SecretVersion, ...]:
        """Retire every version but the one in force: somebody else may have them. Returns what was retired."""
        worn = self.in_force
        over = tuple(one for one in self.kept if one.state == "previous" and one is not worn)
        for one in over:
            self._retire(one, now)
        return over

    def _retire(self, version: SecretVersion, now: float) -> None:
        version.state, version.since, version.until = "retired", now, None
        over = [one for one in self.kept if not one.good]
        for old in over[:-VERSIONS_MAX]:
            self.kept.remove(old)
