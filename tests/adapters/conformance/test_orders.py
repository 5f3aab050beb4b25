"""What the ports of orders promise, kept by every shop: from its webhook through inbox and outbox to the warehouse."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC
from typing import Any

import pytest
import pytest_asyncio

from tests.adapters.conformance.town import PortTown, port_town
from tests.waiting import until
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import NotFound, Undelivered
from tidegate.adapters.ports.identifiers import vendor_of
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.orders import Fulfilment, Order, OrderLine, Orders, Outdated, PaymentState, Warehouse

SHOPS = ("shopify", "woocommerce")

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Shop:
    """A shop behind the port, with what its customers send: the path of its orders and what wraps one."""

    name: str
    orders: Orders
    warehouse: Warehouse
    town: PortTown
    path: str
    headers: dict[str, str]
    order: dict[str, Any]
    wrapper: str = ""
    taken: int = 0

    async def buys(self, method: str = "POST", path: str = "", **changes: Any) -> dict[str, Any]:
        """Make an order at the shop itself, or change one. The order as the shop has it."""
        order: dict[str, Any] = {**self.order, **changes} if method == "POST" else changes
        url = f"http://127.0.0.1:{self.town.vendor(self.name).port}{path or self.path}"
        body = {self.wrapper: order} if self.wrapper else order
        async with self.town.session.request(method, url, json=body, headers=self.headers) as answer:
            assert answer.ok, await answer.text()
            document: dict[str, Any] = await answer.json()
        return document[self.wrapper] if self.wrapper else document

    async def comes(self) -> Order:
        """The order in the shop's latest webhook."""
        posts = await self.town.posts(self.name)
        await until(lambda: len(self.town.vendor(self.name).webhooks.deliveries) > self.taken)
        posts = await self.town.posts(self.name)
        self.taken = len(posts)
        return self.orders.read(posts[-1])

    async def fulfilled(self, order: Order, key: str) -> Fulfilment:
        """Hand an order over, and wait until the outbox has."""
        result = await self.warehouse.fulfil(order, key=key)
        for _ in range(2000):
            if not isinstance(result, Deferred):
                return result
            await until(lambda: True)
            result = await self.warehouse.fulfilment_of(result)
        raise AssertionError("the outbox never delivered it")


def shopify(town: PortTown, orders: Orders, warehouse: Warehouse) -> Shop:
    line = {"id": 1, "sku": "MUG", "quantity": 2, "price": "9.00"}
    order = {
        "currency": "EUR", "financial_status": "paid", "total_price": "18.00", "line_items": [line],
        "shipping_address": {"name": "Ada L", "address1": "Harbour 1", "city": "Husum", "zip": "25813",
                             "country_code": "DE"},
    }  # fmt: skip
    key = {"X-Shopify-Access-Token": "any"}
    return Shop("shopify", orders, warehouse, town, "/admin/api/2026-07/orders.json", key, order, "order")


def woocommerce(town: PortTown, orders: Orders, warehouse: Warehouse) -> Shop:
    line = {
        "id": 1, "name": "Mug", "sku": "MUG", "product_id": 7, "variation_id": 0, "quantity": 2, "subtotal": "18.00",
        "total": "18.00",
    }  # fmt: skip
    order = {
        "currency": "EUR", "status": "processing", "total": "18.00", "line_items": [line],
        "shipping": {"first_name": "Ada", "last_name": "L", "address_1": "Harbour 1", "city": "Husum",
                     "postcode": "25813", "country": "DE"},
    }  # fmt: skip
    key = {"Authorization": "Basic Y2s6Y3M="}
    return Shop("woocommerce", orders, warehouse, town, "/orders", key, order)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shops(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Shop]]:
    async with port_town(tmp_path_factory.mktemp("town"), (*SHOPS, "warehouse")) as town:
        warehouse = town.adapters("warehouse", "warehouse").warehouse
        makers = {"shopify": shopify, "woocommerce": woocommerce}
        yield {name: makers[name](town, town.adapters("orders", name).orders, warehouse) for name in SHOPS}


@pytest.fixture(params=SHOPS)
def shop(request: pytest.FixtureRequest, shops: dict[str, Shop]) -> Shop:
    return shops[request.param]


async def test_an_order_comes_from_the_shop_and_goes_to_the_warehouse(shop: Shop) -> None:
    made = await shop.buys()
    order = await shop.comes()
    assert (vendor_of(order.id), order.id.endswith(f":{made['id']}")) == (shop.name, True)
    assert (order.payment, order.is_cancelled, order.total) == (PaymentState.PAID, False, Money(1800, "EUR"))
    assert order.lines == (OrderLine("MUG", 2, Money(900, "EUR")),)
    assert order.ship_to is not None
    assert (order.ship_to.name, order.ship_to.city, order.ship_to.country) == ("Ada L", "Husum", "DE")
    assert order.placed_at.tzinfo is order.changed_at.tzinfo is UTC
    taken = await shop.fulfilled(order, f"{shop.name}-1")
    assert (taken.order_id, taken.revision) == (order.id, order.revision)
    assert await shop.warehouse.find(order.id) == taken


async def test_a_change_is_a_later_revision_and_an_earlier_one_does_not_come_back(shop: Shop) -> None:
    made = await shop.buys()
    first = await shop.comes()
    await shop.town.vendor(shop.name).advance(5.0)
    line = {**shop.order["line_items"][0], "quantity": 1}
    path = shop.path.replace("orders", f"orders/{made['id']}")
    await shop.buys("PUT", path, line_items=[line])
    changed = await shop.comes()
    assert changed.id == first.id
    assert changed.revision > first.revision
    assert (await shop.fulfilled(changed, f"{shop.name}-2")).revision == changed.revision
    with pytest.raises((Outdated, Undelivered)):
        await shop.fulfilled(first, f"{shop.name}-3")
    assert (await shop.warehouse.find(first.id)).revision == changed.revision


async def test_an_order_that_is_not_at_the_warehouse_is_not_found(shop: Shop) -> None:
    with pytest.raises(NotFound):
        await shop.warehouse.find(f"{shop.name}:1")
