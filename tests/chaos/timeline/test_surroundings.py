"""What happens around the vendor happens when the scenario says, to whom it says, and as often as it says."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tidegate.chaos.timeline.surroundings import NOWHERE, Surroundings
from tidegate.chaos.trouble.surrounding_fault import SurroundingFault
from tidegate.chaos.world.line import Mode
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import STARTED_BEFORE_S, WALL_BASE, VirtualWorld
from tidegate.problems import UsageError
from tidegate.proxy.store.sqlite.sqlite_engine import SqliteEngine
from tidegate.scenario.scenario import Scenario

VENDOR = "203.0.113.9"
SCHEMA = "CREATE TABLE IF NOT EXISTS notes (text TEXT)"


class Town:
    """A vendor's machine, and a proxy that writes a note each second."""

    def __init__(self, *faults: dict[str, Any]) -> None:
        self.world = VirtualWorld(1)
        self.vendor = self.world.machine("vendor")
        self.lives = 0
        self.scenario = Scenario.model_validate({"name": "x", "faults": faults})
        self.trouble = Surroundings(self.world, self.scenario, {VENDOR: self.vendor}, self.start)

    async def start(self, machine: VirtualWorld) -> None:
        self.lives += 1
        asyncio.get_running_loop().create_task(self.write(machine))

    async def write(self, machine: VirtualWorld) -> None:
        writer = machine.group_writer(Path("x.db"), SqliteEngine(SCHEMA))
        while True:
            await machine.sleep(1.0)
            await writer.run(lambda connection: connection.execute("INSERT INTO notes VALUES ('x')"))

    def notes(self) -> int:
        connection = self.world.disk.open(Path("x.db"), SqliteEngine(SCHEMA))
        return int(connection.execute("SELECT count(*) FROM notes").fetchone()[0])


def played(*faults: dict[str, Any], until_s: float = 10.5) -> Town:
    async def main() -> Town:
        town = Town(*faults)
        await town.trouble.begin()
        await town.world.sleep(until_s)
        machine = await town.trouble.quiet()
        machine.crash()
        return town

    return run(main)


def test_without_trouble_the_proxy_lives_on() -> None:
    town = played()
    assert (town.lives, town.notes()) == (1, 10)


def test_a_crash_comes_with_an_event_and_the_proxy_is_back_when_its_time_is_over() -> None:
    town = played({"kind": "crash", "from": "3.5s", "down": "2s"})
    assert town.lives == 2
    ((crashed_s, up_s),) = town.trouble.happened.crashes
    assert crashed_s == pytest.approx(4.016, abs=0.001)
    assert up_s == pytest.approx(crashed_s + 2.0, abs=0.01)
    assert town.notes() == 8, "four before the crash, the last of which nobody was told of, and four after it"


def test_a_crash_lets_events_pass_and_strikes_as_often_as_it_is_told() -> None:
    town = played({"kind": "crash", "skip": 1, "first_n": 2, "down": "500ms"})
    assert [round(at) for at, _ in town.trouble.happened.crashes] == [2, 4]


def test_steps_move_a_crash_into_what_the_event_set_off() -> None:
    town = played({"kind": "crash", "from": "3.5s", "steps": 5})
    assert town.lives == 2


def test_a_cut_is_asked_for_each_piece_of_bytes_in_its_time() -> None:
    async def main() -> list[Mode | None]:
        town = Town({"kind": "cut", "from": "2s", "until": "9s", "mode": "reset", "skip": 1, "first_n": 2})
        line, found = town.world.network.line(VENDOR), []
        for _ in range(6):
            assert line.cut is not None
            found.append(line.cut())
            await town.world.sleep(1.5)
        assert town.trouble.happened.cuts == [4.5, 6.0]
        return found

    assert run(main) == [None, None, None, "reset", "reset", None]


def test_a_refusal_hits_new_connections_in_its_time_and_leaves_those_that_stand() -> None:
    async def main() -> tuple[list[bool], bool]:
        town = Town({"kind": "refuse", "from": "1s", "until": "4s", "skip": 1, "first_n": 9})

        async def connected() -> bool:
            try:
                await town.world.connect(asyncio.Protocol, VENDOR, 80, tls=None, server_name="vendor")
            except ConnectionRefusedError:
                return False
            return True

        await town.vendor.listen(asyncio.Protocol, VENDOR, 80)
        found = []
        for _ in range(6):
            found.append(await connected())
            await town.world.sleep(0.9)
        return found, town.world.network.line(VENDOR).cut is None

    assert run(main) == ([True, True, True, False, False, True], True)


def test_wire_disk_and_clock_are_changed_for_their_time_only() -> None:
    async def main() -> list[tuple[float, float, float, float]]:
        town = Town(
            {"kind": "wire", "delay": "10ms", "jitter": "50ms", "from": "1s", "for": "2s"},
            {"kind": "disk", "delay": "200ms", "from": "1s", "for": "2s"},
            {"kind": "skew", "behind": "45s", "from": "1s", "for": "2s"},
        )
        line, found = town.world.network.line(VENDOR), []
        for _ in range(3):
            skew_s = town.vendor.wall() - WALL_BASE - town.world.now()
            seen = (line.delay_s, line.jitter_s, town.world.disk.commit_s, skew_s)
            found.append(tuple(round(value, 6) for value in seen))
            await town.world.sleep(2.0)
        assert town.world.wall() == WALL_BASE + town.world.now()
        return found  # type: ignore[return-value]  # four numbers each

    calm = (0.0005, 0.0, 0.004, 0.0)
    assert run(main) == [calm, (0.0105, 0.05, 0.204, -45.0), calm]


def test_the_clock_of_the_proxys_machine_is_wrong_over_its_crashes_too() -> None:
    async def main() -> tuple[list[float], int]:
        town = Town(
            {"kind": "skew", "of": "proxy", "ahead": "2h", "from": "1s", "for": "8s"},
            {"kind": "crash", "from": "3s", "down": "1s"},
        )
        await town.trouble.begin()
        found = []
        for _ in range(3):
            machine = town.trouble._machine
            assert machine is not None
            found.append(round(machine.wall() - WALL_BASE - town.world.now(), 6))
            await town.world.sleep(5.0)
        assert town.vendor.wall() == WALL_BASE + town.world.now()
        (await town.trouble.quiet()).crash()
        return found, town.lives

    assert run(main) == ([0.0, 7200.0, 0.0], 2)


def test_two_machines_take_turns_each_with_a_start_and_a_clock_of_its_own() -> None:
    async def main() -> tuple[list[tuple[str, float, float]], list[float]]:
        town = Town(
            {"kind": "failover", "from": "2s", "down": "1s", "ahead": "2h"},
            {"kind": "crash", "from": "5s", "down": "1s"},
            {"kind": "failover", "from": "8s", "down": "1s"},
            {"kind": "skew", "of": "proxy", "behind": "1m", "from": "9s", "for": "3s"},
        )
        await town.trouble.begin()
        found = []
        for _ in range(4):
            machine = town.trouble._machine
            assert machine is not None
            off_s = machine.wall() - WALL_BASE - town.world.now()
            found.append((machine.boot_id(), round(off_s, 6), machine.uptime() - machine.now()))
            await town.world.sleep(3.5)
        (await town.trouble.quiet()).crash()
        assert len(town.trouble.happened.crashes) == 3
        return found, town.trouble.happened.skews_s

    first, second = ("virtual machine 0", 0.0), ("virtual machine 1", STARTED_BEFORE_S)
    turns, skews_s = run(main)
    assert turns == [
        (first[0], 0.0, 0.0),
        (second[0], 7200.0, second[1]),
        (second[0], 7200.0, second[1]),
        (first[0], -60.0, 0.0),
    ]
    assert {*skews_s} == {0.0, 7200.0, -60.0}


def test_a_black_hole_is_the_first_address_of_each_vendors_name_while_it_lasts() -> None:
    async def main() -> list[list[str]]:
        town = Town(
            {"kind": "black_hole", "from": "1s", "for": "5s"}, {"kind": "black_hole", "from": "2s", "for": "1s"}
        )
        town.world.network.names["vendor.test"] = VENDOR
        found = []
        for _ in range(4):
            found.append(await town.world.resolve("vendor.test", 80))
            await town.world.sleep(2.4)
        assert await town.world.resolve(VENDOR, 80) == [VENDOR]
        return found

    both = [f"{NOWHERE}1", VENDOR]
    assert run(main) == [[VENDOR], both, both, [VENDOR]]


def test_a_proxy_that_does_not_come_up_is_started_again_until_it_does() -> None:
    class Stubborn(Town):
        async def start(self, machine: VirtualWorld) -> None:
            if 1 <= self.lives < 4:
                self.lives += 1
                raise UsageError("its disk is full")
            await super().start(machine)

    async def main() -> Stubborn:
        town = Stubborn({"kind": "crash", "from": "3.5s", "down": "500ms"})
        await town.trouble.begin()
        await town.world.sleep(20.0)
        (await town.trouble.quiet()).crash()
        return town

    town = run(main)
    ((crashed_s, up_s),) = town.trouble.happened.crashes
    assert town.lives == 5
    assert up_s - crashed_s == pytest.approx(3.5, abs=0.01)


def test_apps_are_only_away_where_something_is_posted_to_them() -> None:
    town = played({"kind": "app_away"}, until_s=1.0)
    (fault,) = town.scenario.faults
    assert isinstance(fault, SurroundingFault)
    assert town.trouble.hits_of(fault) == (0, 0)
    town.trouble.send_away = lambda _: None
    assert town.trouble.hits_of(fault) is None
