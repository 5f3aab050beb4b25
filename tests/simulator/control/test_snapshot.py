"""A snapshot: what it puts back, that the same requests get the same answers after it, and what is refused."""

import json
from typing import Any

import pytest

from tests.simulator.conftest import Played
from tests.simulator.control.test_control_api import control


async def test_objects_and_keys_come_back(vendor: Played) -> None:
    status, payment = await vendor.pay("o1", Idempotency_Key="k1")
    taken = json.loads(json.dumps(vendor.simulator.snapshot()))
    vendor.simulator.reset()
    assert (await vendor.ask("GET", f"/v1/payment_intents/{payment['id']}"))[0] == 404
    vendor.simulator.restore(taken)
    assert await vendor.ask("GET", f"/v1/payment_intents/{payment['id']}") == (200, payment)
    assert await vendor.pay("o1", Idempotency_Key="k1") == (status, payment)
    assert vendor.simulator.journal.entries[-1].replayed


async def test_a_snapshot_that_knows_no_events_is_put_back(vendor: Played) -> None:
    payment = (await vendor.pay("o1", Idempotency_Key="k1"))[1]
    taken = vendor.simulator.snapshot()
    del taken["keys"][0]["events"]
    vendor.simulator.restore(taken)
    assert (await vendor.pay("o1", Idempotency_Key="k1"))[1] == payment


async def test_the_same_requests_get_the_same_answers_after_it(vendor: Played) -> None:
    await vendor.pay("o1")
    taken = vendor.simulator.snapshot()
    first = [(await vendor.pay("o1"))[1]["id"] for _ in range(2)]
    vendor.simulator.restore(taken)
    assert [(await vendor.pay("o1"))[1]["id"] for _ in range(2)] == first


async def test_a_key_goes_on_ageing(vendor: Played) -> None:
    payment = (await vendor.pay("o1", Idempotency_Key="k1"))[1]
    await vendor.world.advance(20 * 3600)
    taken = vendor.simulator.snapshot()
    vendor.simulator.reset()
    vendor.simulator.restore(taken)
    await vendor.world.advance(3 * 3600)
    assert (await vendor.pay("o1", Idempotency_Key="k1"))[1]["id"] == payment["id"]
    await vendor.world.advance(2 * 3600)
    assert (await vendor.pay("o1", Idempotency_Key="k1"))[1]["id"] != payment["id"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"snapshot": 2}, "no snapshot: snapshot"),
        ({"vendor": "other"}, "a snapshot of 'other'"),
        ({"objects": {"customer": [{}]}}, "no snapshot: objects/customer/0"),
        ({"objects": None}, "no snapshot: objects"),
        ({"names": {"a": "b"}}, "no snapshot: names/a"),
        ({"moves": [{"kind": "dragon", "key": "k", "move": 0, "in_s": 1, "name": "n"}]}, "no kind 'dragon'"),
        ({"keys": [{"place": "k"}]}, "no snapshot: keys/0"),
        ({"more": 1}, "no snapshot: more"),
    ],
)
async def test_what_is_no_snapshot_changes_nothing(vendor: Played, changes: dict[str, Any], says: str) -> None:
    payment = (await vendor.pay("o1"))[1]
    status, refusal = await control(vendor, "PUT", "/snapshot", {**vendor.simulator.snapshot(), **changes})
    assert status == 400
    assert says in refusal["error"]
    assert await vendor.ask("GET", f"/v1/payment_intents/{payment['id']}") == (200, payment)


async def test_it_is_taken_and_put_back_over_http(vendor: Played) -> None:
    await vendor.pay("o1")
    taken = (await control(vendor, "GET", "/snapshot"))[1]
    await control(vendor, "POST", "/reset")
    assert (await control(vendor, "PUT", "/snapshot", taken))[1]["kinds"]["payment_intent"] == 1


async def test_a_move_that_is_to_come_still_comes(vendor: Played) -> None:
    form = "amount=1099&currency=eur&payment_method=pm_usBankAccount&confirm=true"
    payment = (await vendor.ask("POST", "/v1/payment_intents", form))[1]
    await vendor.world.advance(3)
    taken = vendor.simulator.snapshot()
    vendor.simulator.reset()
    vendor.simulator.restore(taken)
    await vendor.world.advance(1)
    assert (await vendor.ask("GET", f"/v1/payment_intents/{payment['id']}"))[1]["status"] == "processing"
    await vendor.world.advance(1)
    assert (await vendor.ask("GET", f"/v1/payment_intents/{payment['id']}"))[1]["status"] == "succeeded"


async def test_what_was_deleted_stays_deleted(vendor: Played) -> None:
    made = (await vendor.ask("POST", "/v1/customers", "name=Ada"))[1]
    await vendor.ask("DELETE", f"/v1/customers/{made['id']}")
    taken = vendor.simulator.snapshot()
    vendor.simulator.reset()
    vendor.simulator.restore(taken)
    assert (await vendor.ask("GET", f"/v1/customers/{made['id']}"))[1]["deleted"] is True
    assert (await vendor.ask("POST", f"/v1/customers/{made['id']}", "name=Bob"))[0] == 404


async def test_webhooks_go_on(vendor: Played) -> None:
    vendor.simulator.webhooks.register("http://127.0.0.1:1/hook", ("customer.*",), "whsec_1")
    taken = vendor.simulator.snapshot()
    vendor.simulator.reset()
    vendor.simulator.restore(taken)
    assert [(address.url, address.events) for address in vendor.simulator.webhooks.registered] == [
        ("http://127.0.0.1:1/hook", ("customer.*",))
    ]
