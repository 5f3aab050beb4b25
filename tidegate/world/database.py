"""One SQLite file behind one writer thread with group commit.

Many calls may wait for the disk at once; the thread takes all that are waiting, runs them in one transaction and
answers after COMMIT, so that a burst costs one fsync and not one each. It knows nothing of what is stored.

The rules (measured: the figures are in docs/decisions/0004-sqlite-group-commit.md): WAL, synchronous=FULL set
explicitly because builds differ, BEGIN IMMEDIATE always because busy_timeout does not cover a lock upgrade.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

GROUP_MAX = 64
"""At most so many works share one COMMIT."""

PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=5000",
)

_Work = tuple[Callable[[sqlite3.Connection], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]"]


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
            except Exception as error:  # noqa: BLE001 - handed to the one who asked
                connection.execute("ROLLBACK TO work")
                results.append(error)
            connection.execute("RELEASE work")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results


def _settle(future: "asyncio.Future[Any]", result: object) -> None:
    if future.done():
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)


def _settle_all(answers: "list[tuple[asyncio.Future[Any], object]]") -> None:
    for future, result in answers:
        _settle(future, result)


class SqliteDatabase:
    """See tidegate.world.world.Database. Raises sqlite3.Error from the constructor where the file cannot be opened."""

    def __init__(self, path: Path, schema: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            for pragma in PRAGMAS:
                self._connection.execute(pragma)
            self._connection.executescript(schema)
        except BaseException:
            self._connection.close()
            raise
        self._waiting: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"sqlite {path.name}", daemon=True)
        self._thread.start()

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """See Database.write."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._waiting.put((work, loop, future))
        return await future

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """See Database.read. Reads are rare and share the writer's thread, so they see every acknowledged write."""
        return await self.write(work)

    async def close(self) -> None:
        """See Database.close."""
        self._waiting.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._connection.close()

    def _take(self) -> tuple[list[_Work], bool]:
        first = self._waiting.get()
        if first is None:
            return [], True
        taken = [first]
        while len(taken) < GROUP_MAX:
            try:
                more = self._waiting.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return taken, True
            taken.append(more)
        return taken, False

    def _run(self) -> None:
        last = False
        while not last:
            taken, last = self._take()
            if not taken:
                return
            try:
                results = run_group(self._connection, [work for work, _, _ in taken])
            except Exception as error:  # noqa: BLE001 - handed to everyone in the group
                results = [error] * len(taken)
            loop = taken[0][1]
            answers = [(future, result) for (_, _, future), result in zip(taken, results, strict=True)]
            try:
                loop.call_soon_threadsafe(_settle_all, answers)
            except RuntimeError:
                return  # the loop is closed: nobody waits any more
