"""Adyen's calls as its SDK writes them, in plain HTTP through the proxy, with our document and its own."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.acceptance import asking
from tests.acceptance.documents import BOTH, options
from tests.acceptance.programs import House, Proxy

pytestmark = pytest.mark.slow

LINK = {"merchantAccount": "Shop", "reference": "order-1", "amount": {"currency": "EUR", "value": 1099}}
PAYMENT = {**LINK, "paymentMethod": {"type": "scheme"}, "returnUrl": "https://shop.example"}


@pytest.fixture(scope="module", params=BOTH)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Proxy]]:
    started = options(request.param, "adyen/CheckoutService-v71.json")
    with House(tmp_path_factory.mktemp("house"), "adyen", *started) as house:
        yield house, house.serve()


@pytest.fixture
def proxy(shared: tuple[House, Proxy]) -> Proxy:
    return shared[1]


def ask(proxy: Proxy, method: str, path: str, body: object = None, **headers: str) -> tuple[int, Any]:
    status, _, told = asking.ask(proxy, method, f"/adyen{path}", body, X_API_Key="key_of_the_app", **headers)
    return status, json.loads(told)


def test_a_payment_link_is_made_read_and_expired(proxy: Proxy) -> None:
    status, made = ask(proxy, "POST", "/paymentLinks", LINK)
    assert (status, made["status"], made["reference"], made["amount"]) == (201, "active", "order-1", LINK["amount"])
    assert ask(proxy, "GET", f"/paymentLinks/{made['id']}")[1]["reference"] == "order-1"
    assert ask(proxy, "PATCH", f"/paymentLinks/{made['id']}", {"status": "expired"})[1]["status"] == "expired"
    assert ask(proxy, "GET", f"/paymentLinks/{made['id']}")[1]["status"] == "expired"


def test_a_payment_is_made_once_under_its_key_and_refunded(shared: tuple[House, Proxy], proxy: Proxy) -> None:
    before = len(shared[0].vendor.journal())
    first, second = (ask(proxy, "POST", "/payments", PAYMENT, Idempotency_Key="once") for _ in range(2))
    assert first == second
    assert len(shared[0].vendor.journal()) - before == 1
    paid = first[1]["pspReference"]
    body = {"merchantAccount": "Shop", "amount": LINK["amount"]}
    status, refund = ask(proxy, "POST", f"/payments/{paid}/refunds", body, Idempotency_Key="refund-once")
    assert (status, refund["paymentPspReference"], refund["status"]) == (201, paid, "received")


def test_a_bad_request_is_the_vendors_error(proxy: Proxy) -> None:
    status, told = ask(proxy, "POST", "/paymentLinks", {"reference": "order-1", "merchantAccount": "Shop"})
    assert (status, told["status"], told["errorCode"], told["errorType"]) == (422, 422, "702", "validation")
    assert "amount" in told["message"]


def test_a_link_that_is_not_there_is_not_found(proxy: Proxy) -> None:
    assert ask(proxy, "GET", "/paymentLinks/PLFFFFFFFFFFFFFFFF")[0] == 404
