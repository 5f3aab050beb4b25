"""Tests of tidegate.proxy.store.postgres.postgres_records: several proxies, and answers that are lost."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from itertools import chain

import psycopg
import pytest
from psycopg.rows import dict_row

from tests.postgres_server import shared_server
from tests.proxy.store.places import NOW, at
from tests.proxy.store.postgres.conftest import CutWire, proxy_at
from tests.proxy.store.postgres.test_postgres_migrations import schema_of
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.resilience.idempotency_record import Begin, IdempotencyRecord, Replay, Resume, Running
from tidegate.proxy.store.postgres.postgres_late_work import CALLS_MAX
from tidegate.proxy.store.postgres.postgres_record_rows import CallEnd
from tidegate.proxy.store.postgres.postgres_store import PostgresStore
from tidegate.proxy.store.records import UNKNOWN_KEPT_S, KeyedCall, settled_answer
from tidegate.proxy.store.store_error import StoreError

CALL = KeyedCall("shop", "stripe", "PostRefunds", "k", "vk", "f", "c1", 20.0, 3600.0, 86400.0)
AGAIN = replace(CALL, call_id="c2")


def row_of(url: str) -> dict[str, object]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        row = connection.execute("SELECT * FROM records").fetchone()
    assert row is not None
    return row


async def test_a_record_that_runs_has_every_column(url: str) -> None:
    async with proxy_at(url) as store:
        await store.records.begin(CALL, at())
        row = row_of(url)
    assert {field.name for field in fields(IdempotencyRecord)} <= row.keys()
    assert row == {
        "id": 1, "app": "shop", "vendor": "stripe", "operation": "PostRefunds", "key": "k", "vendor_key": "vk",
        "fingerprint": "f", "state": "running", "call_id": "c1", "began_wall": NOW, "ended_wall": 0.0,
        "lease_until": 35.0, "status": 0, "headers": b"", "body": b"",
        "keep_until": UNKNOWN_KEPT_S, "resend_until": 86400.0 - 3600.0, "boot": 1, "resumed": False,
        "body_kept": True, "keep_s": 3600.0, "digest": "", "credential": "",
    }  # fmt: skip


async def test_of_two_proxies_with_the_same_key_at_the_same_instant_one_runs_it(url: str) -> None:
    async with proxy_at(url) as one, proxy_at(url) as other:
        calls = [replace(CALL, key=f"k{number}") for number in range(40)]
        decisions = await asyncio.gather(
            *chain.from_iterable(
                (
                    one.records.begin(replace(call, call_id=f"one {call.key}"), at()),
                    other.records.begin(replace(call, call_id=f"other {call.key}"), at()),
                )
                for call in calls
            )
        )
    assert Counter(map(type, decisions)) == {Begin: 40, Running: 40}


async def test_of_many_who_would_resume_an_unknown_call_one_does(url: str) -> None:
    async with proxy_at(url) as one, proxy_at(url) as other:
        await one.records.begin(CALL, at())
        await one.records.finish("c1", Outcome.UNKNOWN, now=at())
        decisions = await asyncio.gather(
            *(
                store.records.begin(replace(CALL, call_id=f"{name} {number}"), at(1))
                for number in range(10)
                for name, store in (("one", one), ("other", other))
            )
        )
    assert Counter(map(type, decisions)) == {Resume: 1, Running: 19}


async def test_a_key_that_is_freed_and_taken_all_the_time_is_run_by_one_at_a_time(url: str) -> None:
    running, most = 0, 0

    async def runs(store: PostgresStore, name: str) -> int:
        nonlocal running, most
        done = 0
        for number in range(30):
            call = replace(CALL, call_id=f"{name} {number}")
            if await store.records.begin(call, at()) == Begin():
                running += 1
                most, done = max(most, running), done + 1
                await asyncio.gather()
                running -= 1
                await store.records.finish(call.call_id, Outcome.NOT_APPLIED, now=at())
        return done

    async with proxy_at(url) as one, proxy_at(url) as other:
        done = await asyncio.gather(*(runs(store, f"app {n}") for n, store in enumerate((one, other) * 3)))
    assert most == 1
    assert sum(done) >= 2


@pytest.fixture
async def wire() -> AsyncIterator[CutWire]:
    async with CutWire(shared_server().port).relaying() as wire:
        wire.meant = CALL.operation.encode()
        yield wire


def through(wire: CutWire, url: str) -> str:
    return shared_server().url(schema_of(url), port=wire.port)


async def test_a_begin_whose_answer_is_lost_is_asked_again_and_is_still_one(url: str, wire: CutWire) -> None:
    async with proxy_at(through(wire, url)) as store:
        wire.lose_next_answer = True
        assert await store.records.begin(CALL, at()) == Begin()
        assert isinstance(await store.records.begin(AGAIN, at()), Running)
        assert await store.records.finish("c1", Outcome.UNKNOWN, now=at())
        wire.lose_next_answer = True
        assert await store.records.begin(AGAIN, at(1)) == Resume("vk")
        assert not wire.lose_next_answer


async def test_a_begin_that_nobody_knows_of_is_taken_back(url: str, wire: CutWire) -> None:
    async with proxy_at(url) as other, proxy_at(through(wire, url)) as store:
        wire.lose_next_answer = wire.then_shut = True
        with pytest.raises(StoreError) as why:
            await store.records.begin(CALL, at())
        assert (why.value.trouble, why.value.unsure) == ("away", True)
        assert store.health.trouble
        assert isinstance(await other.records.begin(AGAIN, at()), Running), "the server has carried it out"
        wire.open = True
        await store.keep_clock(probing=True)
        assert store.health.trouble == ""
        assert await other.records.begin(AGAIN, at()) == Begin(), "it was never sent"


async def test_the_same_proxy_begins_at_once_what_it_knows_was_never_begun(url: str, wire: CutWire) -> None:
    async with proxy_at(through(wire, url)) as store:
        wire.lose_next_answer = wire.then_shut = True
        with pytest.raises(StoreError):
            await store.records.begin(CALL, at())
        wire.open = True
        await store._connections.reach()
        assert await store.records.begin(AGAIN, at()) == Begin()
        await store.keep_clock(probing=True)
        assert isinstance(await store.records.begin(replace(CALL, call_id="c3"), at()), Running), "c2 is not taken back"


async def test_thousands_that_were_never_begun_are_taken_back_within_the_bound_of_one_piece_of_work(url: str) -> None:
    async with proxy_at(url) as store:
        for number in range(CALLS_MAX):
            store.records._late.take_back(f"never {number}", 1e9)
        await store.records.begin(replace(CALL, call_id="never 77"), at())
        await store.records.begin(replace(CALL, key="k2", call_id="mine"), at())
        await store.keep_clock(probing=False)
        assert await store.records.find_call("never 77") is None
        assert await store.records.find_call("mine") is not None


async def test_thousands_of_answers_that_could_not_be_stored_are_stored_in_steps(url: str) -> None:
    async with proxy_at(url) as store:
        ids = [f"c{number}" for number in range(250)]
        await asyncio.gather(*(store.records.begin(replace(CALL, key=name, call_id=name), at()) for name in ids))
        for name in ids:
            answer = settled_answer(200, (), name.encode(), whole=True)
            store.records._late.settle(name, CallEnd(Outcome.DONE, answer, at(1), "", settled=False), 100)
        await store.keep_clock(probing=False)
        for name in ids:
            decision = await store.records.begin(replace(CALL, key=name, call_id=f"{name} again"), at(2))
            assert isinstance(decision, Replay)
            assert decision.record.body == name.encode()


@pytest.mark.parametrize("kept", [False, True], ids=["at once", "after a beat"])
async def test_a_resumed_call_that_nobody_knows_of_is_unknown_again(url: str, wire: CutWire, *, kept: bool) -> None:
    async with proxy_at(url) as other, proxy_at(through(wire, url)) as store:
        await other.records.begin(CALL, at())
        await other.records.finish("c1", Outcome.UNKNOWN, now=at())
        await store.records.begin(AGAIN, at())
        await store.records.finish("c2", Outcome.UNKNOWN, now=at())
        store.records._late.take_back("c3", 1e9)
        await other.records.begin(replace(CALL, call_id="c3"), at())
        if kept:
            await store.keep_clock(probing=False)
            stored = await other.records.find_call("c1")
            assert stored is not None
            assert stored.state == "unknown"
        assert await store.records.begin(replace(CALL, call_id="c4"), at()) == Resume("vk")


async def test_an_answer_that_could_not_be_stored_is_stored_when_it_can(url: str, wire: CutWire) -> None:
    async with proxy_at(url) as other, proxy_at(through(wire, url)) as store:
        await store.records.begin(CALL, at())
        wire.open = False
        wire.cut()
        with pytest.raises(StoreError):
            await store.records.finish("c1", Outcome.DONE, now=at(1), status=201, body=b"paid")
        assert isinstance(await other.records.begin(AGAIN, at(2)), Running)
        wire.open = True
        await store.keep_clock(probing=True)
        decision = await other.records.begin(AGAIN, at(2))
        assert isinstance(decision, Replay)
        assert (decision.record.status, decision.record.body) == (201, b"paid")
        assert store.records._late.unsettled == ()


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.NOT_APPLIED], ids=lambda outcome: outcome.name)
async def test_a_finish_whose_answer_is_lost_has_been_done(url: str, wire: CutWire, outcome: Outcome) -> None:
    async with proxy_at(through(wire, url)) as store:
        await store.records.begin(CALL, at())
        wire.meant, wire.lose_next_answer = b"c1", True
        assert await store.records.finish("c1", outcome, now=at(1), status=200)
        assert not wire.lose_next_answer


async def test_whoever_stops_waiting_for_a_begin_has_not_begun(url: str) -> None:
    async with proxy_at(url) as store:
        beginning = asyncio.ensure_future(store.records.begin(CALL, at()))
        await asyncio.gather()
        beginning.cancel()
        with pytest.raises(asyncio.CancelledError):
            await beginning
        await store._connections.settle()
        assert await store.records.begin(AGAIN, at()) == Begin()
