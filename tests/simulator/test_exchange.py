"""The order of an exchange, what each fault does to it, and what the journal and the key remember of it."""

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.simulator.conftest import Play, Played, facts
from tests.waiting import settle, until
from tidegate.cassette.cassette_file import Recorder, read
from tidegate.redaction.redactor import Redactor
from tidegate.simulator.record.journal import JournalEntry

LOST = aiohttp.ClientConnectionError


def last(vendor: Played) -> JournalEntry:
    return vendor.simulator.journal.entries[-1]


async def payments(vendor: Played) -> int:
    return len(vendor.simulator.resources.all().get("payment_intent", []))


async def paying(vendor: Played, **headers: str) -> "asyncio.Task[tuple[int, dict[str, Any]]]":
    """Begin a payment and wait until the vendor has it and holds it."""
    before = vendor.simulator.journal.last
    task = asyncio.create_task(vendor.pay(**headers))
    await until(lambda: vendor.simulator.journal.last > before and last(vendor).operation)
    await settle()
    return task


# --- the plain way ---------------------------------------------------------------------------------------------------


async def test_an_answer_has_the_vendors_headers(vendor: Played) -> None:
    _, _, headers = await vendor.exchange(
        "POST", "/v1/customers", "name=A", Idempotency_Key="k", Stripe_Version="2030-01-01"
    )
    assert headers["Request-Id"].startswith("req_")
    assert headers["Stripe-Version"] == "2030-01-01"
    assert headers["Idempotency-Key"] == "k"
    assert headers["Content-Type"] == "application/json"
    assert headers["Date"] == "Wed, 01 Jan 2025 00:00:00 GMT"


async def test_without_a_version_the_pinned_one_is_named(vendor: Played) -> None:
    assert (await vendor.exchange("GET", "/v1/customers"))[2]["Stripe-Version"] == "2022-11-15"


async def test_the_journal_holds_every_request(vendor: Played) -> None:
    await vendor.world.advance(3)
    await vendor.pay("o1", Idempotency_Key="k")
    entry = last(vendor)
    assert (entry.n, entry.at, entry.method, entry.path) == (1, 3.0, "POST", "/v1/payment_intents")
    assert (entry.operation, entry.key, entry.status, entry.answered) == ("PostPaymentIntents", "k", 200, True)
    assert entry.replayed is False


@pytest.mark.parametrize("header", ["", "Bearer sk_wrong", "Basic c2tfd3Jvbmc6"])
async def test_without_the_right_key_nothing_is_done(vendor: Played, header: str) -> None:
    status, refused = await vendor.ask("POST", "/v1/customers", "name=A", Authorization=header)
    assert (status, refused["error"]["type"]) == (401, "invalid_request_error")
    assert last(vendor).operation == "PostCustomers"
    assert last(vendor).effects == []


async def test_an_unknown_path_or_method_is_404_in_the_vendors_envelope(vendor: Played) -> None:
    for method, path in (("GET", "/v1/frobs"), ("PUT", "/v1/customers"), ("GET", "/"), ("GET", "/v1/customers/a/b")):
        status, refused = await vendor.ask(method, path)
        assert (status, refused["error"]["type"]) == (404, "invalid_request_error")
        assert path in refused["error"]["message"]


async def test_json_is_refused_as_the_vendor_refuses_it(vendor: Played) -> None:
    async with vendor.client.post(vendor.url + "/v1/customers", json={"name": "A"}) as answer:
        assert answer.status == 400
        assert "x-www-form-urlencoded" in (await answer.json())["error"]["message"]


async def test_a_body_that_is_too_large_is_413(vendor: Played) -> None:
    status, refused = await vendor.ask("POST", "/v1/customers", "name=" + "a" * (1 << 20))
    assert (status, refused["error"]["type"]) == (413, "invalid_request_error")


async def test_a_body_that_cannot_be_decoded_is_refused_in_a_recording_too_and_not_recorded(
    play: Play, tmp_path: Path
) -> None:
    tape = tmp_path / "tape.jsonl"
    with Recorder(tape, "stripe", Redactor(()), 0.0) as recorder:
        vendor = await play(recorder=recorder)
        assert (await vendor.ask("POST", "/v1/customers", "name=A"))[0] == 200
        assert (await vendor.ask("POST", "/v1/customers", "name=A", Content_Encoding="gzip"))[0] == 400
    assert [exchange.status for exchange in read(tape)] == [200]


async def test_head_is_answered_without_a_body(vendor: Played) -> None:
    async with vendor.client.head(vendor.url + "/v1/customers") as answer:
        assert (answer.status, await answer.read()) == (200, b"")


async def test_an_absolute_request_target_is_understood(vendor: Played) -> None:
    async with vendor.client.get("http://vendor.example/v1/customers", proxy=vendor.url) as answer:
        assert answer.status == 200
    assert last(vendor).path == "/v1/customers"


# --- limits and keys -------------------------------------------------------------------------------------------------


async def test_the_limit_is_enforced_in_the_vendors_dialect(play: Play) -> None:
    limits = ({"name": "account", "rate": "10/s", "burst": 2},)
    vendor = await play(facts(limits=limits))
    statuses = [(await vendor.ask("GET", "/v1/customers"))[0] for _ in range(3)]
    assert statuses == [200, 200, 429]
    _, refused, headers = await vendor.exchange("GET", "/v1/customers")
    assert refused["error"]["code"] == "rate_limit"
    assert headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    assert "Retry-After" not in headers
    await vendor.world.advance(0.1)
    assert (await vendor.ask("GET", "/v1/customers"))[0] == 200


async def test_a_refusal_by_the_limit_is_not_kept_under_the_key(play: Play) -> None:
    vendor = await play(facts(limits=({"name": "account", "rate": "1/s"},)))
    await vendor.ask("GET", "/v1/customers")
    assert (await vendor.pay(Idempotency_Key="k"))[0] == 429
    await vendor.world.advance(1)
    assert (await vendor.pay(Idempotency_Key="k"))[0] == 200


async def test_the_same_key_gives_the_same_payment_once(vendor: Played) -> None:
    first = await vendor.pay(Idempotency_Key="k")
    status, second, headers = await vendor.exchange(
        "POST",
        "/v1/payment_intents",
        "metadata[order_id]=o1&currency=eur&amount=1099&confirm=true&payment_method=pm_card_visa",
        Idempotency_Key="k",
    )
    assert (status, second) == first
    assert headers["Idempotent-Replayed"] == "true"
    assert (last(vendor).replayed, last(vendor).effects) == (True, [])
    assert await payments(vendor) == 1


async def test_the_same_key_with_another_request_is_an_error(vendor: Played) -> None:
    await vendor.pay("o1", Idempotency_Key="k")
    assert (await vendor.pay("o2", Idempotency_Key="k"))[1]["error"]["type"] == "idempotency_error"
    assert (await vendor.ask("POST", "/v1/customers", Idempotency_Key="k"))[1]["error"]["type"] == "idempotency_error"


async def test_a_request_that_failed_its_check_leaves_the_key_free(vendor: Played) -> None:
    assert (await vendor.ask("POST", "/v1/payment_intents", "amount=x&currency=eur", Idempotency_Key="k"))[0] == 400
    assert (await vendor.pay(Idempotency_Key="k"))[0] == 200


async def test_a_declined_card_is_kept_under_its_key(vendor: Played) -> None:
    form = "amount=5&currency=eur&payment_method=pm_card_visa_chargeDeclined&confirm=true"
    first = await vendor.ask("POST", "/v1/payment_intents", form, Idempotency_Key="k")
    assert first[0] == 402
    assert await vendor.ask("POST", "/v1/payment_intents", form, Idempotency_Key="k") == first
    assert await payments(vendor) == 1


async def test_keys_mean_nothing_on_reads(vendor: Played) -> None:
    assert (await vendor.ask("GET", "/v1/customers", Idempotency_Key="k"))[0] == 200
    assert (await vendor.pay(Idempotency_Key="k"))[0] == 200


# --- faults ----------------------------------------------------------------------------------------------------------


async def test_latency_holds_the_request_before_it_acts(vendor: Played) -> None:
    vendor.arm(kind="latency", delay="2s")
    task = await paying(vendor)
    await vendor.world.advance(1.9)
    assert await payments(vendor) == 0
    await vendor.world.advance(0.1)
    assert (await task)[0] == 200
    assert (last(vendor).faults, last(vendor).took_s) == (("latency",), 2.0)


async def test_a_slow_request_under_a_key_is_a_conflict_for_the_next(vendor: Played) -> None:
    vendor.arm(kind="latency", delay="2s", first_n=1)
    task = await paying(vendor, Idempotency_Key="k")
    status, refused, headers = await vendor.exchange(
        "POST",
        "/v1/payment_intents",
        "amount=1099&currency=eur&payment_method=pm_card_visa&confirm=true&metadata[order_id]=o1",
        Idempotency_Key="k",
    )
    assert (status, refused["error"]["code"]) == (409, "idempotency_key_in_use")
    assert headers["Stripe-Should-Retry"] == "true"
    await vendor.world.advance(2)
    assert (await task)[0] == 200
    assert (await vendor.pay(Idempotency_Key="k"))[0] == 200
    assert await payments(vendor) == 1


async def test_a_slow_request_is_carried_out_although_its_client_has_gone(vendor: Played) -> None:
    vendor.arm(kind="latency", delay="2s")
    task = await paying(vendor, Idempotency_Key="k")
    slow = last(vendor)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await until(lambda: vendor.world.waiting == 1)
    await vendor.world.advance(2)
    assert await payments(vendor) == 1
    assert (slow.answered, [effect["kind"] for effect in slow.effects][-1]) == (False, "payment_intent.succeeded")
    vendor.simulator.disarm()
    assert (await vendor.pay(Idempotency_Key="k"))[0] == 200
    assert last(vendor).replayed


async def test_a_throttle_does_nothing_and_says_when_to_come_back(vendor: Played) -> None:
    vendor.arm(kind="throttle", retry_after="2s", first_n=1)
    status, refused, headers = await vendor.exchange("POST", "/v1/customers", "name=A", Idempotency_Key="k")
    assert (status, refused["error"]["code"], headers["Retry-After"]) == (429, "rate_limit", "2")
    assert headers["Stripe-Rate-Limited-Reason"] == "global-rate"
    assert (await vendor.ask("POST", "/v1/customers", "name=A", Idempotency_Key="k"))[0] == 200


async def test_a_lock_clash_is_a_429_without_a_rate(vendor: Played) -> None:
    vendor.arm(kind="throttle", means="contention")
    status, refused, headers = await vendor.exchange("POST", "/v1/customers", "name=A")
    assert (status, refused["error"]["code"]) == (429, "lock_timeout")
    assert "Stripe-Rate-Limited-Reason" not in headers


@pytest.mark.parametrize(("effect", "done", "kept"), [("none", 0, False), ("begun", 0, True), ("done", 1, True)])
async def test_a_server_error_may_come_before_during_or_after_the_effect(
    vendor: Played, effect: str, done: int, kept: bool
) -> None:
    vendor.arm(kind="error", status=502, effect=effect, first_n=1)
    status, refused = await vendor.pay(Idempotency_Key="k")
    assert (status, refused["error"]["type"]) == (502, "api_error")
    assert await payments(vendor) == done
    assert (await vendor.pay(Idempotency_Key="k"))[0] == (502 if kept else 200)
    assert last(vendor).replayed is kept


async def test_a_stored_failure_advises_against_another_try(vendor: Played) -> None:
    vendor.arm(kind="error", effect="begun", first_n=1)
    for _ in range(2):
        _, _, headers = await vendor.exchange("POST", "/v1/customers", "name=A", Idempotency_Key="k")
        assert headers["Stripe-Should-Retry"] == "false"


async def test_a_reset_before_the_effect_does_nothing(vendor: Played) -> None:
    vendor.arm(kind="reset_before", first_n=1)
    with pytest.raises(LOST):
        await vendor.pay(Idempotency_Key="k")
    assert await payments(vendor) == 0
    assert (last(vendor).status, last(vendor).answered, last(vendor).faults) == (0, False, ("reset_before",))
    assert (await vendor.pay(Idempotency_Key="k"))[0] == 200


async def test_a_reset_after_the_effect_leaves_the_effect_and_the_kept_answer(vendor: Played) -> None:
    vendor.arm(kind="reset_after", first_n=1)
    with pytest.raises(LOST):
        await vendor.pay(Idempotency_Key="k")
    assert await payments(vendor) == 1
    assert (last(vendor).status, last(vendor).answered) == (0, False)
    assert len(last(vendor).effects) == 2
    assert (await vendor.pay(Idempotency_Key="k"))[1]["status"] == "succeeded"
    assert await payments(vendor) == 1


@pytest.mark.parametrize(("effect", "done"), [("none", 0), ("done", 1)])
async def test_a_hanging_request_is_never_answered(vendor: Played, effect: str, done: int) -> None:
    vendor.arm(kind="hang", effect=effect, first_n=1)
    task = await paying(vendor)
    await vendor.world.advance(3600)
    assert not task.done()
    assert await payments(vendor) == done
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert last(vendor).faults == ("hang",)


async def test_a_reset_drops_requests_that_are_still_waiting(vendor: Played) -> None:
    vendor.arm(kind="latency", delay="2s")
    task = await paying(vendor)
    vendor.simulator.reset()
    with pytest.raises(LOST):
        await task
    await vendor.world.advance(5)
    assert await payments(vendor) == 0
