"""Tests of tidegate.proxy.store.sqlite.delivery.accept_batches, over the real store."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tests.proxy.store.delivering import FIRST, ROOM, new
from tests.proxy.store.places import at
from tests.waiting import settle
from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
from tidegate.proxy.store.deliveries import Accepted, Repeated
from tidegate.proxy.store.sqlite.delivery.accept_batches import BATCH_MAX, AcceptBatches
from tidegate.proxy.store.sqlite.delivery.delivery_accept import Offer
from tidegate.proxy.store.sqlite.delivery.delivery_backlog import SqliteBacklog
from tidegate.proxy.store.sqlite.delivery.delivery_tables import make_tables
from tidegate.proxy.store.sqlite.sqlite_engine import SqliteEngine
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.group_writer import WriterThread

T = TypeVar("T")


class Counting(WriterThread[sqlite3.Connection]):
    """A writer that notes for how many each piece of work stands."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, SqliteEngine())
        self.sizes: list[int] = []

    async def run(self, work: Callable[[sqlite3.Connection], T], size: int = 1) -> T:
        self.sizes.append(size)
        return await super().run(work, size)


@pytest.fixture
async def writer(tmp_path: Path) -> AsyncIterator[Counting]:
    made = Counting(tmp_path / "store.db")
    await made.run(make_tables)
    made.sizes.clear()
    yield made
    await made.close()


async def test_what_comes_at_once_is_one_piece_of_work_and_each_has_its_own_answer(writer: Counting) -> None:
    batches = AcceptBatches(writer, SqliteBacklog())
    offers = [
        Offer(FIRST, at(), ROOM), Offer(new(1, key="k0"), at(), ROOM), Offer(new(0, key="other"), at(), ROOM),
        Offer(new(2), at(), BacklogBounds(rows=1)), Offer(new(3), at(), ROOM),
    ]  # fmt: skip
    answers = await asyncio.gather(*map(batches.run, offers), return_exceptions=True)
    assert answers[0] == answers[4] == Accepted()
    assert isinstance(answers[1], Repeated)
    assert str(answers[2]) == "the id d0 is another delivery's"
    assert answers[3] == BacklogFull("rows")
    assert writer.sizes == [5]


async def test_a_piece_of_work_has_a_bounded_number(writer: Counting) -> None:
    batches = AcceptBatches(writer, SqliteBacklog())
    count = 2 * BATCH_MAX + 1
    answers = await asyncio.gather(*(batches.run(Offer(new(n), at(), ROOM)) for n in range(count)))
    assert answers == [Accepted()] * count
    assert writer.sizes == [BATCH_MAX, BATCH_MAX, 1]


async def test_one_who_goes_away_does_not_stop_the_others_and_closing_finishes_what_was_begun(
    writer: Counting,
) -> None:
    batches = AcceptBatches(writer, SqliteBacklog())
    gone, stays = (asyncio.ensure_future(batches.run(Offer(new(n), at(), ROOM))) for n in range(2))
    await settle(1)
    gone.cancel()
    await batches.finish()
    assert await stays == Accepted()
    assert isinstance(await batches.run(Offer(new(0), at(), ROOM)), Repeated)


async def test_trouble_of_the_store_is_told_to_everyone_in_the_batch(writer: Counting) -> None:
    batches = AcceptBatches(writer, SqliteBacklog())
    writer._connection.execute("PRAGMA query_only=ON")
    answers = await asyncio.gather(*(batches.run(Offer(new(n), at(), ROOM)) for n in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [StoreError] * 3
