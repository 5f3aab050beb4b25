"""The vendor's official SDK, unmodified, works against the simulator with nothing between them.

The SDK is synchronous, so it runs in threads while the simulator serves from the test's loop.
"""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest
import stripe

from tests.simulator.conftest import KEY, Play, Played, facts

T = TypeVar("T")


class Sdk:
    """The SDK's client, called from the test's loop."""

    def __init__(self, url: str, key: str = KEY, retries: int = 0) -> None:
        self.client = stripe.StripeClient(
            key,
            base_addresses={"api": url},
            max_network_retries=retries,
            http_client=stripe.RequestsClient(),
        )

    async def __call__(self, ask: Callable[[stripe.StripeClient], T]) -> T:
        return await asyncio.to_thread(ask, self.client)


@pytest.fixture
def sdk(vendor: Played) -> Sdk:
    return Sdk(vendor.url)


async def test_a_customer_is_made_retrieved_changed_and_deleted(sdk: Sdk) -> None:
    made = await sdk(lambda client: client.v1.customers.create({"email": "a@x.example", "metadata": {"k": "v"}}))
    retrieved = await sdk(lambda client: client.v1.customers.retrieve(made.id))
    assert (retrieved.email, retrieved.metadata and retrieved.metadata["k"]) == ("a@x.example", "v")
    changed = await sdk(lambda client: client.v1.customers.update(made.id, {"name": "A"}))
    assert (changed.name, changed.email) == ("A", "a@x.example")
    await sdk(lambda client: client.v1.customers.delete(made.id))
    assert (await sdk(lambda client: client.v1.customers.retrieve(made.id))).deleted


async def test_a_list_is_paged_through_to_its_end(sdk: Sdk) -> None:
    def thirteen(client: stripe.StripeClient) -> None:
        for amount in range(100, 113):
            client.v1.payment_intents.create({"amount": amount, "currency": "eur"})

    await sdk(thirteen)

    def every(client: stripe.StripeClient) -> list[int]:
        return [payment.amount for payment in client.v1.payment_intents.list({"limit": 10}).auto_paging_iter()]

    assert await sdk(every) == list(range(112, 99, -1))


async def test_a_payment_is_confirmed_and_refunded(sdk: Sdk) -> None:
    made = await sdk(
        lambda client: client.v1.payment_intents.create(
            {
                "amount": 1099,
                "currency": "eur",
                "payment_method": "pm_card_visa",
            }
        )
    )
    assert made.status == "requires_confirmation"
    paid = await sdk(lambda client: client.v1.payment_intents.confirm(made.id))
    assert (paid.status, paid.amount_received) == ("succeeded", 1099)
    refund = await sdk(lambda client: client.v1.refunds.create({"payment_intent": made.id, "amount": 99}))
    assert (refund.status, refund.amount, refund.payment_intent) == ("succeeded", 99, made.id)
    assert (await sdk(lambda client: client.v1.refunds.retrieve(refund.id))).charge == paid.latest_charge


async def test_held_money_is_captured_or_let_go(sdk: Sdk) -> None:
    intents = [
        await sdk(
            lambda client: client.v1.payment_intents.create(
                {
                    "amount": 1099,
                    "currency": "eur",
                    "payment_method": "pm_card_visa",
                    "capture_method": "manual",
                    "confirm": True,
                }
            )
        )
        for _ in range(2)
    ]
    assert [one.status for one in intents] == ["requires_capture", "requires_capture"]
    captured = await sdk(lambda client: client.v1.payment_intents.capture(intents[0].id, {"amount_to_capture": 1000}))
    assert (captured.status, captured.amount_received) == ("succeeded", 1000)
    assert (await sdk(lambda client: client.v1.payment_intents.cancel(intents[1].id))).status == "canceled"


async def test_a_declined_card_is_a_card_error(sdk: Sdk) -> None:
    with pytest.raises(stripe.CardError) as refused:
        await sdk(
            lambda client: client.v1.payment_intents.create(
                {
                    "amount": 1099,
                    "currency": "eur",
                    "payment_method": "pm_card_visa_chargeDeclined",
                    "confirm": True,
                }
            )
        )
    assert (refused.value.http_status, refused.value.code) == (402, "card_declined")


async def test_a_bad_parameter_and_an_unknown_id_are_invalid_requests(sdk: Sdk) -> None:
    with pytest.raises(stripe.InvalidRequestError) as bad:
        await sdk(lambda client: client.v1.payment_intents.create({"amount": 0, "currency": "eur"}))
    assert (bad.value.http_status, bad.value.param) == (400, "amount")
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        await sdk(lambda client: client.v1.payment_intents.retrieve("pi_none"))
    assert (unknown.value.http_status, unknown.value.code) == (404, "resource_missing")


async def test_the_other_refusals_have_the_sdks_own_types(play: Play) -> None:
    vendor = await play(facts(limits=({"name": "account", "rate": "1/h", "burst": 3},)))
    sdk = Sdk(vendor.url)
    with pytest.raises(stripe.AuthenticationError):
        await Sdk(vendor.url, "sk_test_wrong")(lambda client: client.v1.customers.list())
    key: stripe.RequestOptions = {"idempotency_key": "k"}
    await sdk(lambda client: client.v1.customers.create({"name": "A"}, key))
    with pytest.raises(stripe.IdempotencyError):
        await sdk(lambda client: client.v1.customers.create({"name": "B"}, key))
    vendor.arm(kind="error", status=500, first_n=1)
    with pytest.raises(stripe.APIError):
        await sdk(lambda client: client.v1.customers.list())
    with pytest.raises(stripe.RateLimitError):
        await sdk(lambda client: client.v1.customers.list())


@pytest.mark.slow  # the SDK waits half a second before it asks again
async def test_a_lost_answer_is_asked_for_again_under_the_same_key(vendor: Played) -> None:
    vendor.arm(kind="reset_after", first_n=1)
    made = await Sdk(vendor.url, retries=1)(
        lambda client: client.v1.payment_intents.create({"amount": 5, "currency": "eur"})
    )
    assert [entry.replayed for entry in vendor.simulator.journal.entries] == [False, True]
    assert [one["id"] for one in vendor.simulator.resources.all()["payment_intent"]] == [made.id]


async def test_a_stored_failure_is_not_asked_for_again(vendor: Played) -> None:
    vendor.arm(kind="error", effect="begun", first_n=1)
    with pytest.raises(stripe.APIError):
        await Sdk(vendor.url, retries=2)(lambda client: client.v1.customers.create({"name": "A"}))
    assert vendor.simulator.journal.last == 1
