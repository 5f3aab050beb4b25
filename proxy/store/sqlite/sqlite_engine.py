"""SQLite as a storage engine (tidegate.world.group_writer.StorageEngine): connections, transactions, errors.

The rules (measured: the figures are in docs/decisions/0004-sqlite-group-commit.md): WAL, synchronous=FULL set
explicitly because builds differ, BEGIN IMMEDIATE always because busy_timeout does not cover a lock upgrade. It knows
nothing of what is stored.
"""

import contextlib
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tidegate.proxy.store.sqlite.file_lock import file_lock
from tidegate.proxy.store.sqlite.file_place import FilePlace
from tidegate.proxy.store.store_error import StoreError, StoreTrouble
from tidegate.proxy.store.store_health import StoreHealth

BUSY_MS = 5000
"""A lock that another process holds is waited for so long: a backup, somebody's shell."""
BUSY_KNOWN_MS = 50
"""And so long once one was waited for in vain, until one is had: else those that wait meanwhile wait for each other."""

PRAGMAS = (
    "PRAGMA auto_vacuum=INCREMENTAL",  # a file can shrink in slices; it counts for a file that has no table yet
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA journal_size_limit=67108864",  # the log of writes has been long once, and need not stay so
    "PRAGMA temp_store=MEMORY",  # what undoes one statement goes to a file else: a settlement takes seven times as long
)
"""Journal mode and flushes mean nothing to a file in memory."""

REBUILT_BYTES_MAX = 256 * 1024 * 1024
"""A file of an earlier version is written anew once, so that it can shrink; a larger one would take too long."""

FLUSHES = frozenset({sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC})
"""A flush failed. The kernel may have forgotten what it could not write, and a flush after that says nothing of it
(Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020): the file is not written again."""

MOVED = "its file was moved or deleted while it was open; put it back, or start Tidegate again"

TROUBLES: Mapping[int, StoreTrouble] = {
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "read-only",
    sqlite3.SQLITE_PERM: "read-only",
    sqlite3.SQLITE_CORRUPT: "corrupt",
    sqlite3.SQLITE_NOTADB: "corrupt",
    sqlite3.SQLITE_IOERR: "disk",
    sqlite3.SQLITE_CANTOPEN: "disk",
    sqlite3.SQLITE_NOLFS: "full",
    sqlite3.SQLITE_PROTOCOL: "locked",
}
"""SQLite's primary result code (sqlite.org/rescode.html) → the trouble. Others are mistakes of ours."""


class SqliteEngine:
    """See StorageEngine. For one file. SQLite's errors become StoreError, and are noted in `health`.

    `schema` is SQL that is safe to run again, for users that have one version of it. `own` is a table that each file of
    ours has: one with other tables and without it is left as it is.
    """

    def __init__(self, schema: str = "", health: StoreHealth | None = None, own: str = "") -> None:
        self._schema, self._own = schema, own
        self._health = health or StoreHealth()
        self._impatient = False
        self._unflushed = ""
        """What a flush said when it failed; from then on everything is refused."""
        self._name = "store"
        self._place: FilePlace | None = None
        self._opened = contextlib.ExitStack()

    def open(self, path: Path | None) -> sqlite3.Connection:
        """See StorageEngine.open. Raises StoreError where another proxy uses the file, or it is no database."""
        with contextlib.ExitStack() as opened:
            if path is not None:
                self._name = str(path)
                opened.enter_context(file_lock(path))
            place = ":memory:" if path is None else path
            try:
                # The connection is made here and used by the writer's thread, one at a time.
                connection = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
                opened.enter_context(contextlib.closing(connection))
                connection.row_factory = sqlite3.Row
                tables = [name for [name] in connection.execute("SELECT name FROM sqlite_master")]
                if self._own and tables and self._own not in tables:
                    raise StoreError(f"{self._name}: this is a database of another program; name another file")
                for pragma in PRAGMAS:
                    connection.execute(pragma)
                _rebuild(connection)
                connection.executescript(self._schema)
            except sqlite3.Error as error:
                raise self._store_error(error) from error
            if path is not None:
                self._place = FilePlace(path.resolve())
                self._place.is_kept()
            self._opened = opened.pop_all()
        return connection

    def commit(self, connection: sqlite3.Connection, works: list[Callable[[sqlite3.Connection], Any]]) -> list[Any]:
        """See StorageEngine.commit. Raises StoreError where the transaction as a whole failed.

        After a flush that failed nothing is carried out any more: the proxy is to be started again. Nor is anything
        while the file is not where it was opened.
        """
        refused = None
        if self._unflushed:
            refused = StoreError(self._unflushed, "disk")
        elif self._place is not None and not self._place.is_kept():
            refused = StoreError(f"{self._name}: {MOVED}", "read-only")
        if refused is not None:
            self._health.failed(refused)
            raise refused
        try:
            results = run_group(connection, works)
        except sqlite3.Error as error:
            raise self._store_error(error, connection) from error
        if self._impatient:
            self._wait_for_locks(connection, BUSY_MS)
        return [
            self._store_error(result, connection) if isinstance(result, sqlite3.Error) else result for result in results
        ]

    def dump(self, connection: sqlite3.Connection) -> str:
        """See StorageEngine.dump: everything in the file, as SQL."""
        return "\n".join(connection.iterdump())

    def close(self, connection: sqlite3.Connection) -> None:
        """See StorageEngine.close."""
        del connection  # closed here too, before the lock on its file is let go
        self._opened.close()

    def _store_error(self, error: sqlite3.Error, connection: sqlite3.Connection | None = None) -> StoreError:
        code = getattr(error, "sqlite_errorcode", None)
        trouble = TROUBLES.get(code & 0xFF) if isinstance(code, int) else None
        text = f"{self._name}: this store cannot be used: {error}"
        if code in FLUSHES:
            text = self._unflushed = f"{text}; a flush failed, so nothing more is written until Tidegate is restarted"
        made = StoreError(text, trouble or "")
        made.__cause__ = error
        self._health.failed(made)
        if trouble == "locked" and connection is not None:
            self._wait_for_locks(connection, BUSY_KNOWN_MS)
        return made

    def _wait_for_locks(self, connection: sqlite3.Connection, wait_ms: int) -> None:
        self._impatient = wait_ms != BUSY_MS
        connection.execute(f"PRAGMA busy_timeout={wait_ms}")


def _rebuild(connection: sqlite3.Connection) -> None:
    """Write a file that cannot shrink anew. It stays as it is where there is no room for that."""
    shrinks, pages, page_bytes = (
        int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("auto_vacuum", "page_count", "page_size")
    )
    if not shrinks and pages * page_bytes <= REBUILT_BYTES_MAX:
        with contextlib.suppress(sqlite3.OperationalError):
            connection.execute("VACUUM")


def run_group(connection: sqlite3.Connection, works: list[Callable[[sqlite3.Connection], Any]]) -> list[Any]:
    """Run works in one transaction. A work that raises is undone alone; its place in the list holds the exception.

    Raises sqlite3.Error where the transaction as a whole failed; then nothing was written. SQLite ends a transaction by
    itself where a disk is full or fails (sqlite.org/lang_transaction.html §3): then it has failed as a whole.
    """
    results: list[Any] = []
    connection.execute("BEGIN IMMEDIATE")
    try:
        if len(works) == 1:  # the usual case: the transaction itself is what can be undone
            try:
                results.append(works[0](connection))
            except Exception as error:  # noqa: BLE001 - as below
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                return [error]
            connection.execute("COMMIT")
            return results
        for work in works:
            connection.execute("SAVEPOINT work")
            try:
                results.append(work(connection))
            except Exception as error:
                if not connection.in_transaction:
                    raise
                connection.execute("ROLLBACK TO work")
                results.append(error)
            connection.execute("RELEASE work")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results
