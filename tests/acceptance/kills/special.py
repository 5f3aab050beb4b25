"""Rounds of other kinds: an older store is migrated, one of two proxies dies, PostgreSQL itself is killed."""

import asyncio
import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import psycopg
from psycopg import sql

from tests.acceptance.kills.judge import Count
from tests.acceptance.kills.lives import WORLD, Lives, Never, Ports
from tests.acceptance.kills.load import ORDINARY, Customers, Intent
from tests.acceptance.kills.points import POINTS
from tests.acceptance.kills.post_mortem import Remains, postgres_remains
from tests.acceptance.kills.rounds import WAVE_S, WAVES_MAX, Chain, House, house
from tests.postgres_server import PostgresServer
from tests.proxy.store.sqlite.test_sqlite_migrations import first_version
from tidegate.proxy.store.postgres.postgres_migrations import STEPS

NOTHING = Remains({}, {})
_OLD = "SELECT key, status, body FROM records WHERE vendor = 'stripe' ORDER BY key"
_OLD_RECORD = """
INSERT INTO records (app, vendor, operation, key, vendor_key, fingerprint, state, call_id, began_wall, ended_wall,
    lease_until, status, body, keep_until, resend_until, boot, keep_s)
VALUES ('shop', 'stripe', 'PostRefunds', 'done', 'vk', 'f', 'done', 'c', 1, 2, 0, 200, '{}', 1e9, 1e9, 1, 1e9)"""


def _old_records(store: str, folder: Path) -> Sequence[tuple[Any, ...]]:
    """The records that were there before the store was migrated."""
    if store.startswith("postgresql:"):
        with psycopg.connect(store) as connection:
            return [(key, status, bytes(body)) for key, status, body in connection.execute(_OLD).fetchall()]
    with closing(sqlite3.connect(folder / store)) as file:
        return [(key, status, bytes(body)) for key, status, body in file.execute(_OLD)]


def _make_old(store: str, folder: Path) -> None:
    """A store of the first version."""
    if not store.startswith("postgresql:"):
        first_version(folder / store)
        return
    schema = sql.Identifier(unquote(store).rpartition("=")[2])
    with psycopg.connect(store, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
        connection.execute("CREATE TABLE store_version (version integer NOT NULL)")
        connection.execute("INSERT INTO store_version VALUES (1)")
        connection.execute(STEPS[0])
        connection.execute(_OLD_RECORD)


async def migrated(lives: Lives, folder: Path, store: str, seed: int) -> Count:
    """The proxy dies while it brings a store of the first version up to date; the next one does it all the same."""
    rng = random.Random(f"migration {seed}")
    async with house(folder, store, lives) as at:
        _make_old(store, folder)
        before = _old_records(store, folder)
        at.gate.touch()
        postgres = store.startswith("postgresql:")
        nth = rng.randint(1, 6 if postgres else POINTS["migration"].nth_max)
        life = await at.begin("migration", nth=nth, seed=rng.getrandbits(32))
        await at.listening(life)
        missed = not life.over
        await at.end()
        at.gate.unlink()
        intents, tasks = Customers(at.session, [at.ports]).wave(folder.name)
        count = await _judged(at, intents, tasks, NOTHING)
        after = _old_records(store, folder)
        if after != before:
            count.flaws.append(f"{folder}, nth {nth}: the old records were {before}, and are {after}")
        count.missed = int(missed)
        return count


async def one_of_two(lives: Lives, folder: Path, store: str, seed: int) -> Count:
    """Two proxies share a store and the load; one dies at a drawn point, and the other takes over what it had."""
    rng = random.Random(f"two {seed}")
    names = [name for name, point in POINTS.items() if point.way == "load"]
    name = rng.choice(names)
    point, nth = POINTS[name], rng.randint(1, 12)
    async with house(folder, store, lives) as at:
        stays, other = await at.begin(), Ports()
        await at.listening(stays)
        dies = await at.begin(name, nth=nth, seed=rng.getrandbits(32), ports=other)
        await at.listening(dies, other)
        if point.town:
            await at.order(kill_at=point.town, nth=nth, pid=dies.pid)
        at.gate.touch()
        customers = Customers(at.session, [at.ports, other])
        intents: list[Intent] = []
        tasks: list[Any] = []
        for _ in range(WAVES_MAX // 8):
            more, asking = customers.wave(folder.name, ORDINARY + point.extra)
            intents += more
            tasks += asking
            await WORLD.sleep(WAVE_S)
            if dies.over:
                break
        dies.kill()  # where it did not come to its point
        await dies.ended
        return await _judged(at, intents, tasks, postgres_remains(store))


async def database_killed(lives: Lives, folder: Path, server: PostgresServer, seed: int, *, times: int = 2) -> Count:
    """PostgreSQL is killed and started again under load; the proxy lives on."""
    rng = random.Random(f"database {seed}")
    async with house(folder, server.fresh_url(), lives) as at:
        await at.listening(await at.begin())
        customers = Customers(at.session, [at.ports])
        intents: list[Intent] = []
        tasks: list[Any] = []
        for _ in range(times):
            for _ in range(3):
                more, asking = customers.wave(folder.name)
                intents += more
                tasks += asking
                await WORLD.sleep(rng.random() * 0.1)
            server.kill()
            await WORLD.sleep(rng.random())
            more, asking = customers.wave(folder.name)
            intents += more
            tasks += asking
            await asyncio.to_thread(server.start)
        return await _judged(at, intents, tasks, postgres_remains(at.store))


async def _judged(at: House, intents: list[Intent], tasks: list[Any], remains: Remains) -> Count:
    chain = Chain(at, 0)
    try:
        count = await chain.cleared_up(intents, tasks, remains)
    except Never as never:
        count = Count(flaws=[f"never came: {never}"])
    finally:
        for task in tasks:
            task.cancel()
        await at.end()
    count.rounds = 1
    return count
