"""The payment intent's statuses, moves and refusals, and refunds within what was paid."""

from typing import Any

import pytest

from tests.simulator.conftest import Played
from tidegate.simulator.objects.payments import METHODS, SETTLES_S

PATH = "/v1/payment_intents"


async def made(vendor: Played, form: str = "") -> dict[str, Any]:
    status, payment = await vendor.ask("POST", PATH, "amount=1000&currency=eur" + (f"&{form}" if form else ""))
    assert status == 200, payment
    return payment


async def moved(vendor: Played, payment: dict[str, Any], action: str, form: str = "") -> tuple[int, dict[str, Any]]:
    return await vendor.ask("POST", f"{PATH}/{payment['id']}/{action}", form)


async def events(vendor: Played) -> list[str]:
    return [event["type"] for event in (await vendor.ask("GET", "/v1/events?limit=100"))[1]["data"]][::-1]


async def test_a_payment_is_made_confirmed_and_paid(vendor: Played) -> None:
    payment = await made(vendor)
    assert payment["status"] == "requires_payment_method"
    status, paid = await moved(vendor, payment, "confirm", "payment_method=pm_card_visa")
    assert (status, paid["status"], paid["amount_received"]) == (200, "succeeded", 1000)
    assert paid["latest_charge"].startswith("ch_")
    assert await events(vendor) == ["payment_intent.created", "payment_intent.succeeded"]


async def test_a_payment_with_a_method_waits_for_its_confirmation(vendor: Played) -> None:
    assert (await made(vendor, "payment_method=pm_card_visa"))["status"] == "requires_confirmation"
    payment = await made(vendor)
    updated = (await vendor.ask("POST", f"{PATH}/{payment['id']}", "payment_method=pm_card_visa"))[1]
    assert updated["status"] == "requires_confirmation"


async def test_a_payment_may_be_confirmed_as_it_is_made(vendor: Played) -> None:
    assert (await made(vendor, "payment_method=pm_card_visa&confirm=true"))["status"] == "succeeded"


async def test_a_declined_card_is_402_and_the_payment_may_be_tried_again(vendor: Played) -> None:
    payment = await made(vendor)
    status, refused = await moved(vendor, payment, "confirm", "payment_method=pm_card_visa_chargeDeclined")
    error = refused["error"]
    assert (status, error["type"], error["code"]) == (402, "card_error", "card_declined")
    assert error["payment_intent"]["status"] == "requires_payment_method"
    assert error["payment_intent"]["last_payment_error"]["decline_code"] == "generic_decline"
    assert error["charge"] == error["payment_intent"]["latest_charge"]
    assert (await moved(vendor, payment, "confirm", "payment_method=pm_card_visa"))[1]["status"] == "succeeded"
    assert await events(vendor) == [
        "payment_intent.created",
        "payment_intent.payment_failed",
        "payment_intent.succeeded",
    ]


async def test_a_payment_declined_as_it_is_made_exists_all_the_same(vendor: Played) -> None:
    form = "amount=5&currency=eur&payment_method=pm_card_chargeDeclined&confirm=true"
    status, refused = await vendor.ask("POST", PATH, form)
    assert status == 402
    assert (await vendor.ask("GET", f"{PATH}/{refused['error']['payment_intent']['id']}"))[0] == 200


async def test_every_test_method_ends_as_declared(vendor: Played) -> None:
    for name, method in METHODS.items():
        status, payment = await moved(vendor, await made(vendor), "confirm", f"payment_method={name}")
        if method.ends == "declined":
            assert (status, payment["error"]["code"]) == (402, method.code), name
            assert payment["error"]["decline_code"] == method.decline_code, name
        else:
            ends = {"paid": "succeeded", "processing": "processing", "asks": "requires_action"}
            assert (status, payment["status"]) == (200, ends[method.ends]), name


async def test_a_bank_debit_is_paid_after_a_while(vendor: Played) -> None:
    payment = (await moved(vendor, await made(vendor), "confirm", "payment_method=pm_usBankAccount"))[1]
    await vendor.world.advance(SETTLES_S - 1)
    assert (await vendor.ask("GET", f"{PATH}/{payment['id']}"))[1]["status"] == "processing"
    await vendor.world.advance(1)
    assert (await vendor.ask("GET", f"{PATH}/{payment['id']}"))[1]["status"] == "succeeded"


async def test_a_bank_debit_that_was_canceled_is_not_paid(vendor: Played) -> None:
    payment = (await moved(vendor, await made(vendor), "confirm", "payment_method=pm_usBankAccount"))[1]
    assert (await moved(vendor, payment, "cancel"))[0] == 200
    await vendor.world.advance(SETTLES_S)
    assert (await vendor.ask("GET", f"{PATH}/{payment['id']}"))[1]["status"] == "canceled"


async def test_held_money_is_captured_in_part_and_once(vendor: Played) -> None:
    payment = await made(vendor, "payment_method=pm_card_visa&confirm=true&capture_method=manual")
    assert (payment["status"], payment["amount_capturable"]) == ("requires_capture", 1000)
    status, refused = await moved(vendor, payment, "capture", "amount_to_capture=1001")
    assert (status, refused["error"]["code"]) == (400, "amount_too_large")
    captured = (await moved(vendor, payment, "capture", "amount_to_capture=600"))[1]
    assert (captured["status"], captured["amount_received"], captured["amount_capturable"]) == ("succeeded", 600, 0)
    assert (await moved(vendor, payment, "capture"))[1]["error"]["code"] == "payment_intent_unexpected_state"


@pytest.mark.parametrize(
    "form", ["", "payment_method=pm_card_visa", "capture_method=manual&payment_method=pm_card_visa&confirm=true"]
)
async def test_an_unfinished_payment_can_be_canceled(vendor: Played, form: str) -> None:
    canceled = (await moved(vendor, await made(vendor, form), "cancel", "cancellation_reason=duplicate"))[1]
    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "duplicate")
    assert canceled["canceled_at"] == int(vendor.world.wall())


@pytest.mark.parametrize("action", ["confirm", "capture", "cancel"])
async def test_a_paid_payment_makes_no_further_move(vendor: Played, action: str) -> None:
    payment = await made(vendor, "payment_method=pm_card_visa&confirm=true")
    status, refused = await moved(vendor, payment, action)
    assert (status, refused["error"]["code"]) == (400, "payment_intent_unexpected_state")
    assert refused["error"]["payment_intent"]["id"] == payment["id"]


async def test_a_paid_payment_keeps_its_amount_but_not_its_metadata(vendor: Played) -> None:
    payment = await made(vendor, "payment_method=pm_card_visa&confirm=true")
    assert (await vendor.ask("POST", f"{PATH}/{payment['id']}", "amount=5"))[0] == 400
    assert (await vendor.ask("POST", f"{PATH}/{payment['id']}", "metadata[a]=b"))[1]["metadata"] == {"a": "b"}


async def test_confirming_without_a_method_is_refused(vendor: Played) -> None:
    status, refused = await moved(vendor, await made(vendor), "confirm")
    assert (status, refused["error"]["param"]) == (400, "payment_method")


async def test_a_currency_is_kept_in_small_letters(vendor: Played) -> None:
    assert (await vendor.ask("POST", PATH, "amount=5&currency=EUR"))[1]["currency"] == "eur"


async def test_refunds_stay_within_what_was_paid(vendor: Played) -> None:
    payment = await made(vendor, "payment_method=pm_card_visa&confirm=true")
    status, refund = await vendor.ask("POST", "/v1/refunds", f"payment_intent={payment['id']}&amount=400")
    assert (status, refund["amount"], refund["status"], refund["charge"]) == (
        200,
        400,
        "succeeded",
        payment["latest_charge"],
    )
    status, refused = await vendor.ask("POST", "/v1/refunds", f"payment_intent={payment['id']}&amount=601")
    assert (status, refused["error"]["param"]) == (400, "amount")
    rest = (await vendor.ask("POST", "/v1/refunds", f"charge={payment['latest_charge']}"))[1]
    assert rest["amount"] == 600
    status, refused = await vendor.ask("POST", "/v1/refunds", f"payment_intent={payment['id']}")
    assert (status, refused["error"]["code"]) == (400, "charge_already_refunded")
    listed = (await vendor.ask("GET", f"/v1/refunds?payment_intent={payment['id']}"))[1]["data"]
    assert [entry["amount"] for entry in listed] == [600, 400]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ("", "parameter_missing"),
        ("payment_intent=pi_none", "resource_missing"),
        ("charge=ch_none", "resource_missing"),
        ("payment_intent={unpaid}", "payment_intent_unexpected_state"),
    ],
)
async def test_a_refund_needs_a_paid_payment(vendor: Played, form: str, code: str) -> None:
    unpaid = await made(vendor)
    status, refused = await vendor.ask("POST", "/v1/refunds", form.format(unpaid=unpaid["id"]))
    assert (status, refused["error"]["code"]) == (400, code)
