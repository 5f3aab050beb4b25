"""The clock of a store that is open: its time now, the reading that outlives the process, and jumps of the wall clock.

What a restart is worth is decided in tidegate.proxy.policies.resilience.store_time. It knows no database.
"""

from tidegate.proxy.policies.resilience.store_time import SavedClock, StoreTime, agreed, continued, jumped_s
from tidegate.world.world import World


class StoreClock:
    """See the module. It stands at 0 until `go_on` is called."""

    def __init__(self, world: World) -> None:
        self._uptime, self._wall, self._boot = world.uptime, world.wall, world.boot_id()
        self._base = StoreTime(0.0, 0.0, world.wall())
        self._from_s = world.uptime()
        self._seen = self.reading()
        """The last reading that a jump was looked for from."""

    def now(self) -> StoreTime:
        """The time of the store."""
        least, most, _ = self._base
        passed = self._uptime() - self._from_s
        return StoreTime(least + passed, most + passed, self._wall())

    def reading(self) -> SavedClock:
        """What is to be stored, so that the next life goes on from it."""
        least, most, wall = self.now()
        return SavedClock(least, most, self._boot, self._uptime(), wall)

    def go_on(self, saved: SavedClock | None, wall: float | None = None) -> None:
        """Go on from a reading of an earlier life; None where there is none.

        `wall` is what the wall clock says that the reading is stamped by, where that is not this machine's.
        """
        self._from_s = self._uptime()
        self._base = continued(saved, self._boot, self._from_s, self._wall() if wall is None else wall)
        self._seen = saved if saved is not None and wall is None else self.reading()

    def agree(self, other: SavedClock, since_s: float) -> None:
        """Err to the safe side of another proxy's reading, too, that is at most so old."""
        now = self.now()
        self._from_s = self._uptime()
        self._base = agreed(now, other, self._boot, self._from_s, since_s)

    def jump_s(self) -> float:
        """How far the wall clock was moved since this was last asked, earlier lives included. Told once."""
        before, self._seen = self._seen, self.reading()
        return jumped_s(before, self._boot, self._seen.uptime, self._seen.wall)
