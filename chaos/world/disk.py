"""The disk of the virtual world: files in memory that outlive the machine that wrote them.

It has the very storage engine of production carry work out, on the loop and with a modelled delay in place of the
writer thread. Half of the delay passes before the commit and half after, so a crash can fall on either side: work that
was begun may be lost, or be on the disk while nobody was told.

With `torn` dice, some commits are written in that middle and flushed at the end only. A machine that loses power in
between loses such a one whole: SQLite's log has a sum over each commit, and one that is torn, or not there, is passed
over (sqlite.org/fileformat2.html §4.1). A program that dies leaves it to the operating system, which flushes it. A disk
that is full lets no file grow. It knows nothing of what is stored.
"""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

from tidegate.chaos.world.sqlite_space import bound_pages
from tidegate.world.group_writer import GROUP_MAX, C, StorageEngine, settle

T = TypeVar("T")

COMMIT_S = 0.004
"""One group commit, in seconds: what an ordinary disk takes for the write and its flush."""

TORN_SHARE = 0.5
"""Of the commits that a power cut falls upon, so many are lost."""

_Work = tuple[Callable[[Any], Any], "asyncio.Future[Any]", int]


class Disk:
    """The files. They stay when a machine crashes."""

    def __init__(self, commit_s: float = COMMIT_S) -> None:
        self.commit_s = commit_s
        """One group commit, in seconds. May be changed while it is in use."""
        self.torn: random.Random | None = None
        """Where it is set: the dice that say which commits a power cut in their second half would lose."""
        self._files: dict[Path, tuple[StorageEngine[Any], Any]] = {}
        self._full = 0
        self._unflushed: dict[object, list[Callable[[], object]]] = {}
        """Machine → its commits that are written, and not flushed yet."""

    def written_by(self, machine: object, commit: Callable[[], object]) -> None:
        """A commit of this machine is written, and not flushed."""
        self._unflushed.setdefault(machine, []).append(commit)

    def flush(self, machine: object) -> None:
        """Flush what this machine has written."""
        for commit in self._unflushed.pop(machine, []):
            commit()

    def lose(self, machine: object) -> None:
        """Power is cut: what this machine has written and not flushed is gone."""
        self._unflushed.pop(machine, None)

    def fill(self, sign: int) -> None:
        """With 1 it is full: no file grows. With -1 there is room again, as often as it was filled."""
        self._full += sign
        for _, connection in self._files.values():
            bound_pages(connection, full=self._full > 0)

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
        machine: object = None,
    ) -> None:
        self._connection = disk.open(path, engine)
        self._engine = engine
        self._disk = disk
        self._alive = alive
        self._reached = reached
        self._machine = machine
        self._loop = asyncio.get_running_loop()
        self._waiting: list[_Work] = []
        self._committing = False

    async def run(self, work: Callable[[C], T], size: int = 1) -> T:
        """See GroupWriter.run. On a machine that has crashed nothing happens, and the caller is cancelled."""
        if not self._alive():
            raise asyncio.CancelledError("this machine has crashed")
        future: asyncio.Future[T] = self._loop.create_future()
        self._waiting.append((work, future, size))
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
        group = list[_Work]()
        while self._waiting and sum(size for _, _, size in group) < GROUP_MAX:
            group.append(self._waiting.pop(0))
        torn = self._disk.torn
        if torn is not None and torn.random() < TORN_SHARE:
            answers = list[tuple[asyncio.Future[Any], Any]]()
            self._disk.written_by(self._machine, lambda: answers.extend(self._carried_out(group)))
        else:
            answers = self._carried_out(group)
        self._loop.call_later(self._disk.commit_s / 2, self._answer, answers)

    def _carried_out(self, group: list[_Work]) -> "list[tuple[asyncio.Future[Any], Any]]":
        """The results of a group that is committed, each for its waiter."""
        try:
            results = self._engine.commit(self._connection, [work for work, *_ in group])
        except Exception as error:  # noqa: BLE001 - handed to everyone in the group
            results = [error] * len(group)
        return [(future, result) for (_, future, _), result in zip(group, results, strict=True)]

    def _answer(self, answers: "list[tuple[asyncio.Future[Any], Any]]") -> None:
        self._committing = False
        if not self._alive():
            return
        self._disk.flush(self._machine)
        self._reached()
        settle(answers)
        self._begin()
