"""The disk of the virtual world: files in memory that outlive the machine that wrote them.

It has the very storage engine of production carry work out, on the loop and with a modelled delay in place of the
writer thread. Half of the delay passes before the commit and half after, so a crash can fall on either side: work that
was begun may be lost, or be on the disk while nobody was told. It knows nothing of what is stored.
"""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from tidegate.world.group_writer import GROUP_MAX, C, StorageEngine, settle

T = TypeVar("T")

COMMIT_S = 0.004
"""One group commit, in seconds: what an ordinary disk takes for the write and its flush."""

_Work = tuple[Callable[[Any], Any], "asyncio.Future[Any]"]


class Disk:
    """The files. They stay when a machine crashes."""

    def __init__(self, commit_s: float = COMMIT_S) -> None:
        self.commit_s = commit_s
        """One group commit, in seconds. May be changed while it is in use."""
        self._files: dict[Path, tuple[StorageEngine[Any], Any]] = {}

    def open(self, path: Path, engine: StorageEngine[C]) -> C:
        """The connection to a file, which `engine` makes where it is not there."""
        if path not in self._files:
            self._files[path] = (engine, engine.open(None))
        return cast("C", self._files[path][1])

    def connection(self, path: Path) -> Any:
        """The connection to a file that is there: for whoever looks at its rows, and changes nothing."""
        return self._files[path][1]

    def written(self) -> bytes:
        """Everything that is on the disk, as text: for whoever looks for what should not be there."""
        return "\n".join(engine.dump(connection) for engine, connection in self._files.values()).encode()

    def close(self) -> None:
        """Forget every file."""
        for engine, connection in self._files.values():
            engine.close(connection)
        self._files.clear()


class VirtualWriter(Generic[C]):
    """See tidegate.world.group_writer.GroupWriter.

    `alive` says whether the machine that opened the file still runs; `reached` is called when an answer reaches it.
    """

    def __init__(
        self,
        disk: Disk,
        path: Path,
        engine: StorageEngine[C],
        alive: Callable[[], bool],
        reached: Callable[[], object] = lambda: None,
    ) -> None:
        self._connection = disk.open(path, engine)
        self._engine = engine
        self._disk = disk
        self._alive = alive
        self._reached = reached
        self._loop = asyncio.get_running_loop()
        self._waiting: list[_Work] = []
        self._committing = False

    async def run(self, work: Callable[[C], T]) -> T:
        """See GroupWriter.run. On a machine that has crashed nothing happens, and the caller is cancelled."""
        if not self._alive():
            raise asyncio.CancelledError("this machine has crashed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append((work, future))
        self._begin()
        return await future

    async def close(self) -> None:
        """See GroupWriter.close. The file stays."""
        if self._alive() and (self._waiting or self._committing):
            await self.run(lambda _: None)

    def _begin(self) -> None:
        if self._waiting and not self._committing:
            self._committing = True
            self._loop.call_later(self._disk.commit_s / 2, self._commit)

    def _commit(self) -> None:
        if not self._alive():
            return
        group, self._waiting = self._waiting[:GROUP_MAX], self._waiting[GROUP_MAX:]
        try:
            results = self._engine.commit(self._connection, [work for work, _ in group])
        except Exception as error:  # noqa: BLE001 - handed to everyone in the group
            results = [error] * len(group)
        answers = [(future, result) for (_, future), result in zip(group, results, strict=True)]
        self._loop.call_later(self._disk.commit_s / 2, self._answer, answers)

    def _answer(self, answers: "list[tuple[asyncio.Future[Any], Any]]") -> None:
        self._committing = False
        if not self._alive():
            return
        self._reached()
        settle(answers)
        self._begin()
