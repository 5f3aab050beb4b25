"""The contract of tidegate.proxy.store.records.Records, with the proxy's death played by opening the store again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from tests.proxy.examples import call, plan
from tests.proxy.store.places import NOW, Place, at
from tidegate.policy.deferral.defer import Defer
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.resilience.idempotency_record import (
    Begin,
    Expired,
    IdempotencyRecord,
    Mismatch,
    Replay,
    Resume,
    Running,
)
from tidegate.proxy.store import records as module
from tidegate.proxy.store.records import (
    LEASE_MARGIN_S,
    SWEEP_ROWS_MAX,
    UNKNOWN_KEPT_S,
    KeyedCall,
    Records,
    headers_of,
    keyed_call_of,
    settled_answer,
)

PAY = KeyedCall(
    app="shop", vendor="stripe", operation="PostPaymentIntents", key="order-1", vendor_key="shop:order-1",
    fingerprint="f1", call_id="c1", longest_s=20.0, keep_s=3600.0, key_retention_s=86400.0,
)  # fmt: skip


@asynccontextmanager
async def opened(place: Place, wall: float = NOW) -> AsyncIterator[Records]:
    async with place.opened(wall) as store:
        yield store.records


async def test_a_new_key_begins_and_a_repetition_is_told_to_wait(place: Place) -> None:
    async with opened(place) as records:
        assert await records.begin(PAY, at()) == Begin()
        assert isinstance(await records.begin(replace(PAY, call_id="c2"), at(1)), Running)
        assert isinstance(await records.begin(replace(PAY, call_id="c2"), at(20 + LEASE_MARGIN_S - 1)), Running)


async def test_a_done_call_is_replayed_with_its_answer(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        lines = [(b"Content-Type", b"application/json"), (b"X-Odd", b"caf\xe9")]
        assert await records.finish("c1", Outcome.DONE, now=at(1), status=201, headers=lines, body=b'{"id": "pi_1"}')
    async with opened(place, NOW + 5) as records:
        decision = await records.begin(replace(PAY, call_id="c2"), at(5))
        assert isinstance(decision, Replay)
        assert (decision.record.status, decision.record.body) == (201, b'{"id": "pi_1"}')
        assert list(headers_of(decision.record)) == lines


async def test_a_failure_that_was_applied_is_replayed_too(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        await records.finish("c1", Outcome.APPLIED_BUT_FAILED, now=at(), status=500, body=b"stored")
        decision = await records.begin(replace(PAY, call_id="c2"), at())
        assert isinstance(decision, Replay)
        assert decision.record.state == "failed"


async def test_what_was_not_applied_frees_the_key(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        await records.finish("c1", Outcome.NOT_APPLIED, now=at())
        assert await records.begin(replace(PAY, call_id="c2", fingerprint="f2"), at()) == Begin()


async def test_another_body_under_the_key_is_a_mismatch(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        assert await records.begin(replace(PAY, fingerprint="f2", call_id="c2"), at()) == Mismatch()


@pytest.mark.parametrize(
    "other",
    [replace(PAY, app="x"), replace(PAY, vendor="x"), replace(PAY, operation="x"), replace(PAY, key="x")],
    ids=["app", "vendor", "operation", "key"],
)
async def test_keys_are_scoped_by_app_vendor_operation_and_key(other: KeyedCall, place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        assert await records.begin(replace(other, call_id="c2"), at()) == Begin()


async def test_an_unknown_outcome_is_resumed_under_the_same_vendor_key_once_at_a_time(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        await records.finish("c1", Outcome.UNKNOWN, now=at(20))
        again = replace(PAY, call_id="c2", vendor_key="never used")
        assert await records.begin(again, at(30)) == Resume("shop:order-1")
        assert isinstance(await records.begin(replace(PAY, call_id="c3"), at(31)), Running)


async def test_a_restarted_proxy_takes_over_its_dead_predecessors_calls_at_once(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
    async with opened(place, NOW + 1) as records:
        assert await records.begin(replace(PAY, call_id="c2"), at(1)) == Resume("shop:order-1")
        assert await records.finish("c2", Outcome.DONE, now=at(2), status=200, body=b"paid")
        assert isinstance(await records.begin(replace(PAY, call_id="c3"), at(3)), Replay)


async def test_a_call_whose_lease_ran_out_under_a_living_proxy_is_resumed(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        assert await records.begin(replace(PAY, call_id="c2"), at(20 + LEASE_MARGIN_S)) == Resume("shop:order-1")
        assert not await records.finish("c1", Outcome.DONE, now=at(40)), "it lost the record to c2"
        assert await records.finish("c2", Outcome.DONE, now=at(41))


async def test_a_resumed_call_that_was_refused_on_the_way_leaves_the_outcome_unknown(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        await records.finish("c1", Outcome.UNKNOWN, now=at())
        await records.begin(replace(PAY, call_id="c2"), at(1))
        await records.finish("c2", Outcome.NOT_APPLIED, now=at(2))
        assert await records.begin(replace(PAY, call_id="c3"), at(3)) == Resume("shop:order-1")
        await records.finish("c3", Outcome.NOT_APPLIED, now=at(4), settled=True)
        assert await records.begin(replace(PAY, call_id="c4"), at(5)) == Begin()


async def test_after_the_vendors_memory_nothing_is_sent_again(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        await records.finish("c1", Outcome.UNKNOWN, now=at(20))
        decision = await records.begin(replace(PAY, call_id="c2"), at(86400))
        assert isinstance(decision, Expired)
        assert decision.record.call_id == "c1"
        assert isinstance(await records.begin(replace(PAY, call_id="c3"), at(86401)), Expired), "and it stays so"


async def test_where_the_method_makes_a_resend_safe_it_stays_safe(place: Place) -> None:
    put = replace(PAY, vendor_key="", key_retention_s=float("inf"))
    async with opened(place) as records:
        await records.begin(put, at())
        await records.finish("c1", Outcome.UNKNOWN, now=at())
        assert await records.begin(replace(put, call_id="c2"), at(80 * 86400)) == Resume("")


async def test_an_answer_too_large_to_keep_is_fetched_again_under_the_vendors_key(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BODY_KEPT_BYTES_MAX", 4)
    async with opened(place) as records:
        await records.begin(PAY, at())
        await records.finish("c1", Outcome.DONE, now=at(), status=200, body=b"12345")
        stored = await records.find_call("c1")
        assert stored is not None
        assert (stored.state, stored.status) == ("done", 200)
        assert await records.begin(replace(PAY, call_id="c2"), at(1)) == Resume("shop:order-1")


async def test_after_its_retention_a_key_is_new(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        await records.finish("c1", Outcome.DONE, now=at(1), status=200)
        assert isinstance(await records.begin(replace(PAY, call_id="c2"), at(3600)), Replay)
        assert await records.begin(replace(PAY, call_id="c2"), at(3601)) == Begin()
        assert await records.find_call("c1") is None


async def test_of_many_at_once_one_begins(place: Place) -> None:
    async with opened(place) as records:
        decisions = await asyncio.gather(
            *(records.begin(replace(PAY, call_id=f"c{number}"), at()) for number in range(50))
        )
        assert sum(isinstance(decision, Begin) for decision in decisions) == 1
        assert sum(isinstance(decision, Running) for decision in decisions) == 49


async def test_every_call_of_a_resumed_record_finds_what_became_of_it(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(PAY, at())
        stored = await records.find_call("c1")
        assert stored is not None
        assert stored.state == "running"
    async with opened(place, NOW + 1) as records:
        stored = await records.find_call("c1")
        assert stored is not None
        assert stored.state == "unknown", "its proxy is dead"
        await records.begin(replace(PAY, call_id="c2"), at(1))
        await records.finish("c2", Outcome.DONE, now=at(2), status=200)
        for call_id in ("c1", "c2"):
            stored = await records.find_call(call_id)
            assert stored is not None
            assert (stored.call_id, stored.app, stored.state, stored.keyed) == (call_id, "shop", "done", True)
        assert await records.find_call("c3") is None


async def test_an_unknown_write_without_a_key_can_be_asked_for(place: Place) -> None:
    async with opened(place) as records:
        await records.note_unknown("c9", "shop", "stripe", "PostRefunds", began_wall=NOW, now=at(1))
    async with opened(place, NOW + 9) as records:
        stored = await records.find_call("c9")
        assert stored is not None
        assert (stored.state, stored.operation, stored.keyed) == ("unknown", "PostRefunds", False)


async def test_the_sweep_takes_what_is_over_and_nothing_that_is_not_settled(place: Place) -> None:
    async with opened(place) as records:
        for number, outcome in enumerate((Outcome.DONE, Outcome.UNKNOWN, None)):
            keyed = replace(PAY, key=f"k{number}", call_id=f"c{number}")
            await records.begin(keyed, at())
            if outcome is not None:
                await records.finish(keyed.call_id, outcome, now=at())
        await records.note_unknown("c9", "shop", "stripe", "PostRefunds", began_wall=NOW, now=at())
        assert await records.sweep(at(3599)) == 0
        assert await records.sweep(at(3600)) == 1
        assert await records.sweep(at(UNKNOWN_KEPT_S - 1)) == 0
        assert await records.sweep(at(UNKNOWN_KEPT_S)) == 3


async def test_a_sweep_takes_a_bounded_number_of_rows_of_a_kind(place: Place) -> None:
    async with opened(place) as records:
        noted = (
            records.note_unknown(f"c{number}", "shop", "stripe", "PostRefunds", began_wall=NOW, now=at())
            for number in range(SWEEP_ROWS_MAX + 1)
        )
        await asyncio.gather(*noted, records.begin(PAY, at()))
        assert await records.sweep(at(UNKNOWN_KEPT_S)) == SWEEP_ROWS_MAX + 1
        assert await records.sweep(at(UNKNOWN_KEPT_S)) == 1


def test_the_header_lines_of_an_answer_come_back_as_they_were() -> None:
    lines = ((b"Set-Cookie", b"a=1"), (b"set-cookie", b"b=caf\xe9"))
    answer = settled_answer(200, lines, b"", whole=True)
    record = IdempotencyRecord(
        "shop", "stripe", "PostRefunds", "k", "k", "f", "done", "c1", NOW, NOW, 0.0, 200, answer.headers, b"", NOW, NOW
    )
    assert headers_of(record) == lines


@pytest.mark.parametrize(
    ("body", "whole", "kept"),
    [(b"1234", True, True), (b"12345", True, False), (b"12", False, False)],
    ids=["short and whole", "too long", "broken off"],
)
def test_a_body_is_kept_where_it_is_whole_and_not_too_long(
    body: bytes, whole: bool, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BODY_KEPT_BYTES_MAX", 4)
    answer = settled_answer(200, (), body, whole=whole)
    assert (answer.body, answer.body_kept) == ((body, True) if kept else (b"", False))


@pytest.mark.parametrize(
    ("idempotency", "retention_s", "vendor_key"),
    [
        ("vendor-key", 86_400.0, "shop:k"),
        ("natural", float("inf"), ""),
        ("never-resend", 0.0, ""),
        ("lookup", 0.0, ""),
    ],
)
def test_a_resend_is_safe_as_long_as_the_plan_says(idempotency: str, retention_s: float, vendor_key: str) -> None:
    entry = keyed_call_of(call(plan=plan(idempotency=idempotency)), "k")
    assert (entry.key, entry.key_retention_s, entry.vendor_key) == ("k", retention_s, vendor_key)


def test_one_that_a_worker_carries_out_is_remembered_as_long_as_that_may_take() -> None:
    of = plan(idempotency="never-resend", keep_s=60.0, defer=Defer.model_validate({"deadline": "7d"}))
    assert keyed_call_of(call(plan=of), "k").keep_s == 60.0
    assert keyed_call_of(call(plan=of, carried=True), "k").keep_s == 7 * 86_400.0


async def test_a_call_that_is_resumed_wears_the_credential_that_its_record_names(place: Place) -> None:
    async with opened(place) as records:
        await records.begin(replace(PAY, credential="eu-1"), at())
        assert await records.wear("c1", "eu-2")
        assert not await records.wear("c9", "eu-2")
        await records.finish("c1", Outcome.UNKNOWN, now=at(1))
        assert not await records.wear("c1", "eu-3"), "it does not run any more"
    async with opened(place, NOW + 5) as records:
        decision = await records.begin(replace(PAY, call_id="c2", credential="eu-3"), at(5))
        assert decision == Resume("shop:order-1", "", "eu-2")
        stored = await records.find_call("c1")
        assert stored is not None
        assert stored.credential == "eu-2"
