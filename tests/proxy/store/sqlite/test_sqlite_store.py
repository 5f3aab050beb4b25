"""Tests of tidegate.proxy.store.sqlite.sqlite_store: its file's version, its owner, and what kill -9 leaves of it."""

import asyncio
import random
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.proxy.store.delivering import ROOM, claimed, new
from tests.proxy.store.machine import Machine
from tests.proxy.store.places import at, sqlite_at
from tidegate.problems import UsageError
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.policies.resilience.idempotency_record import Begin, Decision, Expired, Replay, Resume
from tidegate.proxy.store.records import KeyedCall
from tidegate.proxy.store.sqlite.sqlite_migrations import VERSION
from tidegate.proxy.store.sqlite.sqlite_store import FREE_PAGES_KEPT, SHRINK_PAGES, SqliteStore
from tidegate.proxy.store.store_error import StoreError


async def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    place = sqlite_at(tmp_path)
    async with place.opened():
        pass
    with sqlite3.connect(tmp_path / "store.db") as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    with pytest.raises(UsageError, match="a newer one made it"):
        async with place.opened():
            pass


async def test_a_store_that_another_proxy_uses_is_refused_until_it_is_closed(tmp_path: Path) -> None:
    place = sqlite_at(tmp_path)
    async with place.opened():
        with pytest.raises(StoreError, match="another proxy uses this store"):
            place.store()
    async with place.opened():
        pass


async def test_a_closed_store_says_so_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        pass
    with pytest.raises(StoreError, match="closed"):
        await store.tokens.read("stripe")
    await store.close()


def test_a_database_of_another_program_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with sqlite3.connect(path) as connection:
        connection.executescript("CREATE TABLE users (name TEXT); PRAGMA user_version = 3")
    connection.close()
    before = path.read_bytes()
    for _ in range(2):
        with pytest.raises(StoreError, match=r"store\.db: this is a database of another program; name another file"):
            sqlite_at(tmp_path).store()
    assert path.read_bytes() == before


def test_a_store_that_is_no_database_is_let_go(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_text("this is no database " * 100)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"store\.db: this store cannot be used: file is not a database"):
            sqlite_at(tmp_path).store()


@pytest.mark.parametrize("jump_s", [2 * 86_400.0, -2 * 86_400.0, 1000 * 86_400.0, -1e9])
@pytest.mark.parametrize("restarts", [False, True], ids=["the machine stays up", "it restarts"])
async def test_a_jump_of_the_wall_clock_between_two_lives_ends_no_record_and_begins_none_anew(
    tmp_path: Path, jump_s: float, *, restarts: bool
) -> None:
    machine = Machine()

    async def life() -> list[Decision]:
        store = SqliteStore(machine, str(tmp_path / "store.db"))
        await store.open(machine.wall())
        records = store.records
        while await records.sweep(records.now()):
            pass
        called = [
            KeyedCall("shop", "s", "Post", key, key, "f", f"{key}{jump_s}", 20.0, 3600.0, 86400.0) for key in "dur"
        ]
        decisions = [await records.begin(call, records.now()) for call in called]
        if all(isinstance(decision, Begin) for decision in decisions):
            await records.finish(called[0].call_id, Outcome.DONE, now=records.now(), status=200)
            await records.finish(called[1].call_id, Outcome.UNKNOWN, now=records.now())
        await store.close()
        return decisions

    assert await life() == [Begin()] * 3
    machine.jump(jump_s)
    if restarts:
        machine.restart()
    done, unknown, running = await life()
    assert isinstance(done, Replay)
    for decision in (unknown, running):
        assert isinstance(decision, Expired if restarts else Resume), "nobody knows what passed, or everybody"


async def test_the_file_shrinks_after_much_has_gone(tmp_path: Path) -> None:
    def on_disk() -> int:
        return sum(file.stat().st_size for file in tmp_path.iterdir())

    async with sqlite_at(tmp_path).opened() as store:
        deliveries = store.deliveries
        for first in range(0, 1000, 50):
            many = (new(n, body=b"x" * 50_000) for n in range(first, first + 50))
            await asyncio.gather(*(deliveries.accept(one, at(), ROOM) for one in many))
        full = on_disk()
        while leased := await claimed(deliveries, 0):
            await asyncio.gather(*(deliveries.settle(one, Settlement("done"), at()) for one in leased))
        while await deliveries.sweep(at(4000)):
            pass
        slices = 0
        while await store.shrink():
            slices += 1
        await store.keep_clock(probing=False)
    assert full > 50_000_000
    assert slices >= 20_000_000 // (SHRINK_PAGES * 4096)
    assert on_disk() < 4096 * FREE_PAGES_KEPT + 1_000_000


async def test_a_file_that_cannot_shrink_is_left_alone(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        with sqlite3.connect(tmp_path / "store.db", isolation_level=None) as somebody:
            somebody.executescript("PRAGMA auto_vacuum = NONE; VACUUM; CREATE TABLE much (x)")
            pages = FREE_PAGES_KEPT + 2 * SHRINK_PAGES
            somebody.execute("INSERT INTO much VALUES (zeroblob(?))", (4096 * pages,))
            somebody.execute("DROP TABLE much")
        somebody.close()
        assert not await store.shrink()


async def test_a_small_file_keeps_its_free_pages(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        assert not await store.shrink()


WRITER = """
import asyncio, os, sys
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.store.records import KeyedCall
from tidegate.proxy.store.sqlite.sqlite_store import FREE_PAGES_KEPT, SHRINK_PAGES, SqliteStore
from tidegate.world.world import RealWorld

async def one(records, name):
    keyed = KeyedCall("shop", "stripe", "PostRefunds", name, name, "f", name, 20.0, 3600.0, 86400.0)
    await records.begin(keyed, records.now())
    os.write(1, f"begun {name}\\n".encode())
    await records.finish(name, Outcome.DONE, now=records.now(), status=200, body=name.encode())
    os.write(1, f"done {name}\\n".encode())

async def main():
    store = SqliteStore(RealWorld(), sys.argv[1])
    await store.open(1e9)
    for batch in range(10_000):
        await asyncio.gather(*(one(store.records, f"{sys.argv[2]}-{batch}-{n}") for n in range(20)))

asyncio.run(main())
"""


def killed_after(lines: int, store: Path, round_: int) -> dict[str, str]:
    """Run a writer, kill it after so many acknowledgements, and tell what was acknowledged until it was dead."""
    acknowledged = {}
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(store), str(round_)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        for number, line in enumerate(writer.stdout):
            state, name = line.split()
            acknowledged[name] = state
            if number == lines:
                writer.send_signal(signal.SIGKILL)
    assert writer.returncode == -signal.SIGKILL
    return acknowledged


@pytest.mark.slow
async def test_no_acknowledged_row_is_lost_to_kill_9(tmp_path: Path) -> None:
    seed = random.Random().getrandbits(32)
    rng, acknowledged = random.Random(seed), dict[str, str]()
    for round_ in range(6):
        acknowledged |= killed_after(rng.randrange(1, 400), tmp_path / "store.db", round_)
    async with sqlite_at(tmp_path).opened() as store:
        for name, state in acknowledged.items():
            stored = await store.records.find_call(name)
            assert stored is not None, f"{name} lost, seed {seed}"
            assert stored.state in (("done",) if state == "done" else ("done", "unknown")), f"{name}, seed {seed}"
