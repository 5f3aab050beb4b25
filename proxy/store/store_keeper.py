"""Looks after an open store in the background: its clock, what is over, and whether it can be written again.

Tells what it notices by `note`, as the log has it: a jump of the wall clock, and the begin and end of trouble. It knows
no database.
"""

from collections.abc import Callable

from tidegate.proxy.store.store import Store
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import World

LOOK_EVERY_S = 1.0
"""Trouble, and a jump of the wall clock, are noticed within this."""
KEEP_EVERY_S = 60.0
"""The clock's reading is written down, and what is over is deleted."""


class StoreKeeper:
    """See the module. `note` takes a text and its facts."""

    def __init__(self, world: World, store: Store, note: Callable[[str, dict[str, str | float]], object]) -> None:
        self._world = world
        self._store = store
        self._note = note
        self._told = ""
        self._due = world.now() + KEEP_EVERY_S

    async def run(self) -> None:
        """Look after the store until this is cancelled."""
        while True:
            await self.look()
            await self._world.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """Look once, and do what is due."""
        jump_s = self._store.clock.jump_s()
        if jump_s:
            self._note(
                "the wall clock jumped", {"by_s": round(jump_s, 3), "means": "records and leases keep their age"}
            )
        health = self._store.health
        self._tell(health.trouble)
        if health.trouble:
            await self._try(probing=True)
            self._tell(health.trouble)
        elif self._world.now() >= self._due:
            self._due = self._world.now() + KEEP_EVERY_S
            await self._try(probing=False)

    def _tell(self, trouble: str) -> None:
        if bool(trouble) != bool(self._told):
            if trouble:
                self._note("the store takes no records; keyed writes are refused", {"error": trouble})
            else:
                self._note("the store takes records again", {})
        self._told = trouble

    async def _try(self, *, probing: bool) -> None:
        try:
            await self._store.keep_clock(probing=probing)
            if not probing:
                await self._sweep()
        except StoreError:
            return  # the store has noted it in its health

    async def _sweep(self) -> None:
        store = self._store
        for sweep in (store.records.sweep, store.deliveries.sweep, store.audit.sweep):
            while await sweep(store.clock.now()):
                pass
        while await store.shrink():
            pass
