"""The Warehouse port: what is sent to the warehouse, and what each of its answers comes to."""

import contextlib
import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.answering import at_once
from tests.adapters.shopify.order_payload import payload
from tidegate.adapters.gateway import Gateway, GatewayResponse
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import (
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unavailable,
    VendorContractBroken,
    VendorFailure,
)
from tidegate.adapters.ports.orders import Fulfilment, FulfilmentState, Order, Outdated
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.adapters.warehouse.adapter import HttpWarehouse

ORDER = ShopifyOrders.read(payload())
PATH = "/v1/orders/shopify%3A820982911946154508"
TAKEN = {"order_number": ORDER.id, "revision": ORDER.revision, "state": "waiting"}


class Answering(Gateway):
    """Every request gets the same answer; the last one is kept."""

    def __init__(self, status: int, body: object, record_url: str = "") -> None:
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.record_url = record_url
        self.asked: tuple[str, str, Mapping[str, object], str, str] = ("", "", {}, "", "")

    async def get(self, path: str, query: Mapping[str, str] | None = None) -> GatewayResponse:
        self.asked = ("GET", path, query or {}, "", "")
        return GatewayResponse(self.status, self.body, "c1", 7.0, reads=True)

    async def put_json(
        self, path: str, document: Mapping[str, object], *, key: str, trace: str = ""
    ) -> GatewayResponse:
        self.asked = ("PUT", path, document, key, trace)
        return GatewayResponse(self.status, self.body, "c1", 7.0, reads=False, record_url=self.record_url)


def fulfil(status: int, body: object, record_url: str = "", order: Order = ORDER) -> Fulfilment | Deferred:
    return at_once(HttpWarehouse(Answering(status, body, record_url)).fulfil(order, key="whd_1"))


def test_an_order_is_put_whole_under_its_own_id() -> None:
    gateway = Answering(200, TAKEN)
    taken = at_once(HttpWarehouse(gateway).fulfil(ORDER, key="whd_1", trace="00-1-2-01"))
    assert taken == Fulfilment(ORDER.id, FulfilmentState.WAITING, "waiting", ORDER.revision)
    method, path, document, key, trace = gateway.asked
    assert (method, path, key, trace) == ("PUT", PATH, "whd_1", "00-1-2-01")
    assert document == {
        "revision": 1_767_225_600_000,
        "reference": "#1001",
        "placed_at": "2026-01-01T00:00:00+00:00",
        "cancelled": False,
        "paid": True,
        "total": {"minor": 39800, "currency": "USD"},
        "lines": [
            {"sku": "IPOD-342-N", "quantity": 1, "unit_price": {"minor": 19900, "currency": "USD"}},
            {"sku": "variant:49148385", "quantity": 1, "unit_price": {"minor": 19900, "currency": "USD"}},
        ],
        "ship_to": {
            "name": "Steve Shipper", "street": "123 Shipping Street", "city": "Shippington", "postal_code": "40003",
            "region": "KY", "country": "US",
        },
    }  # fmt: skip


def test_an_order_of_which_nothing_is_left_is_cancelled_at_the_warehouse() -> None:
    gateway = Answering(200, TAKEN)
    at_once(HttpWarehouse(gateway).fulfil(ShopifyOrders.read(payload(line_items=[])), key="k"))
    assert (gateway.asked[2]["cancelled"], gateway.asked[2]["lines"]) == (True, [])


def test_an_order_that_tidegate_has_taken_is_deferred_and_says_where_its_record_is() -> None:
    url = "http://t/_tidegate/calls/c1"
    assert fulfil(202, {"state": "queued"}, url) == Deferred(url, "c1", 7.0)


def test_a_state_that_is_new_is_kept_as_the_warehouse_says_it() -> None:
    taken = fulfil(200, {**TAKEN, "state": "on fire"})
    assert isinstance(taken, Fulfilment)
    assert (taken.state, taken.warehouse_state) == (FulfilmentState.UNKNOWN, "on fire")


@pytest.mark.parametrize(
    ("status", "code", "failure"),
    [
        (400, "invalid_order", Rejected),
        (401, "unauthorized", Misconfigured),
        (403, "forbidden", Misconfigured),
        (409, "outdated_revision", Outdated),
        (409, "order_closed", Rejected),
        (429, "too_many_requests", RateLimited),
        (500, "internal", OutcomeUnknown),
        (304, "", VendorContractBroken),
    ],
)
def test_each_refusal_of_a_write_is_its_failure(status: int, code: str, failure: type[VendorFailure]) -> None:
    with pytest.raises(VendorFailure) as raised:
        fulfil(status, {"code": code, "message": "No."})
    assert type(raised.value) is failure
    assert raised.value.call_id == "c1"


def test_a_refusal_names_the_field_and_the_code() -> None:
    with pytest.raises(Rejected) as raised:
        fulfil(400, {"code": "invalid_order", "message": "No.", "field": "lines"})
    assert (raised.value.field, raised.value.code) == ("lines", "invalid_order")


@pytest.mark.parametrize(("status", "failure"), [(404, NotFound), (500, Unavailable)])
def test_a_read_that_fails_leaves_no_doubt_behind(status: int, failure: type[VendorFailure]) -> None:
    with pytest.raises(failure):
        at_once(HttpWarehouse(Answering(status, b"<html>")).find(ORDER.id))


def test_an_id_cannot_lead_to_another_path() -> None:
    gateway = Answering(200, TAKEN)
    at_once(HttpWarehouse(gateway).find("../keys"))
    assert gateway.asked[1] == "/v1/orders/..%2Fkeys"
    with pytest.raises(Rejected):
        at_once(HttpWarehouse(gateway).find(".."))


def test_a_done_write_whose_answer_cannot_be_read_says_that_it_was_done() -> None:
    with pytest.raises(VendorContractBroken) as raised:
        fulfil(200, {**TAKEN, "revision": "seven"})
    assert (raised.value.pointer, raised.value.applied) == ("/revision", True)


JSON = st.recursive(st.none() | st.integers() | st.text(max_size=9), lambda inner: st.dictionaries(st.text(), inner))


@given(st.integers(100, 599), st.binary(max_size=50) | JSON)
def test_whatever_comes_is_a_fulfilment_or_one_of_the_failures(status: int, body: object) -> None:
    with contextlib.suppress(VendorFailure):
        assert isinstance(fulfil(status, body), Fulfilment)
