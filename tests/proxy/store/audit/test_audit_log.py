"""The contract of tidegate.proxy.store.audit.audit_log.AuditLog: rows at every place are one chain."""

import asyncio
import json

from tests.proxy.store.delivering import FIRST, ROOM
from tests.proxy.store.places import NOW, Place, at
from tidegate.proxy.store.audit.audit_chain import AuditEntry, ChainWalk
from tidegate.proxy.store.audit.audit_log import AUDIT_KEPT_S, ROWS_MAX, AuditLog
from tidegate.proxy.store.deliveries import HandMade


def entry(number: int = 0, what: str = "breaker.forced") -> AuditEntry:
    return AuditEntry(what, "ada", NOW + number, f"breaker:stripe/{number}", facts={"to": "open"})


async def walked(log: AuditLog) -> ChainWalk:
    head = await log.head()
    walk = ChainWalk(head.start_n, head.start_digest)
    while rows := await log.rows(after=walk.n):
        walk.go(rows)
    assert walk.end(head.n, head.digest) is None
    return walk


async def test_rows_follow_on_each_other_and_outlive_the_process(place: Place) -> None:
    async with place.opened() as store:
        first = await store.audit.append([entry(1), entry(2)], at())
        key = store.audit.key
        assert [row.n for row in first] == [1, 2]
    async with place.opened() as again:
        [third] = await again.audit.append([entry(3)], at(1))
        assert third.n == 3
        assert await again.audit.rows() == [*first, third]
        assert (await walked(again.audit)).rows == 3
        assert again.audit.key == key
        assert len(key) == 32


async def test_appends_at_once_are_one_chain(place: Place) -> None:
    async with place.opened() as store:
        await asyncio.gather(*(store.audit.append([entry(n), entry(n + 100)], at()) for n in range(20)))
        assert (await walked(store.audit)).rows == 40


async def test_rows_are_found_by_target_and_by_kind_and_page_by_page(place: Place) -> None:
    async with place.opened() as store:
        await store.audit.append([entry(n, "reload.accepted" if n == 2 else "breaker.forced") for n in range(5)], at())
        assert [row.n for row in await store.audit.rows(target="breaker:stripe/3")] == [4]
        assert [row.n for row in await store.audit.rows(what="reload.accepted")] == [3]
        assert [row.n for row in await store.audit.rows(after=1, limit=2)] == [2, 3]
        assert [row.n for row in await store.audit.newest(before=4, limit=2)] == [3, 2]
        assert [row.n for row in await store.audit.newest(before=9, limit=9, target="breaker:stripe/3")] == [4]
        assert [row.n for row in await store.audit.newest(before=9, limit=9, what="reload.accepted")] == [3]
        both = await store.audit.newest(before=9, limit=9, what="reload.accepted", target="breaker:stripe/3")
        assert both == []
        assert await store.audit.rows(limit=0) == []
        assert len(await store.audit.rows(limit=10 * ROWS_MAX)) == 5


async def test_nothing_is_appended_where_nothing_is_to_be(place: Place) -> None:
    async with place.opened() as store:
        assert await store.audit.append([], at()) == []
        assert (await store.audit.head()).n == 0


async def test_old_rows_go_from_the_start_and_what_is_left_is_a_chain(place: Place) -> None:
    async with place.opened() as store:
        await store.audit.append([entry(1), entry(2)], at())
        await store.audit.append([entry(3)], at(100))
        assert await store.audit.sweep(at(AUDIT_KEPT_S - 1)) == 0
        assert await store.audit.sweep(at(AUDIT_KEPT_S + 1)) == 2
        assert [row.n for row in await store.audit.rows()] == [3]
        assert (await walked(store.audit)).rows == 1
        await store.audit.append([entry(4)], at(AUDIT_KEPT_S + 1))
        assert (await walked(store.audit)).rows == 2
        assert await store.audit.sweep(at(3 * AUDIT_KEPT_S)) == 2
        assert (await store.audit.head()).n == 4
        assert (await walked(store.audit)).rows == 0


async def test_what_a_person_does_to_a_delivery_stands_in_the_same_chain(place: Place) -> None:
    async with place.opened() as store:
        await store.audit.append([entry(1)], at())
        await store.deliveries.accept(FIRST, at(), ROOM)
        assert await store.deliveries.act(FIRST.id, HandMade("cancel", "ann", "by mistake"), at(1)) is not None
        [row] = await store.audit.rows(target=f"delivery:{FIRST.id}")
        assert row.n == 2
        written = json.loads(row.line)
        assert (written["what"], written["who"], written["reason"]) == ("delivery.cancel", "ann", "by mistake")
        assert (await walked(store.audit)).rows == 2
        [line] = await store.deliveries.audit(FIRST.id)
        assert json.loads(line) == {
            "wall": NOW + 1, "by": "ann", "action": "cancel", "note": "by mistake", "was": "queued", "is": "cancelled",
            "edited": False,
        }  # fmt: skip


async def test_what_was_not_done_is_not_recorded(place: Place) -> None:
    async with place.opened() as store:
        await store.deliveries.accept(FIRST, at(), ROOM)
        assert await store.deliveries.act(FIRST.id, HandMade("replay", "ann"), at(1)) is None
        assert (await store.audit.head()).n == 0
