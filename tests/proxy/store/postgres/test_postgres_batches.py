"""Tests of tidegate.proxy.store.postgres.postgres_batches: what goes together, and fails alone."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from tests.proxy.store.postgres.conftest import proxy_at
from tests.waiting import settle
from tidegate.proxy.store.postgres import postgres_batches as module
from tidegate.proxy.store.postgres.postgres_batches import BATCHES_MAX, BYTES_MAX, PostgresBatches
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import RealWorld


class Divided:
    """A hundred divided by each of the items, and what was asked for together."""

    def __init__(self) -> None:
        self.batches: list[Sequence[int]] = []

    async def __call__(self, connection: Connection, items: Sequence[int], *, again: bool) -> list[int]:
        self.batches.append(items)
        cursor = await connection.execute("SELECT 100 / n FROM unnest(%s::int[]) AS n", (list(items),))
        return [row[0] for row in await cursor.fetchall()]


async def test_what_is_asked_for_meanwhile_goes_together_and_each_has_its_own_answer(url: str) -> None:
    async with proxy_at(url) as store:
        work = Divided()
        batches = PostgresBatches(store._connections, work)
        assert await asyncio.gather(*(batches.run(n) for n in range(1, 51))) == [100 // n for n in range(1, 51)]
        assert len(work.batches) <= BATCHES_MAX + 1, "all that waited when the first were under way"
        assert sorted(n for batch in work.batches for n in batch) == list(range(1, 51))


async def test_one_that_fails_fails_alone(url: str) -> None:
    async with proxy_at(url) as store:
        batches = PostgresBatches(store._connections, Divided())
        results = await asyncio.gather(*(batches.run(n) for n in (1, 2, 0, 4, 0)), return_exceptions=True)
    assert [results[place] for place in (0, 1, 3)] == [100, 50, 25]
    for place in (2, 4):
        assert isinstance(results[place], StoreError)
        assert "division by zero" in str(results[place])
    assert results[2] is not results[4]


async def test_a_batch_is_bounded_by_items_and_by_bytes(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ITEMS_MAX", 10)
    async with proxy_at(url) as store:
        work = Divided()
        batches = PostgresBatches(store._connections, work)
        await asyncio.gather(*(batches.run(n) for n in range(1, 31)))
        assert max(map(len, work.batches)) == 10
        work.batches.clear()
        await asyncio.gather(*(batches.run(n, BYTES_MAX * 2 // 3) for n in range(1, 7)))
        assert [len(batch) for batch in work.batches] == [1] * 6
        await batches.run(1, 5 * BYTES_MAX)


async def test_whoever_stops_waiting_stops_nobody_else(url: str) -> None:
    async with proxy_at(url) as store:
        batches = PostgresBatches(store._connections, Divided())
        waiting = [asyncio.ensure_future(batches.run(n)) for n in (1, 2, 4)]
        await settle(1)
        waiting[1].cancel()
        await batches.settle()
        assert [await waiting[0], await waiting[2]] == [100, 25]
        assert waiting[1].cancelled()


async def test_where_the_store_is_away_everybody_is_told_and_nothing_is_tried_one_by_one(url: str) -> None:
    async with proxy_at(url) as store:
        pass
    work = Divided()
    results = await asyncio.gather(
        *(PostgresBatches(store._connections, work).run(n) for n in (1, 2)), return_exceptions=True
    )
    assert all(isinstance(result, StoreError) and result.trouble == "away" for result in results)
    assert work.batches == []


async def test_whoever_asks_again_at_once_is_not_left_to_a_batch_that_has_ended(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCHES_MAX", 1)
    async with proxy_at(url) as store:
        batches = PostgresBatches(store._connections, Divided())
        async with RealWorld().timeout(20):
            assert [await batches.run(n) for n in (1, 2)] == [100, 50]


async def test_a_bug_of_ours_fails_alone_and_leaves_nobody_waiting(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(connection: Connection, items: Sequence[int], *, again: bool) -> list[int]:
        return [100 // n for n in items]

    monkeypatch.setattr(module, "ITEMS_MAX", 2)
    reported: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: reported.append(context))
    async with proxy_at(url) as store:
        batches = PostgresBatches(store._connections, broken)
        results = await asyncio.gather(*(batches.run(n) for n in (1, 0, 0, 4, 5)), return_exceptions=True)
    assert [results[place] for place in (0, 3, 4)] == [100, 25, 20]
    for place in (1, 2):
        error = results[place]
        assert isinstance(error, StoreError)
        assert error.unsure
        assert "ZeroDivisionError" in str(error)
    assert [type(context["exception"]) for context in reported] == [ZeroDivisionError] * 2
