"""The virtual disk: the same engine, a modelled delay, and both sides of a commit to crash on."""

import asyncio
import random
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tidegate.chaos.world.disk import Disk, VirtualWriter
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.store.sqlite.sqlite_engine import SqliteEngine
from tidegate.proxy.store.store_error import StoreError

sleep = VirtualWorld(0).sleep

PATH = Path("store.db")
SCHEMA = "CREATE TABLE IF NOT EXISTS notes (text TEXT PRIMARY KEY)"


@pytest.fixture
def disk() -> Iterator[Disk]:
    made = Disk(commit_s=1.0)
    yield made
    made.close()


def note(text: str) -> Callable[[sqlite3.Connection], str]:
    """Work that inserts one row and returns its text."""

    def work(connection: sqlite3.Connection) -> str:
        connection.execute("INSERT INTO notes VALUES (?)", (text,))
        return text

    return work


def notes(connection: sqlite3.Connection) -> list[str]:
    return [row[0] for row in connection.execute("SELECT text FROM notes ORDER BY text")]


def test_works_that_wait_together_share_one_commit(disk: Disk) -> None:
    async def main() -> tuple[list[str], float]:
        writer = VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: True)
        written = await asyncio.gather(*(writer.run(note(text)) for text in "abc"))
        return written, asyncio.get_running_loop().time()

    assert run(main) == (["a", "b", "c"], 1.0)


def test_work_that_raises_undoes_itself_and_nothing_else(disk: Disk) -> None:
    async def main() -> list[str]:
        writer = VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: True)
        outcomes = await asyncio.gather(
            writer.run(note("a")), writer.run(note("a")), writer.run(note("b")), return_exceptions=True
        )
        assert isinstance(outcomes[1], StoreError)
        assert isinstance(outcomes[1].__cause__, sqlite3.IntegrityError)
        return await writer.run(notes)

    assert run(main) == ["a", "b"]


def test_what_was_committed_is_there_for_the_next_machine(disk: Disk) -> None:
    async def main() -> list[str]:
        await VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: True).run(note("kept"))
        return await VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: True).run(notes)

    assert run(main) == ["kept"]


@pytest.mark.parametrize(
    ("crash_s", "kept"),
    [
        pytest.param(0.4, [], id="a crash before the commit loses the work"),
        pytest.param(0.6, ["x"], id="a crash after the commit keeps it although nobody was told"),
    ],
)
def test_a_crash_falls_on_one_side_of_the_commit(disk: Disk, crash_s: float, kept: list[str]) -> None:
    async def main() -> list[str]:
        alive = True
        writer = VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: alive)
        writing = asyncio.create_task(writer.run(note("x")))
        await sleep(crash_s)
        alive = False
        await sleep(10)
        assert not writing.done()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        return await VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: True).run(notes)

    assert run(main) == kept


def test_a_machine_that_has_crashed_cannot_write(disk: Disk) -> None:
    async def main() -> list[str]:
        with pytest.raises(asyncio.CancelledError):
            await VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: False).run(note("ghost"))
        return await VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: True).run(notes)

    assert run(main) == []


def test_closing_finishes_what_was_asked_for(disk: Disk) -> None:
    async def main() -> bool:
        writer = VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: True)
        writing = asyncio.create_task(writer.run(note("a")))
        await sleep(0)
        await writer.close()
        return writing.done()

    assert run(main)


def test_more_works_than_one_group_takes_come_in_several(disk: Disk) -> None:
    async def main() -> tuple[int, float]:
        writer = VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: True)
        written = await asyncio.gather(*(writer.run(note(f"{n}")) for n in range(130)))
        return len(written), asyncio.get_running_loop().time()

    assert run(main) == (130, 3.0)


class AlwaysTorn(random.Random):
    """Dice by which every commit is one that a power cut would lose."""

    def random(self) -> float:
        return 0.0


@pytest.mark.parametrize(
    ("torn", "power", "kept"),
    [
        pytest.param(True, True, [], id="written and not flushed, and power is gone"),
        pytest.param(True, False, ["a"], id="the program died, and the operating system flushes it"),
        pytest.param(False, True, ["a"], id="it was flushed at once"),
    ],
)
def test_a_power_cut_in_the_middle_of_a_commit_loses_what_was_not_flushed(
    disk: Disk, torn: bool, power: bool, kept: list[str]
) -> None:
    async def main() -> list[str]:
        world = VirtualWorld(1, disk=disk)
        disk.torn = AlwaysTorn() if torn else None
        machine = world.machine("proxy")
        writer = machine.group_writer(PATH, SqliteEngine(SCHEMA))
        told = asyncio.get_running_loop().create_task(writer.run(note("a")))
        await sleep(0.75)
        machine.crash(power=power)
        told.cancel()
        return notes(disk.connection(PATH))

    assert run(main) == kept


def test_what_was_acknowledged_outlives_every_power_cut(disk: Disk) -> None:
    async def main() -> list[str]:
        world = VirtualWorld(1, disk=disk)
        disk.torn = AlwaysTorn()
        machine = world.machine("proxy")
        writer = machine.group_writer(PATH, SqliteEngine(SCHEMA))
        acknowledged = [await writer.run(note(text)) for text in "ab"]
        machine.crash(power=True)
        assert notes(disk.connection(PATH)) == acknowledged
        return acknowledged

    assert run(main) == ["a", "b"]


def test_a_full_disk_refuses_what_needs_room_until_there_is_some_again(disk: Disk) -> None:
    async def main() -> tuple[object, list[str]]:
        writer = VirtualWriter(disk, PATH, SqliteEngine(SCHEMA), lambda: True)
        await writer.run(note("before"))
        disk.fill(1)
        (refused,) = await asyncio.gather(writer.run(note("x" * 100_000)), return_exceptions=True)
        disk.fill(-1)
        await writer.run(note("after"))
        return getattr(refused, "trouble", None), await writer.run(notes)

    assert run(main) == ("full", ["after", "before"])
