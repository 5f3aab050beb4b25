"""Idle connections are taken last in first out, and closed when their time is over, though nobody asks for one."""

from typing import Any

from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.wire.idle_connections import IdleConnections
from tidegate.proxy.wire.transport import IDLE_MAX_S


class Fake:
    """A connection, as far as the idle ones are concerned."""

    transport = None

    def __init__(self, name: str) -> None:
        self.name = name
        self.connected = True
        self.should_close = False

    def is_connected(self) -> bool:
        return self.connected

    def close(self) -> None:
        self.connected = False

    abort = close


class Bench:
    """Idle connections in a virtual world, and how many of them were closed."""

    def __init__(self) -> None:
        self.world = VirtualWorld(1)
        self.closed = 0
        self.idle = IdleConnections(self.world, self._count)

    def _count(self) -> None:
        self.closed += 1

    def put(self, name: str) -> Any:
        made: Any = Fake(name)
        self.idle.put(made, self.world.now())
        return made

    def take(self, idle_max_s: float = IDLE_MAX_S) -> str | None:
        found: Any = self.idle.take(self.world.now(), idle_max_s)
        return None if found is None else found.name


def test_the_one_used_last_is_taken_first() -> None:
    async def main() -> list[str | None]:
        bench = Bench()
        bench.put("a")
        bench.put("b")
        return [bench.take(), bench.take(), bench.take()]

    assert run(main) == ["b", "a", None]


def test_each_is_closed_at_the_end_of_its_own_time_and_nobody_has_to_ask() -> None:
    async def main() -> list[int]:
        bench = Bench()
        bench.put("a")
        await bench.world.sleep(10)
        bench.put("b")
        counts = []
        for wait_s in (IDLE_MAX_S - 10 - 0.01, 0.02, 9.98, 0.02):
            await bench.world.sleep(wait_s)
            counts.append(bench.closed)
        assert len(bench.idle) == 0
        return counts

    assert run(main) == [0, 1, 1, 2]


def test_one_that_the_vendor_closed_or_wrote_on_is_not_given_away() -> None:
    async def main() -> tuple[str | None, int]:
        bench = Bench()
        bench.put("good")
        bench.put("gone").connected = False
        bench.put("spoken on").should_close = True
        return bench.take(), bench.closed

    assert run(main) == ("good", 2)


def test_a_shorter_idle_time_may_be_asked_for() -> None:
    async def main() -> list[str | None]:
        bench = Bench()
        bench.put("a")
        await bench.world.sleep(2)
        return [bench.take(1.0), bench.take(3.0)]

    assert run(main) == [None, "a"]


def test_the_oldest_makes_room_and_closing_leaves_nothing_behind() -> None:
    async def main() -> tuple[list[bool], int]:
        bench = Bench()
        first, second = bench.put("a"), bench.put("b")
        dropped = bench.idle.drop_oldest()
        assert (first.connected, second.connected) == (False, True)
        bench.idle.close()
        return [dropped, bench.idle.drop_oldest(), second.connected], bench.closed

    assert run(main) == ([True, False, False], 2)


def test_a_timer_that_rings_a_rounding_error_too_early_is_not_set_again_without_end() -> None:
    async def main() -> int:
        bench = Bench()
        await bench.world.sleep(0.1)
        for number in range(50):
            await bench.world.sleep(1 / 3 + number / 7)
            bench.put(str(number))
        await bench.world.sleep(IDLE_MAX_S + 0.01)
        return bench.closed

    assert run(main) == 50


def test_a_timer_never_comes_again_at_the_same_moment_for_what_rounding_left_over() -> None:
    bench = Bench()

    async def story() -> None:
        for _ in range(300):
            bench.put("one")
            await bench.world.sleep(0.1)
            bench.put("two")
            await bench.world.sleep(IDLE_MAX_S / 7 + 0.001)
        await bench.world.sleep(2 * IDLE_MAX_S)

    run(story, end_s=10_000 * IDLE_MAX_S)
    assert (len(bench.idle), bench.closed) == (0, 600)
