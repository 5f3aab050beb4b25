"""The disk of the virtual world: for each path one SQLite database in memory, that outlives the machine that wrote it.

It runs the very SQL that production runs (tidegate.world.database.run_group), on the loop and with a modelled delay in
place of the writer thread. Half of the delay passes before COMMIT and half after, so a crash can fall on either side:
work that was asked for may be lost, or be on the disk while nobody was told. It knows nothing of what is stored.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tidegate.world.database import GROUP_MAX, run_group

T = TypeVar("T")

COMMIT_S = 0.004
"""One group commit, in seconds: what an ordinary disk takes for the write and its flush."""

_Work = tuple[Callable[[sqlite3.Connection], Any], "asyncio.Future[Any]"]


class Disk:
    """The files. They stay when a machine crashes."""

    def __init__(self, commit_s: float = COMMIT_S) -> None:
        self.commit_s = commit_s
        """One group commit, in seconds. May be changed while it is in use."""
        self._files: dict[Path, sqlite3.Connection] = {}

    def open(self, path: Path, schema: str) -> sqlite3.Connection:
        """The connection to a file. `schema` is SQL that is safe to run again."""
        if path not in self._files:
            made = sqlite3.connect(":memory:", isolation_level=None)
            made.execute("PRAGMA foreign_keys=ON")
            self._files[path] = made
        self._files[path].executescript(schema)
        return self._files[path]

    def written(self) -> bytes:
        """Everything that is on the disk, as SQL: for whoever looks for what should not be there."""
        return "\n".join(line for file in self._files.values() for line in file.iterdump()).encode()

    def close(self) -> None:
        """Forget every file."""
        for connection in self._files.values():
            connection.close()
        self._files.clear()


class VirtualDatabase:
    """See tidegate.world.world.Database.

    `alive` says whether the machine that opened it still runs; `reached` is called when an answer reaches it.
    """

    def __init__(
        self,
        disk: Disk,
        path: Path,
        schema: str,
        alive: Callable[[], bool],
        reached: Callable[[], object] = lambda: None,
    ) -> None:
        self._connection = disk.open(path, schema)
        self._disk = disk
        self._alive = alive
        self._reached = reached
        self._loop = asyncio.get_running_loop()
        self._waiting: list[_Work] = []
        self._committing = False

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """See Database.write. On a machine that has crashed nothing happens, and the caller is cancelled."""
        if not self._alive():
            raise asyncio.CancelledError("this machine has crashed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append((work, future))
        self._begin()
        return await future

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """See Database.read. Reads wait for their turn among the writes, as in production."""
        return await self.write(work)

    async def close(self) -> None:
        """See Database.close. The file stays."""
        if self._alive() and (self._waiting or self._committing):
            await self.write(lambda _: None)

    def _begin(self) -> None:
        if self._waiting and not self._committing:
            self._committing = True
            self._loop.call_later(self._disk.commit_s / 2, self._commit)

    def _commit(self) -> None:
        if not self._alive():
            return
        group, self._waiting = self._waiting[:GROUP_MAX], self._waiting[GROUP_MAX:]
        try:
            results = run_group(self._connection, [work for work, _ in group])
        except Exception as error:  # noqa: BLE001 - handed to everyone in the group
            results = [error] * len(group)
        answers = [(future, result) for (_, future), result in zip(group, results, strict=True)]
        self._loop.call_later(self._disk.commit_s / 2, self._answer, answers)

    def _answer(self, answers: list[tuple["asyncio.Future[Any]", Any]]) -> None:
        self._committing = False
        if not self._alive():
            return
        self._reached()
        for future, result in answers:
            if future.done():
                continue
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)
        self._begin()
