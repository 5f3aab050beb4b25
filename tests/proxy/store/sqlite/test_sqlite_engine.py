"""SQLite behind a writer thread: one transaction a group, each work undone alone, errors that say which store."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.waiting import settle
from tidegate.proxy.store.sqlite import sqlite_engine as module
from tidegate.proxy.store.sqlite.sqlite_engine import BUSY_KNOWN_MS, SqliteEngine, run_group
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.group_writer import GROUP_MAX, WriterThread

Database = WriterThread[sqlite3.Connection]
SCHEMA = "CREATE TABLE IF NOT EXISTS t (x INTEGER PRIMARY KEY)"


def insert(value: int) -> Callable[[sqlite3.Connection], int]:
    def work(connection: sqlite3.Connection) -> int:
        connection.execute("INSERT INTO t VALUES (?)", (value,))
        return value

    return work


def every(connection: sqlite3.Connection) -> list[int]:
    return [row[0] for row in connection.execute("SELECT x FROM t ORDER BY x")]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = WriterThread(tmp_path / "store.db", SqliteEngine(SCHEMA))
    yield opened
    await opened.close()


async def test_many_writers_are_all_answered(database: Database) -> None:
    count = GROUP_MAX * 3
    assert await asyncio.gather(*(database.run(insert(n)) for n in range(count))) == list(range(count))
    assert await database.run(every) == list(range(count))


async def test_a_work_that_fails_is_undone_alone(database: Database) -> None:
    results = await asyncio.gather(*(database.run(insert(n)) for n in (1, 1, 2)), return_exceptions=True)
    assert isinstance(results[1], StoreError)
    assert isinstance(results[1].__cause__, sqlite3.IntegrityError)
    assert await database.run(every) == [1, 2]


async def test_one_who_goes_away_does_not_stop_the_others(database: Database) -> None:
    gone = asyncio.ensure_future(database.run(insert(1)))
    await settle()
    gone.cancel()
    assert await database.run(insert(2)) == 2
    assert await database.run(every) == [1, 2]


async def test_what_was_asked_for_is_finished_before_closing(tmp_path: Path) -> None:
    opened = WriterThread(tmp_path / "store.db", SqliteEngine(SCHEMA))
    begun = [asyncio.ensure_future(opened.run(insert(n))) for n in range(5)]
    await settle()
    await opened.close()
    assert await asyncio.gather(*begun) == list(range(5))


async def test_the_disk_is_told_to_keep_every_commit(database: Database) -> None:
    def pragmas(connection: sqlite3.Connection) -> tuple[object, object]:
        synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
        return synchronous, connection.execute("PRAGMA journal_mode").fetchone()[0]

    assert await database.run(pragmas) == (2, "wal")


def test_a_group_is_one_transaction(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    connection.executescript(SCHEMA)
    statements: list[str] = []
    connection.set_trace_callback(statements.append)
    assert run_group(connection, [insert(1), insert(2)]) == [1, 2]
    assert [line for line in statements if line in ("BEGIN IMMEDIATE", "COMMIT")] == ["BEGIN IMMEDIATE", "COMMIT"]
    connection.close()


def test_a_lone_work_that_raises_leaves_nothing_behind_and_no_transaction(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    connection.executescript(SCHEMA)

    def fails(given: sqlite3.Connection) -> None:
        insert(1)(given)
        raise ValueError("of the caller's")

    (error,) = run_group(connection, [fails])
    assert isinstance(error, ValueError)
    assert not connection.in_transaction
    assert run_group(connection, [insert(1)]) == [1]
    connection.close()


def test_a_group_that_cannot_begin_writes_nothing(tmp_path: Path) -> None:
    holder = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    holder.executescript(SCHEMA)
    holder.execute("BEGIN IMMEDIATE")
    waiting = sqlite3.connect(tmp_path / "store.db", isolation_level=None, timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        run_group(waiting, [insert(1)])
    holder.execute("ROLLBACK")
    assert run_group(waiting, [insert(1)]) == [1]
    holder.close()
    waiting.close()


def test_a_file_that_is_no_database_is_refused_and_let_go(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(b"this is no database, and it is long enough to look like a header" * 40)
    with pytest.raises(StoreError, match=r"store\.db: this store cannot be used: file is not a database") as refused:
        SqliteEngine(SCHEMA).open(path)
    assert isinstance(refused.value.__cause__, sqlite3.DatabaseError)
    path.write_bytes(b"")
    engine = SqliteEngine(SCHEMA)
    engine.close(engine.open(path))


def test_a_group_that_cannot_begin_is_a_store_error(tmp_path: Path) -> None:
    engine = SqliteEngine(SCHEMA)
    connection = engine.open(tmp_path / "store.db")
    holder = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    connection.execute("PRAGMA busy_timeout=0")
    with pytest.raises(StoreError, match=r"store\.db: this store cannot be used: database is locked"):
        engine.commit(connection, [insert(1)])
    holder.close()
    engine.close(connection)


def test_a_file_that_cannot_be_written_is_a_store_error(tmp_path: Path) -> None:
    engine = SqliteEngine(SCHEMA)
    connection = engine.open(tmp_path / "store.db")
    connection.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreError, match=r"store\.db: this store cannot be used: attempt to write a readonly database"):
        engine.commit(connection, [insert(1)])
    engine.close(connection)


def test_what_a_work_raises_by_itself_stays_what_it_is() -> None:
    def work(_: sqlite3.Connection) -> None:
        raise ValueError("of the caller's")

    engine = SqliteEngine(SCHEMA)
    connection = engine.open(None)
    (error,) = engine.commit(connection, [work])
    assert isinstance(error, ValueError)
    engine.close(connection)


def test_the_text_of_a_file_holds_what_was_written() -> None:
    engine = SqliteEngine(SCHEMA)
    connection = engine.open(None)
    engine.commit(connection, [insert(4711)])
    assert "VALUES(4711)" in engine.dump(connection)
    engine.close(connection)


def test_a_lock_is_waited_for_once_and_those_that_follow_are_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BUSY_MS", 0)  # no test waits
    engine = SqliteEngine(SCHEMA)
    connection = engine.open(tmp_path / "store.db")
    holder = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    connection.execute("PRAGMA busy_timeout=0")
    with pytest.raises(StoreError) as refused:
        engine.commit(connection, [insert(1)])
    assert refused.value.trouble == "locked"
    assert connection.execute("PRAGMA busy_timeout").fetchone()[0] == BUSY_KNOWN_MS
    holder.execute("COMMIT")
    assert engine.commit(connection, [insert(1)]) == [1]
    assert connection.execute("PRAGMA busy_timeout").fetchone()[0] == module.BUSY_MS
    holder.close()
    engine.close(connection)
