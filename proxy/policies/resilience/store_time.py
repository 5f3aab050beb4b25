"""How old a store is: seconds that only grow, whatever the wall clock does, and that go on over restarts.

What protects a write is counted in them: how long a record is kept, its lease, how long a resend is safe. While a proxy
runs they follow the machine's uptime. Between two runs on one start of a machine the uptime tells exactly how long
nobody ran. After a restart of the machine, or on another one, only the wall clock says anything, and it may be wrong in
both directions; so there are two ages. A record is kept by the one that has surely passed, and a resend is safe by the
one that may have passed. It refuses to know where the last reading is kept.
"""

from typing import NamedTuple

STEP_S = 300.0
"""A wall clock that went back by less than this over a restart was put right; it says that no more than this passed."""

UNTOLD_S = 10 * 366 * 86_400.0
"""A wall clock that went back by more says nothing: then more may have passed than any vendor remembers a key."""

JUMP_MIN_S = 1.0
"""A smaller difference between wall clock and uptime is the clock being slewed, or the time between two readings."""


class StoreTime(NamedTuple):
    """A moment of a store's life, in seconds: that have surely passed, that may have, and the wall clock for people."""

    least: float
    most: float
    wall: float


class SavedClock(NamedTuple):
    """A reading that outlives the process. `boot` names the machine's start that `uptime` counts from; empty: none."""

    least: float
    most: float
    boot: str
    uptime: float
    wall: float


def continued(saved: SavedClock | None, boot: str, uptime: float, wall: float) -> StoreTime:
    """The age of a store that is opened now, from its last reading; None for one that has none yet."""
    if saved is None:
        return StoreTime(0.0, 0.0, wall)
    if same_start(saved, boot, uptime):
        passed = uptime - saved.uptime
        return StoreTime(saved.least + passed, saved.most + passed, wall)
    by_wall = wall - saved.wall
    may_have = by_wall + STEP_S if by_wall > -STEP_S else UNTOLD_S
    return StoreTime(saved.least, saved.most + may_have, wall)


def agreed(own: StoreTime, other: SavedClock, boot: str, uptime: float, since_s: float) -> StoreTime:
    """The age by which two proxies that share a store both err to the safe side, from a reading of the other's.

    The reading is at most `since_s` old. So the one may be ahead of the other by that much, and no more: the longest
    that two of them may differ by is the time between two of these.
    """
    passed = uptime - other.uptime if same_start(other, boot, uptime) else None
    least = other.least + (since_s if passed is None else passed)
    most = other.most + (passed or 0.0)
    return StoreTime(min(own.least, least), max(own.most, most), own.wall)


def same_start(saved: SavedClock, boot: str, uptime: float) -> bool:
    """Whether the machine has run ever since a reading, so that its uptime says how long ago that was."""
    return boot != "" and saved.boot == boot and uptime >= saved.uptime


def jumped_s(saved: SavedClock, boot: str, uptime: float, wall: float) -> float:
    """How far the wall clock was moved since a reading, in seconds; 0 where it was not, or nobody can tell."""
    passed = uptime - saved.uptime if same_start(saved, boot, uptime) else 0.0
    moved_s = wall - saved.wall - passed
    told = same_start(saved, boot, uptime) or moved_s < 0.0
    return moved_s if told and abs(moved_s) >= JUMP_MIN_S else 0.0
