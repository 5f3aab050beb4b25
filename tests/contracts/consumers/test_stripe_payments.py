"""The contract of the payments port with Stripe: played against the real adapter, and no field too many."""

import json
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.consumers.played import play
from tidegate.adapters.ports.failures import NotFound, RateLimited, Rejected, Unavailable, VendorFailure
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import Declined, Payment, PaymentPage, PaymentStatus, Refund, RefundStatus
from tidegate.adapters.stripe.adapter import STATUSES, StripePayments
from tidegate.contracts.consumers.stripe_payments import CONSUMER, EXPECTATIONS, PACTS, PROVIDER, pact
from tidegate.contracts.expectation import write

DUE, NOTHING = Money(1099, "EUR"), Money(0, "EUR")
FILE = PACTS / f"{CONSUMER}-{PROVIDER}.json"


def paid(status: str, received: Money) -> Payment:
    return Payment("stripe:pi_1", STATUSES[status], status, DUE, received, "order-1", "")


def refund(amount: Money) -> Refund:
    return Refund("stripe:re_1", RefundStatus.DONE, "succeeded", amount, "stripe:pi_1", "")


Work = Callable[[StripePayments], Coroutine[Any, Any, object]]
SUCCESS: dict[str, tuple[Work, object]] = {
    "a payment is made and confirmed at once": (
        lambda p: p.pay("order-1", DUE, "pm_card_visa", key="order-1"), paid("succeeded", DUE),
    ),
    "a payment is made and its money held": (
        lambda p: p.authorise("order-1", DUE, "pm_card_visa", key="order-1"), paid("requires_capture", NOTHING),
    ),
    "a payment is prepared": (
        lambda p: p.prepare("order-1", DUE, key="order-1"), paid("requires_payment_method", NOTHING),
    ),
    "a prepared payment is confirmed": (
        lambda p: p.confirm("stripe:pi_1", "pm_card_visa", key="order-1-confirm"), paid("succeeded", DUE),
    ),
    "held money is captured": (lambda p: p.capture("stripe:pi_1", key="k"), paid("succeeded", DUE)),
    "a part of held money is captured": (
        lambda p: p.capture("stripe:pi_1", Money(500, "EUR"), key="k"), paid("succeeded", Money(500, "EUR")),
    ),
    "a payment is cancelled": (lambda p: p.cancel("stripe:pi_1", key="k"), paid("canceled", NOTHING)),
    "a payment is refunded": (lambda p: p.refund("stripe:pi_1", key="k"), refund(DUE)),
    "a part of a payment is refunded": (
        lambda p: p.refund("stripe:pi_1", Money(100, "EUR"), key="k"), refund(Money(100, "EUR")),
    ),
    "a payment is looked up": (lambda p: p.find("stripe:pi_1"), paid("succeeded", DUE)),
    "a page of payments with more to come": (
        lambda p: p.page(size=2), PaymentPage((paid("succeeded", DUE), paid("succeeded", DUE)), "stripe:pi_1"),
    ),
    "the last page of payments": (
        lambda p: p.page(after="stripe:pi_1", size=2), PaymentPage((paid("requires_payment_method", NOTHING),), None),
    ),
}  # fmt: skip
FAILURE: dict[str, tuple[Work, type[VendorFailure], dict[str, object]]] = {
    "a card is declined": (
        lambda p: p.pay("order-1", DUE, "pm_card_visa_chargeDeclined", key="k"),
        Declined, {"code": "generic_decline", "payment_id": "stripe:pi_1"},
    ),
    "a payment that does not exist is looked up": (lambda p: p.find("stripe:pi_missing"), NotFound, {}),
    "more is captured than is held": (
        lambda p: p.capture("stripe:pi_1", Money(2000, "EUR"), key="k"),
        Rejected, {"field": "amount_to_capture", "code": "amount_too_large"},
    ),
    "a payment that is paid is cancelled": (
        lambda p: p.cancel("stripe:pi_1", key="k"), Rejected, {"field": "", "code": "payment_intent_unexpected_state"},
    ),
    "the vendor refuses for the rate": (lambda p: p.find("stripe:pi_1"), RateLimited, {"retry_after_s": None}),
    "the vendor fails": (lambda p: p.find("stripe:pi_1"), Unavailable, {"retry_after_s": None}),
}  # fmt: skip
WORK = {name: entry[0] for name, entry in (SUCCESS | FAILURE).items()}
BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}


def test_every_expectation_is_played() -> None:
    assert set(WORK) == set(BY_NAME)


@pytest.mark.parametrize("name", SUCCESS)
async def test_the_adapter_asks_as_expected_and_reads_the_answer(name: str) -> None:
    work, expected = SUCCESS[name]
    assert await play(BY_NAME[name], lambda gateway: work(StripePayments(gateway))) == expected


@pytest.mark.parametrize("name", FAILURE)
async def test_the_adapter_asks_as_expected_and_understands_the_refusal(name: str) -> None:
    work, kind, fields = FAILURE[name]
    with pytest.raises(VendorFailure) as failure:
        await play(BY_NAME[name], lambda gateway: work(StripePayments(gateway)))
    assert type(failure.value) is kind
    assert {field: getattr(failure.value, field) for field in fields} == fields


async def test_another_request_than_the_expected_one_fails_with_what_was_asked() -> None:
    with pytest.raises(AssertionError, match=r"amount=1099|payment_method") as failure:
        await play(
            BY_NAME["a payment is prepared"],
            lambda gateway: StripePayments(gateway).pay("order-1", DUE, "pm_card_visa", key="k"),
        )
    assert isinstance(failure.value.__context__, VendorFailure)


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    declared = json.loads(write(pact(), tmp_path).read_bytes())
    committed = json.loads(FILE.read_bytes())
    for one in (declared, committed):
        del one["metadata"]["pactRust"]  # the library's version
    assert committed == declared, "run: python -m tidegate.contracts.consumers.stripe_payments"


def committed() -> dict[str, Any]:
    return {one["description"]: one for one in json.loads(FILE.read_bytes())["interactions"]}


def test_every_request_names_its_operation_and_every_write_carries_a_key() -> None:
    for name, one in committed().items():
        assert one["comments"]["references"]["openapi"]["operation"], name
        assert ("Idempotency-Key" in one["request"]["headers"]) == (one["request"]["method"] == "POST"), name


def test_statuses_in_the_contract_are_ones_that_the_adapter_knows() -> None:
    bodies = [one["response"]["body"]["content"] for one in committed().values()]
    known = {body["status"] for body in bodies if "status" in body}
    assert PaymentStatus.UNKNOWN not in {STATUSES[status] for status in known}
