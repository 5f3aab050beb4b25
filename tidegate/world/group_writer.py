"""One file behind one writer: many pieces of work wait for the disk at once, and share one commit.

`GroupWriter` is the disk of a world. In the real one it is a thread: it takes all work that is waiting, has the storage
engine carry it out in one transaction, and answers after the commit, so that a burst costs one flush of the disk and
not one each. The virtual one is tidegate.chaos.world.disk. Which engine works on the file, and what is stored in it,
is its user's to know.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

C = TypeVar("C")
C_co = TypeVar("C_co", covariant=True)
T = TypeVar("T")

GROUP_MAX = 64
"""A commit takes no more work once it has so much."""


class StorageEngine(Protocol[C]):
    """A library that keeps data in one file. `C` is its connection to the file. Every method blocks."""

    def open(self, path: Path | None) -> C:
        """Open the file, or make it; None for a file in memory. Raises what the engine raises where it cannot."""
        ...

    def commit(self, connection: C, works: list[Callable[[C], Any]]) -> list[Any]:
        """Run works in one transaction, and return their results once they are on the disk.

        A work that raises is undone alone; its place in the list holds the exception. Raises where the transaction as a
        whole failed; then nothing was written.
        """
        ...

    def dump(self, connection: C) -> str:
        """Everything in the file, as text."""
        ...

    def close(self, connection: C) -> None:
        """Close the file."""
        ...


class GroupWriter(Protocol[C_co]):
    """One open file. Work is a function of the engine's connection; it must not keep the connection."""

    async def run(self, work: Callable[[C_co], T], size: int = 1) -> T:
        """Run `work` in the next group, and return its result after the commit. What it raises undoes it alone.

        In its group it counts as `size` pieces of work. Reads go this way too: they are rare, and so they see every
        acknowledged write. Once the file is closed it raises what the engine raises for one that is.
        """
        ...

    async def close(self) -> None:
        """Finish the work that waits, then close the file."""
        ...


_Work = tuple[Callable[[Any], Any], asyncio.AbstractEventLoop, "asyncio.Future[Any]", int]


def settle(results: "list[tuple[asyncio.Future[Any], object]]") -> None:
    """Give each waiter its result, or the exception that stands in its place. Who has gone away is passed over."""
    for future, result in results:
        if future.done():
            continue
        if isinstance(result, BaseException):
            future.set_exception(result)
        else:
            future.set_result(result)


class WriterThread(Generic[C]):
    """See GroupWriter: a thread of its own. Raises what the engine raises where the file cannot be opened."""

    def __init__(self, path: Path, engine: StorageEngine[C]) -> None:
        self._engine = engine
        self._connection = engine.open(path)
        self._waiting: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name=f"disk {path.name}", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[C], T], size: int = 1) -> T:
        """See GroupWriter.run."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        if self._closed:  # no thread takes work any more: the engine says so of a file that is closed
            await loop.run_in_executor(None, self._thread.join)
            settle([(future, result) for result in self._engine.commit(self._connection, [work])])
        else:
            self._waiting.put((work, loop, future, size))
        return await future

    async def close(self) -> None:
        """See GroupWriter.close."""
        self._closed = True
        self._waiting.put(None)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._engine.close(self._connection)

    def _take(self) -> tuple[list[_Work], bool]:
        """The next group, and whether it is the last. Waits for its first piece of work, and for no other."""
        first = self._waiting.get()
        if first is None:
            return [], True
        group, size = [first], first[3]
        while size < GROUP_MAX:
            try:
                more = self._waiting.get_nowait()
            except queue.Empty:
                break
            if more is None:
                return group, True
            group.append(more)
            size += more[3]
        return group, False

    def _run(self) -> None:
        last = False
        while not last:
            group, last = self._take()
            if not group:
                return
            try:
                results = self._engine.commit(self._connection, [work for work, *_ in group])
            except Exception as error:  # noqa: BLE001 - handed to everyone in the group
                results = [error] * len(group)
            loop = group[0][1]
            answers = [(future, result) for (_, _, future, _), result in zip(group, results, strict=True)]
            try:
                loop.call_soon_threadsafe(settle, answers)
            except RuntimeError:
                return  # the loop is closed: nobody waits any more
