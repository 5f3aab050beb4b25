"""Tests of tidegate.proxy.store.sqlite.sqlite_migrations, on files as the first version made them."""

import sqlite3
from pathlib import Path

import pytest

from tests.proxy.store.delivering import ROOM, new
from tests.proxy.store.machine import Machine
from tests.proxy.store.places import NOW, at
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.policies.resilience.idempotency_record import Begin, Decision, Expired, Mismatch, Replay, Resume
from tidegate.proxy.store.deliveries import Accepted
from tidegate.proxy.store.records import UNKNOWN_KEPT_S, KeyedCall
from tidegate.proxy.store.sqlite.delivery.delivery_tables import COMPUTED, compute_anew
from tidegate.proxy.store.sqlite.sqlite_migrations import VERSION, migrate
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.proxy.store.store_error import StoreError

FIRST = """
CREATE TABLE boots (boot INTEGER PRIMARY KEY AUTOINCREMENT, wall REAL NOT NULL);
CREATE TABLE records (
    id INTEGER PRIMARY KEY,
    app TEXT NOT NULL, vendor TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    vendor_key TEXT NOT NULL, fingerprint TEXT NOT NULL, state TEXT NOT NULL, call_id TEXT NOT NULL UNIQUE,
    began_wall REAL NOT NULL, ended_wall REAL NOT NULL, lease_until_wall REAL NOT NULL,
    status INTEGER NOT NULL, headers BLOB NOT NULL, body BLOB NOT NULL,
    keep_until_wall REAL NOT NULL, key_expires_wall REAL NOT NULL,
    boot INTEGER NOT NULL, resumed INTEGER NOT NULL, body_kept INTEGER NOT NULL, keep_s REAL NOT NULL,
    UNIQUE (app, vendor, operation, key)
);
CREATE INDEX records_by_end ON records (keep_until_wall);
CREATE TABLE earlier_calls (
    call_id TEXT PRIMARY KEY, record INTEGER NOT NULL REFERENCES records (id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE INDEX earlier_calls_by_record ON earlier_calls (record);
CREATE TABLE unkeyed_unknowns (
    call_id TEXT PRIMARY KEY, app TEXT NOT NULL, vendor TEXT NOT NULL, operation TEXT NOT NULL,
    began_wall REAL NOT NULL, ended_wall REAL NOT NULL, keep_until_wall REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX unkeyed_unknowns_by_end ON unkeyed_unknowns (keep_until_wall);
CREATE TABLE quotas (
    vendor TEXT NOT NULL, name TEXT NOT NULL, period INTEGER NOT NULL, used REAL NOT NULL,
    PRIMARY KEY (vendor, name)
) WITHOUT ROWID;
PRAGMA user_version = 1;
"""
DAY_S, INF = 86_400.0, float("inf")


def record(
    key: str, state: str, *, began_wall: float, key_expires_wall: float, keep_until_wall: float
) -> tuple[object, ...]:
    return (
        "shop", "stripe", "PostRefunds", key, f"vk-{key}", "f", state, f"c-{key}", began_wall, began_wall + 1,
        began_wall + 35, 200, b"[]", b"{}", keep_until_wall, key_expires_wall, 1, 0, 1, 3600.0,
    )  # fmt: skip


def first_version(path: Path) -> None:
    """A store as the first version left it at the wall second NOW."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.executescript(FIRST)
    connection.execute("INSERT INTO boots (wall) VALUES (?)", (NOW - DAY_S,))
    rows = [
        record("done", "done", began_wall=NOW - 60, key_expires_wall=NOW + DAY_S, keep_until_wall=NOW + 3540),
        record("old", "done", began_wall=NOW - DAY_S, key_expires_wall=NOW, keep_until_wall=NOW - 1),
        record("lost", "unknown", began_wall=NOW - 60, key_expires_wall=NOW - 60 + DAY_S, keep_until_wall=NOW + DAY_S),
        record("late", "unknown", began_wall=NOW - DAY_S, key_expires_wall=NOW, keep_until_wall=NOW + DAY_S),
        record("put", "unknown", began_wall=NOW - DAY_S, key_expires_wall=INF, keep_until_wall=NOW + DAY_S),
        record("none", "unknown", began_wall=NOW - 60, key_expires_wall=NOW - 60, keep_until_wall=NOW + DAY_S),
        record("died", "running", began_wall=NOW - 1, key_expires_wall=NOW + DAY_S, keep_until_wall=NOW + DAY_S),
        record("ahead", "unknown", began_wall=NOW + 60, key_expires_wall=NOW + DAY_S, keep_until_wall=NOW + DAY_S),
    ]  # fmt: skip
    columns = (
        "app, vendor, operation, key, vendor_key, fingerprint, state, call_id, began_wall, ended_wall, "
        "lease_until_wall, status, headers, body, keep_until_wall, key_expires_wall, boot, resumed, body_kept, keep_s"
    )
    connection.executemany(f"INSERT INTO records ({columns}) VALUES ({', '.join('?' * 20)})", rows)
    connection.execute("INSERT INTO earlier_calls SELECT 'c-before', id FROM records WHERE key = 'lost'")
    connection.execute("INSERT INTO unkeyed_unknowns VALUES ('c-bare', 'shop', 'stripe', 'Post', ?, ?, ?)", (NOW,) * 3)
    connection.execute("INSERT INTO quotas VALUES ('stripe', 'daily', 20000, 17.5)")
    connection.close()


async def decided(store: SqliteStore, key: str, fingerprint: str = "f") -> Decision:
    keyed = KeyedCall("shop", "stripe", "PostRefunds", key, "new", fingerprint, f"again-{key}", 20.0, 3600.0, DAY_S)
    return await store.records.begin(keyed, store.records.now())


@pytest.mark.parametrize("jump_s", [0.0, 2 * DAY_S, 400 * DAY_S], ids=["right", "two days on", "a year on"])
async def test_a_store_of_the_first_version_opens_and_no_settled_record_is_lost(tmp_path: Path, jump_s: float) -> None:
    first_version(tmp_path / "store.db")
    machine = Machine()
    machine.jump(jump_s)
    store = SqliteStore(machine, str(tmp_path / "store.db"))
    await store.open(machine.wall())
    assert isinstance(await decided(store, "done"), Replay)
    assert isinstance(await decided(store, "old"), Replay), "nobody knows which of the clocks was wrong"
    assert await decided(store, "done", "other") == Mismatch()
    assert await decided(store, "put") == Resume("vk-put")
    for key in ("none", "late"):
        assert isinstance(await decided(store, key), Expired)
    assert isinstance(await decided(store, "lost"), Expired if jump_s else Resume)
    assert isinstance(await decided(store, "died"), Expired if jump_s else Resume)
    assert isinstance(await decided(store, "ahead"), Resume if 60 <= jump_s < DAY_S / 2 else Expired)
    for call_id in ("c-before", "c-bare", "c-lost"):
        assert await store.records.find_call(call_id) is not None, call_id
    assert await store.quotas.load("stripe") == {"daily": ((20_000, 17.5),)}
    machine.passes(3601.0)
    assert await decided(store, "done") == Begin()
    machine.passes(UNKNOWN_KEPT_S + 3600.0)
    assert await store.records.sweep(store.records.now()) >= 6
    await store.close()


async def test_a_store_is_changed_once(tmp_path: Path) -> None:
    first_version(tmp_path / "store.db")
    for _ in range(2):
        machine = Machine()
        store = SqliteStore(machine, str(tmp_path / "store.db"))
        await store.open(machine.wall())
        await store.close()
        with sqlite3.connect(tmp_path / "store.db") as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (VERSION,)
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()


async def test_a_changed_store_has_the_columns_of_a_new_one(tmp_path: Path) -> None:
    first_version(tmp_path / "old.db")
    columns = []
    for name in ("old.db", "new.db"):
        machine = Machine()
        store = SqliteStore(machine, str(tmp_path / name))
        await store.open(machine.wall())
        await store.close()
        connection = sqlite3.connect(tmp_path / name)
        tables = [
            row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
        ]
        columns.append({table: connection.execute(f"PRAGMA table_xinfo({table})").fetchall() for table in tables})
        others = "SELECT type, name FROM sqlite_master WHERE type <> 'table' AND sql IS NOT NULL ORDER BY 1, 2"
        columns[-1][""] = connection.execute(others).fetchall()
        connection.close()
    assert columns[0] == columns[1]


async def test_a_store_of_the_second_version_takes_deliveries(tmp_path: Path) -> None:
    machine = Machine()
    for version in (VERSION, 2):
        store = SqliteStore(machine, str(tmp_path / "store.db"))
        await store.open(machine.wall())
        assert await store.deliveries.accept(new(version), at(), ROOM) == Accepted()
        await store.close()
        connection = sqlite3.connect(tmp_path / "store.db")
        if version == VERSION:  # as the second version left it
            names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'deliver%' ORDER BY name DESC"
            for (table,) in connection.execute(names).fetchall():
                connection.execute(f"DROP TABLE {table}")
            connection.execute("ALTER TABLE records DROP COLUMN credential")
            connection.execute("PRAGMA user_version = 2")
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()


FIFTH = """
ALTER TABLE deliveries ADD COLUMN live INTEGER GENERATED ALWAYS AS
    (state IN ('queued', 'waiting', 'unknown', 'leased', 'sending', 'parked')) VIRTUAL;
ALTER TABLE deliveries ADD COLUMN due INTEGER GENERATED ALWAYS AS
    (blocked = 0 AND state IN ('queued', 'waiting', 'unknown')) VIRTUAL;
ALTER TABLE deliveries ADD COLUMN unsent INTEGER GENERATED ALWAYS AS
    (ever_sent = 0 AND state IN ('queued', 'waiting')) VIRTUAL;
ALTER TABLE deliveries ADD COLUMN leased INTEGER GENERATED ALWAYS AS (state IN ('leased', 'sending')) VIRTUAL;
ALTER TABLE deliveries ADD COLUMN holds INTEGER GENERATED ALWAYS AS (order_key <> ''
    AND state IN ('queued', 'waiting', 'unknown', 'leased', 'sending', 'parked')
    AND NOT (ordering = 'skip' AND attempts >= skip_after)) VIRTUAL;
ALTER TABLE deliveries ADD COLUMN rank INTEGER GENERATED ALWAYS AS (-priority) VIRTUAL;
CREATE INDEX deliveries_ripe ON deliveries (box, rank, app, vendor, seq) WHERE due AND ripe = 1;
CREATE INDEX deliveries_unripe ON deliveries (box, not_before) WHERE due AND ripe = 0;
CREATE INDEX deliveries_leased ON deliveries (box, lease_until) WHERE leased;
CREATE INDEX deliveries_unsent ON deliveries (box, deadline) WHERE unsent;
CREATE INDEX deliveries_holding ON deliveries (box, app, vendor, order_key, seq) WHERE holds;
CREATE INDEX deliveries_ended ON deliveries (keep_until) WHERE NOT live;
CREATE TRIGGER deliveries_counted_in AFTER INSERT ON deliveries BEGIN
    INSERT INTO delivery_counts VALUES (new.box, new.app, new.vendor, new.state, new.dead_reason, 1, new.bytes)
        ON CONFLICT DO UPDATE SET rows = rows + 1, bytes = bytes + excluded.bytes;
END;
CREATE TRIGGER deliveries_held AFTER INSERT ON deliveries WHEN new.state = 'parked' BEGIN
    INSERT INTO delivery_alarms (seq, alarm_state, alarm_reason) VALUES (new.seq, new.state, '');
END;
PRAGMA user_version = 5;
"""
"""What the fifth version had in place of today's."""


async def test_a_store_of_the_fifth_version_goes_on_with_its_deliveries(tmp_path: Path) -> None:
    machine = Machine()
    for lives in (1, 2):
        store = SqliteStore(machine, str(tmp_path / "store.db"))
        await store.open(machine.wall())
        for number, state in enumerate(("queued", "parked")):
            one = new(10 * lives + number, order_key="o", state=state)
            assert await store.deliveries.accept(one, at(), ROOM) == Accepted()
        assert len(await store.deliveries.alarms()) == lives
        assert sorted(depth.rows for depth in await store.deliveries.depths()) == [lives, lives]
        (leased,) = await store.deliveries.claim("outbox", at(), lease_s=60.0) if lives == 1 else [None]
        assert leased is None or await store.deliveries.settle(leased, Settlement("queued"), at())
        await store.close()
        connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
        if lives == 1:
            schema = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
            compute_anew(connection)
            for name in COMPUTED:
                connection.execute(f"ALTER TABLE deliveries DROP COLUMN {name}")
            connection.execute("ALTER TABLE delivery_attempts DROP COLUMN began")
            connection.executescript(FIFTH)
        else:
            changed = connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()
            assert [_plain(row) for row in changed] == [_plain(row) for row in schema]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        connection.close()


async def test_an_attempt_that_an_earlier_version_began_counts_from_then_on(tmp_path: Path) -> None:
    machine = Machine()
    store = SqliteStore(machine, str(tmp_path / "store.db"))
    await store.open(machine.wall())
    assert await store.deliveries.accept(new(1), at(), ROOM) == Accepted()
    [leased] = await store.deliveries.claim("outbox", at(), lease_s=60.0)
    assert await store.deliveries.begin_attempt(leased, "c", at()) == 1
    machine.passes(50.0)
    await store.close()
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    connection.execute("ALTER TABLE delivery_attempts DROP COLUMN began")
    connection.execute("PRAGMA user_version = 6")
    connection.close()
    store = SqliteStore(machine, str(tmp_path / "store.db"))
    await store.open(machine.wall())
    [attempt] = await store.deliveries.attempts(leased.new.id)
    assert attempt.began == 50.0
    await store.close()


def _plain(row: tuple[str | None, ...]) -> list[str]:
    return ["".join((text or "").split()) for text in row]


def test_a_store_of_a_newer_version_stays_as_it_is() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(StoreError, match="a newer one made it"):
        migrate(connection, NOW)
    assert connection.execute("PRAGMA user_version").fetchone() == (VERSION + 1,)
    connection.close()
