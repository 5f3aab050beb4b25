"""The ports of the order flow."""

import dataclasses
import inspect

import pytest

from tests.adapters.shopify.order_payload import payload
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.ports.orders import Fulfilment, FulfilmentState, Orders, OrderUnreadable, Outdated, Warehouse
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.adapters.warehouse.adapter import HttpWarehouse


def test_an_order_and_its_fulfilment_cannot_be_changed() -> None:
    order = ShopifyOrders.read(payload())
    taken = Fulfilment(order.id, FulfilmentState.WAITING, "waiting", order.revision)
    for value in (order, taken):
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.revision = 1  # type: ignore[misc]  # which is what fails


def test_the_adapters_have_the_ports_signatures() -> None:
    assert inspect.signature(ShopifyOrders.read) == inspect.signature(Orders.read).replace(
        parameters=[*inspect.signature(Orders.read).parameters.values()][1:]
    )
    for name in ("fulfil", "find"):
        assert inspect.signature(getattr(HttpWarehouse, name)) == inspect.signature(getattr(Warehouse, name))


def test_an_outdated_revision_is_a_failure_of_the_vendors_with_its_call() -> None:
    assert isinstance(Outdated("Newer.", call_id="c1"), VendorFailure)
    assert str(Outdated("Newer.", call_id="c1")) == "Newer. (call c1)"


def test_what_is_no_order_is_told_by_its_place() -> None:
    error = OrderUnreadable("/id", "a whole number", "a text")
    assert (error.pointer, str(error)) == ("/id", "/id: expected a whole number, found a text")
    assert str(OrderUnreadable("", "an object", "nothing")) == "the body: expected an object, found nothing"
