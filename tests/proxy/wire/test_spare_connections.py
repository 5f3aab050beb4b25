"""Spares are made ahead of the writes that need one: as many as run at once, after what went well, and not for ever."""

from typing import Any

from tests.proxy.wire.test_idle_connections import Fake
from tests.waiting import settle
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.wire.exchange_errors import NotSent
from tidegate.proxy.wire.spare_connections import SPARES_MAX, WANTED_S, SpareConnections
from tidegate.proxy.wire.transport import IDLE_MAX_S


class Bench:
    """Spares in a virtual world, to a vendor that takes connections or does not."""

    def __init__(self) -> None:
        self.world = VirtualWorld(1)
        self.made: list[Fake] = []
        self.tried = self.closed = 0
        self.away = False
        self.spares = SpareConnections(self.world, self._connect, self._count)

    def _count(self) -> None:
        self.closed += 1

    async def _connect(self) -> Any:
        self.tried += 1
        await self.world.sleep(0.05)
        if self.away:
            raise NotSent("connection_refused", "away")
        self.made.append(Fake(str(len(self.made))))
        return self.made[-1]

    def take(self) -> str | None:
        spare: Any = self.spares.take(self.world.now())
        return None if spare is None else spare.name

    async def write(self, *, well: bool = True) -> str | None:
        name = self.take()
        await self.world.sleep(0.1)
        self.spares.ended(well=well)
        await self.world.sleep(0.1)
        return name


def test_the_first_write_waits_and_the_next_ones_find_a_spare() -> None:
    async def main() -> list[str | None]:
        bench = Bench()
        return [await bench.write() for _ in range(3)]

    assert run(main) == [None, "0", "1"]


def test_as_many_as_run_at_once_are_ready_and_no_more_than_the_most() -> None:
    async def main() -> list[int]:
        counts = []
        for writes in (1, 4, SPARES_MAX + 9):
            bench = Bench()
            for _ in range(writes):
                bench.take()
            for _ in range(writes):
                bench.spares.ended(well=True)
            await bench.world.sleep(0.1)
            counts.append(len(bench.spares))
        return counts

    assert run(main) == [1, 4, SPARES_MAX]


def test_a_vendor_that_fails_is_not_knocked_at() -> None:
    async def main() -> tuple[int, int]:
        bench = Bench()
        await bench.write()
        bench.away = True
        await bench.write(well=False)
        tried = bench.tried
        for _ in range(5):
            await bench.write(well=False)
        return tried, bench.tried

    before, after = run(main)
    assert after == before


def test_the_last_spare_is_made_anew_while_writes_come_now_and_then_and_not_for_ever() -> None:
    async def main() -> tuple[int, int, int]:
        bench = Bench()
        for _ in range(4):
            bench.take()
        for _ in range(4):
            bench.spares.ended(well=True)
        await bench.world.sleep(0.1)
        full = len(bench.spares)
        await bench.world.sleep(IDLE_MAX_S + 1)
        one = len(bench.spares)
        await bench.world.sleep(WANTED_S + IDLE_MAX_S)
        return full, one, len(bench.spares)

    assert run(main) == (4, 1, 0)


def test_closing_closes_all_and_stops_what_is_being_made() -> None:
    async def main() -> tuple[int, int]:
        bench = Bench()
        await bench.write()
        bench.take()
        bench.spares.close()
        await settle()
        bench.spares.ended(well=True)
        await bench.world.sleep(1)
        return len(bench.spares), sum(one.connected for one in bench.made) - 1

    assert run(main) == (0, 0)
