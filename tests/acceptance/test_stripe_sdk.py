"""The official `stripe` SDK, unmodified, with its base address set to the proxy and nothing else."""

from pathlib import Path
from typing import Any

import pytest
import stripe

from tests.acceptance.asking import client, pay, sent
from tests.acceptance.programs import House, Proxy, vendor_folder

pytestmark = pytest.mark.slow

Shared = tuple[House, Proxy]


def test_a_payment_is_created_retrieved_confirmed_and_refunded(shared: Shared) -> None:
    house, proxy = shared
    sdk = client(proxy)
    made = sdk.v1.payment_intents.create({"amount": 1099, "currency": "eur", "metadata": {"order_id": "o-1"}})
    assert made.status == "requires_payment_method"
    assert sdk.v1.payment_intents.confirm(made.id, {"payment_method": "pm_card_visa"}).status == "succeeded"
    refund = sdk.v1.refunds.create({"payment_intent": made.id, "amount": 99})
    assert (refund.status, refund.amount) == ("succeeded", 99)
    found = sdk.v1.payment_intents.retrieve(made.id)
    assert (found.id, found.amount_received, found.metadata["order_id"]) == (made.id, 1099, "o-1")
    assert made.id in house.vendor.effects("payment_intent.succeeded")
    assert made.last_response is not None
    assert made.last_response.headers["Tidegate-Call"]


def test_a_list_is_read_through_two_pages(shared: Shared) -> None:
    sdk = client(shared[1])
    made = [sdk.v1.customers.create({"email": f"{number}@x.example"}).id for number in range(5)]
    pages = sdk.v1.customers.list({"limit": 3})
    assert pages.has_more
    assert [customer.id for customer in pages.auto_paging_iter()] == made[::-1]


def test_a_declined_card_is_the_sdks_card_error(shared: Shared) -> None:
    with pytest.raises(stripe.CardError) as error:
        pay(client(shared[1]), "o-declined", "pm_card_visa_chargeDeclined")
    assert (error.value.code, error.value.http_status) == ("card_declined", 402)


@pytest.mark.parametrize("amount", [-5, "much"])
def test_a_bad_parameter_is_the_sdks_invalid_request_error(shared: Shared, amount: Any) -> None:
    with pytest.raises(stripe.InvalidRequestError) as error:
        client(shared[1]).v1.payment_intents.create({"amount": amount, "currency": "eur"})
    assert (error.value.param, error.value.http_status) == ("amount", 400)


def test_what_does_not_exist_is_the_sdks_invalid_request_error(shared: Shared) -> None:
    with pytest.raises(stripe.InvalidRequestError) as error:
        client(shared[1]).v1.payment_intents.retrieve("pi_nobody")
    assert (error.value.code, error.value.http_status) == ("resource_missing", 404)


def test_a_repeated_key_is_answered_again_and_done_once(shared: Shared) -> None:
    house, proxy = shared
    first, second = (pay(client(proxy), "o-twice", key="o-twice") for _ in range(2))
    assert first.id == second.id
    assert second.last_response.headers["Idempotency-Replayed"] == "true"
    assert house.vendor.effects("payment_intent.succeeded").count(first.id) == 1


def test_a_key_used_for_another_request_is_refused(shared: Shared) -> None:
    sdk = client(shared[1])
    pay(sdk, "o-one", key="o-mixed")
    with pytest.raises(stripe.StripeError) as error:
        pay(sdk, "o-other", key="o-mixed")
    assert error.value.http_status == 422
    assert error.value.json_body == {
        "error": {"type": "api_error", "code": "idempotency-mismatch", "message": error.value.user_message}
    }


def test_our_own_rate_refusal_is_the_sdks_rate_limit_error_and_is_sent_once(house: House, tmp_path: Path) -> None:
    def one_an_hour(vendor: dict[str, Any]) -> None:
        vendor["facts"]["limits"] = [{"name": "account", "rate": "1/h", "burst": 1, "algorithm": "token-bucket"}]
        vendor["policy"]["queue"] = {"depth": 10, "wait": "1s"}

    proxy = house.serve(vendors=vendor_folder(tmp_path, one_an_hour))
    with pytest.raises(stripe.RateLimitError) as error:
        pay(client(proxy, retries=2), "o-1")
    assert (error.value.http_status, error.value.headers["Tidegate-Problem"]) == (429, "rate-limited")  # type: ignore[index]  # is set
    assert house.vendor.journal() == []
    assert_sent_once(proxy)


def test_an_open_breaker_is_the_sdks_api_error_and_is_sent_once(house: House, tmp_path: Path) -> None:
    def nervous(vendor: dict[str, Any]) -> None:
        vendor["policy"]["breaker"] |= {"calls": 2, "open": "60s", "open_max": "60s"}
        vendor["policy"]["retry"]["attempts"] = 1

    proxy = house.serve(vendors=vendor_folder(tmp_path, nervous))
    house.vendor.fails(kind="error", status=503)
    sdk = client(proxy)
    for _ in range(2):
        with pytest.raises(stripe.APIError):
            sdk.v1.payment_intents.retrieve("pi_1")
    arrived = len(house.vendor.journal())
    with pytest.raises(stripe.APIError) as error:
        client(proxy, retries=2).v1.payment_intents.retrieve("pi_1")
    headers = error.value.headers
    assert headers is not None
    assert (error.value.http_status, headers["Tidegate-Problem"]) == (503, "vendor-unavailable")
    assert 0 < int(headers["Retry-After"]) <= 90
    assert len(house.vendor.journal()) == arrived, "nothing reaches the vendor"
    assert_sent_once(proxy, before=2)


def test_an_unknown_outcome_is_sent_once_and_the_same_key_gets_the_answer_later(house: House, tmp_path: Path) -> None:
    def hasty(vendor: dict[str, Any]) -> None:
        # Only the time for the answer is short. Everything before it may take as long as a busy machine needs: who runs
        # out of time before the request has left knows that nothing was done.
        vendor["policy"]["budget"] = "60s"
        vendor["policy"]["retry"]["attempts"] = 1
        vendor["policy"]["timeout"] = {"connect": "20s", "first_byte": "300ms", "idle": "5s", "attempt": "30s"}

    proxy = house.serve(vendors=vendor_folder(tmp_path, hasty))
    house.vendor.fails(kind="hang", effect="done")
    sdk = client(proxy, retries=2)
    with pytest.raises(stripe.APIError) as error:
        pay(sdk, "o-1", key="o-1")
    headers = error.value.headers
    assert headers is not None
    assert (error.value.http_status, headers["Tidegate-Problem"]) == (504, "outcome-unknown")
    line = f"GET /_tidegate/calls/{headers['Tidegate-Call']} HTTP/1.1\r\n"
    record = sent(proxy.port, line.encode() + b"Host: 127.0.0.1\r\nAuthorization: Bearer app\r\n\r\n")
    assert b'"outcome":"unknown"' in record, record
    assert_sent_once(proxy)
    house.vendor.works()
    again = pay(client(house.serve()), "o-1", key="o-1")
    assert again.status == "succeeded"
    assert house.vendor.effects("payment_intent.succeeded") == [again.id]


def test_without_the_stop_hint_the_sdk_would_send_three_times(house: House, tmp_path: Path) -> None:
    def mute(vendor: dict[str, Any]) -> None:
        del vendor["facts"]["errors"]["retry_hint"]
        vendor["policy"]["retry"]["attempts"] = 1

    proxy = house.serve(vendors=vendor_folder(tmp_path, mute))
    house.vendor.fails(kind="error", status=503)
    with pytest.raises(stripe.APIError):
        client(proxy, retries=2).v1.payment_intents.retrieve("pi_1")
    assert proxy.end() == 0
    assert len(proxy.calls()) == 3, "so the tests above can fail"


def assert_sent_once(proxy: Proxy, before: int = 0) -> None:
    """The proxy logs each request of the app's. Stopping it writes what is left, so that none can come later."""
    assert proxy.end() == 0
    calls = proxy.calls()
    assert len(calls) == before + 1, proxy.lines
