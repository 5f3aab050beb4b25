"""One writer thread, many waiting: grouped into one commit, each answered for itself, nothing lost."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import settle
from tidegate.world.group_writer import GROUP_MAX, WriterThread


class Ledger:
    """A storage engine whose file is a list of numbers, and that remembers its groups."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.broken: Exception | None = None
        self.closed = False

    def open(self, path: Path | None) -> list[int]:
        if path is None or path.name == "broken":
            raise OSError("no such file")
        return []

    def commit(self, connection: list[int], works: list[Callable[[list[int]], Any]]) -> list[Any]:
        if self.closed:
            raise OSError("this file is closed")
        self.groups.append(len(works))
        if self.broken is not None:
            raise self.broken
        results: list[Any] = []
        for work in works:
            try:
                results.append(work(connection))
            except ValueError as error:
                results.append(error)
        return results

    def dump(self, connection: list[int]) -> str:
        return str(connection)

    def close(self, connection: list[int]) -> None:
        del connection
        self.closed = True


def insert(value: int) -> Callable[[list[int]], int]:
    def work(connection: list[int]) -> int:
        if value in connection:
            raise ValueError(f"{value} is there")
        connection.append(value)
        return value

    return work


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
async def writer(ledger: Ledger, tmp_path: Path) -> AsyncIterator[WriterThread[list[int]]]:
    opened = WriterThread(tmp_path / "ledger", ledger)
    yield opened
    await opened.close()


async def test_many_writers_are_all_answered(writer: WriterThread[list[int]], ledger: Ledger) -> None:
    count = GROUP_MAX * 3
    assert await asyncio.gather(*(writer.run(insert(n)) for n in range(count))) == list(range(count))
    assert await writer.run(list) == list(range(count))
    assert max(ledger.groups) <= GROUP_MAX


async def test_a_work_that_stands_for_many_is_not_joined_by_more(
    writer: WriterThread[list[int]], ledger: Ledger
) -> None:
    begun, held = threading.Event(), threading.Event()

    def hold(_: list[int]) -> None:
        begun.set()
        held.wait(60)

    first = asyncio.ensure_future(writer.run(hold))
    await asyncio.to_thread(begun.wait, 60)
    others = [asyncio.ensure_future(writer.run(insert(size), size)) for size in (1, 2, GROUP_MAX, GROUP_MAX + 1, 3, 4)]
    await settle()
    held.set()
    await asyncio.gather(first, *others)
    assert ledger.groups == [1, 3, 1, 2]


async def test_a_work_that_fails_fails_alone(writer: WriterThread[list[int]]) -> None:
    results = await asyncio.gather(*(writer.run(insert(n)) for n in (1, 1, 2)), return_exceptions=True)
    assert isinstance(results[1], ValueError)
    assert (results[0], results[2]) == (1, 2)


async def test_a_commit_that_fails_fails_for_the_whole_group_and_not_for_the_next(
    writer: WriterThread[list[int]], ledger: Ledger
) -> None:
    ledger.broken = OSError("the disk is full")
    with pytest.raises(OSError, match="the disk is full"):
        await writer.run(insert(1))
    ledger.broken = None
    assert await writer.run(insert(1)) == 1


async def test_one_who_goes_away_does_not_stop_the_others(writer: WriterThread[list[int]]) -> None:
    gone = asyncio.ensure_future(writer.run(insert(1)))
    await settle()
    gone.cancel()
    assert await writer.run(insert(2)) == 2
    assert await writer.run(list) == [1, 2]


async def test_what_was_begun_is_finished_before_closing(ledger: Ledger, tmp_path: Path) -> None:
    opened = WriterThread(tmp_path / "ledger", ledger)
    begun = [asyncio.ensure_future(opened.run(insert(n))) for n in range(5)]
    await settle()
    await opened.close()
    assert await asyncio.gather(*begun) == list(range(5))
    assert ledger.closed
    with pytest.raises(OSError, match="this file is closed"):
        await opened.run(insert(6))


def test_a_file_that_cannot_be_opened_is_its_engines_error(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no such file"):
        WriterThread(tmp_path / "broken", ledger)
