"""SQLite as a storage engine (tidegate.world.group_writer.StorageEngine): connections, transactions, errors.

The rules (measured: the figures are in docs/decisions/0004-sqlite-group-commit.md): WAL, synchronous=FULL set
explicitly because builds differ, BEGIN IMMEDIATE always because busy_timeout does not cover a lock upgrade. It knows
nothing of what is stored.
"""

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tidegate.proxy.store.sqlite.file_lock import file_lock
from tidegate.proxy.store.store import StoreError

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
)
"""Journal mode and flushes mean nothing to a file in memory."""


class SqliteEngine:
    """See StorageEngine. For one file. `schema` is SQL that is safe to run again. SQLite's errors become StoreError."""

    def __init__(self, schema: str) -> None:
        self._schema = schema
        self._name = "store"
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
                for pragma in PRAGMAS:
                    connection.execute(pragma)
                connection.executescript(self._schema)
            except sqlite3.Error as error:
                raise self._store_error(error) from error
            self._opened = opened.pop_all()
        return connection

    def commit(self, connection: sqlite3.Connection, works: list[Callable[[sqlite3.Connection], Any]]) -> list[Any]:
        """See StorageEngine.commit. Raises StoreError where the transaction as a whole failed."""
        try:
            results = run_group(connection, works)
        except sqlite3.Error as error:
            raise self._store_error(error) from error
        return [self._store_error(result) if isinstance(result, sqlite3.Error) else result for result in results]

    def dump(self, connection: sqlite3.Connection) -> str:
        """See StorageEngine.dump: everything in the file, as SQL."""
        return "\n".join(connection.iterdump())

    def close(self, connection: sqlite3.Connection) -> None:
        """See StorageEngine.close."""
        del connection  # closed here too, before the lock on its file is let go
        self._opened.close()

    def _store_error(self, error: sqlite3.Error) -> StoreError:
        made = StoreError(f"{self._name}: this store cannot be used: {error}")
        made.__cause__ = error
        return made


def run_group(connection: sqlite3.Connection, works: list[Callable[[sqlite3.Connection], Any]]) -> list[Any]:
    """Run works in one transaction. A work that raises is undone alone; its place in the list holds the exception.

    Raises sqlite3.Error where the transaction as a whole failed; then nothing was written.
    """
    results: list[Any] = []
    connection.execute("BEGIN IMMEDIATE")
    try:
        if len(works) == 1:  # the usual case: the transaction itself is what can be undone
            try:
                results.append(works[0](connection))
            except Exception as error:  # noqa: BLE001 - as below
                connection.execute("ROLLBACK")
                return [error]
            connection.execute("COMMIT")
            return results
        for work in works:
            connection.execute("SAVEPOINT work")
            try:
                results.append(work(connection))
            except Exception as error:  # noqa: BLE001 - handed to the one who waits for it
                connection.execute("ROLLBACK TO work")
                results.append(error)
            connection.execute("RELEASE work")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results
