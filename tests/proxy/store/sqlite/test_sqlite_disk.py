"""A disk that fails under SQLite: what is told of it, what works again, and what waits for a new start."""

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.store.sqlite.test_sqlite_engine import SCHEMA, every, insert
from tidegate.proxy.store.sqlite import sqlite_engine as module
from tidegate.proxy.store.sqlite.sqlite_engine import SqliteEngine
from tidegate.proxy.store.store_error import StoreError
from tidegate.proxy.store.store_health import StoreHealth


class Failing(sqlite3.Connection):
    """A connection that a disk fails under: the statement that begins with `at` raises an error of this code."""

    at, code, ends = "", sqlite3.SQLITE_IOERR, False

    def execute(self, sql: str, *given: Any) -> sqlite3.Cursor:
        if self.at and sql.startswith(self.at):
            if self.ends:  # SQLite ends the transaction by itself
                super().execute("ROLLBACK")
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorcode = self.code
            raise error
        return super().execute(sql, *given)


@pytest.mark.parametrize("works", [[1], [1, 2]], ids=["a lone work", "a group"])
@pytest.mark.parametrize(
    ("at", "code", "ends", "trouble"),
    [
        pytest.param("COMMIT", sqlite3.SQLITE_IOERR_WRITE, False, "disk", id="a write that fails at the end"),
        pytest.param("COMMIT", sqlite3.SQLITE_FULL, False, "full", id="a disk that is full at the end"),
        pytest.param("INSERT", sqlite3.SQLITE_FULL, True, "full", id="a disk that is full before, which ends it all"),
        pytest.param("INSERT", sqlite3.SQLITE_IOERR_WRITE, True, "disk", id="a write that fails"),
        pytest.param("BEGIN", sqlite3.SQLITE_READONLY_DBMOVED, False, "read-only", id="a file that was moved away"),
        pytest.param("BEGIN", sqlite3.SQLITE_CORRUPT, False, "corrupt", id="a damaged file"),
        pytest.param("BEGIN", sqlite3.SQLITE_BUSY_RECOVERY, False, "locked", id="another process that recovers it"),
    ],
)
def test_a_failing_disk_is_told_by_its_kind_and_leaves_a_store_that_works_again(
    tmp_path: Path, works: list[int], at: str, code: int, ends: bool, trouble: str
) -> None:
    health = StoreHealth()
    engine = SqliteEngine(health=health)
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None, factory=Failing)
    connection.executescript(SCHEMA)
    connection.row_factory = sqlite3.Row
    connection.at, connection.code, connection.ends = at, code, ends
    answers: list[Any] = []
    try:
        answers = engine.commit(connection, [insert(number) for number in works])
    except StoreError as error:
        answers = [error]
    assert isinstance(answers[0], StoreError)
    assert answers[0].trouble == trouble
    assert sum(health.errors.values()) >= 1
    assert "disk I/O error" in health.trouble
    connection.at = ""
    assert not connection.in_transaction
    assert every(connection) == []
    assert engine.commit(connection, [insert(number) for number in works]) == works
    connection.close()


@pytest.mark.parametrize("code", [sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC])
@pytest.mark.parametrize("works", [[1], [1, 2]], ids=["a lone work", "a group"])
def test_after_a_flush_that_failed_nothing_is_written_until_the_file_is_opened_again(
    tmp_path: Path, works: list[int], code: int
) -> None:
    health = StoreHealth()
    engine = SqliteEngine(health=health)
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None, factory=Failing)
    connection.executescript(SCHEMA)
    connection.row_factory = sqlite3.Row
    connection.at, connection.code = "COMMIT", code
    for _ in range(3):
        with pytest.raises(StoreError, match="a flush failed, so nothing more is written until Tidegate is restarted"):
            engine.commit(connection, [insert(number) for number in works])
        connection.at = ""  # the next flush would say that all is well
        assert every(connection) == []
    assert health.errors["disk"] == 3
    connection.close()
    again = SqliteEngine(SCHEMA)
    opened = again.open(tmp_path / "store.db")
    assert again.commit(opened, [insert(number) for number in works]) == works
    again.close(opened)


def test_a_file_of_an_earlier_version_is_written_anew_once_so_that_it_can_shrink(tmp_path: Path) -> None:
    old = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    old.executescript("PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (7)")
    old.close()
    for _ in range(2):
        engine = SqliteEngine()
        connection = engine.open(tmp_path / "store.db")
        assert connection.execute("PRAGMA auto_vacuum").fetchone()[0] == 2
        assert every(connection) == [7]
        engine.close(connection)


def test_a_file_that_is_too_large_for_that_stays_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "REBUILT_BYTES_MAX", 4096)
    old = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    old.executescript("CREATE TABLE t (x); INSERT INTO t VALUES (7)")
    old.close()
    engine = SqliteEngine()
    connection = engine.open(tmp_path / "store.db")
    assert connection.execute("PRAGMA auto_vacuum").fetchone()[0] == 0
    assert every(connection) == [7]
    engine.close(connection)


def test_a_store_that_may_not_grow_is_full_and_works_again_when_it_may(tmp_path: Path) -> None:
    health = StoreHealth()
    engine = SqliteEngine("CREATE TABLE IF NOT EXISTS t (x)", health)
    connection = engine.open(tmp_path / "store.db")
    connection.execute("PRAGMA max_page_count=2")

    def large(given: sqlite3.Connection) -> int:
        return given.execute("INSERT INTO t VALUES (zeroblob(100000))").rowcount

    (error,) = engine.commit(connection, [large])
    assert isinstance(error, StoreError)
    assert error.trouble == "full"
    connection.execute("PRAGMA max_page_count=1000")
    assert engine.commit(connection, [large]) == [1]
    engine.close(connection)


def test_a_damaged_file_is_corrupt(tmp_path: Path) -> None:
    engine = SqliteEngine(SCHEMA)
    connection = engine.open(tmp_path / "store.db")
    engine.commit(connection, [insert(number) for number in range(2000)])
    engine.close(connection)
    with (tmp_path / "store.db").open("r+b") as file:
        file.seek(2 * 4096)  # the page of the table
        file.write(b"\xff" * 4096)
    health = StoreHealth()
    again = SqliteEngine(SCHEMA, health)
    connection = again.open(tmp_path / "store.db")
    (error,) = again.commit(connection, [insert(5000)])
    assert isinstance(error, StoreError)
    assert error.trouble == "corrupt"
    assert "malformed" in health.trouble
    again.close(connection)
