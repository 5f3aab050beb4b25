"""The contract of the Warehouse port: played against the real adapter, and verified against the simulator."""

import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.contracts.consumers.played import play
from tests.contracts.providers import simulated
from tidegate.adapters.ports.failures import NotFound, RateLimited, Rejected, Unavailable, VendorFailure
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.orders import (
    Fulfilment,
    FulfilmentState,
    Order,
    OrderLine,
    Outdated,
    PaymentState,
    PostalAddress,
)
from tidegate.adapters.warehouse.adapter import HttpWarehouse
from tidegate.contracts.consumers.warehouse_orders import (
    CONSUMER,
    EXPECTATIONS,
    PACTS,
    PROVIDER,
    REVISION,
    pact,
)
from tidegate.contracts.expectation import write
from tidegate.contracts.verify import verify
from tidegate.world.world import RealWorld

FILE = PACTS / f"{CONSUMER}-{PROVIDER}.json"
BY_NAME = {expectation.name: expectation for expectation in EXPECTATIONS}
PRICE = Money(900, "EUR")
ADDRESS = PostalAddress("A", "Harbour 1", "Husum", "25813", "", "DE")
PLACED = datetime(2026, 1, 1, tzinfo=UTC)
ORDER = Order(
    "order-1", "#1001", REVISION, PLACED, PLACED, False, PaymentState.PAID, "paid", PRICE,
    (OrderLine("MUG", 1, PRICE),), ADDRESS,
)  # fmt: skip
NOWHERE = replace(ORDER, ship_to=replace(ADDRESS, country=""))
TAKEN = Fulfilment("order-1", FulfilmentState.WAITING, "waiting", REVISION)

Work = Callable[[HttpWarehouse], Coroutine[object, object, object]]
SUCCESS: dict[str, Work] = {
    "an order is handed over": lambda w: w.fulfil(ORDER, key="k"),
    "an order is handed over again": lambda w: w.fulfil(ORDER, key="k"),
    "an order is looked up": lambda w: w.find("order-1"),
}
FAILURE: dict[str, tuple[Work, type[VendorFailure]]] = {
    "an order is handed over after a newer revision": (lambda w: w.fulfil(ORDER, key="k"), Outdated),
    "an order that goes nowhere is refused": (lambda w: w.fulfil(NOWHERE, key="k"), Rejected),
    "an unknown order is looked up": (lambda w: w.find("order-1"), NotFound),
    "the warehouse refuses for the rate": (lambda w: w.find("order-1"), RateLimited),
    "the warehouse fails": (lambda w: w.find("order-1"), Unavailable),
}


def test_every_expectation_is_played() -> None:
    assert set(BY_NAME) == {*SUCCESS, *FAILURE}


@pytest.mark.parametrize("name", SUCCESS)
async def test_the_adapter_asks_as_expected_and_understands_the_answer(name: str) -> None:
    assert await play(BY_NAME[name], lambda gateway: SUCCESS[name](HttpWarehouse(gateway))) == TAKEN


@pytest.mark.parametrize("name", FAILURE)
async def test_the_adapter_asks_as_expected_and_understands_the_refusal(name: str) -> None:
    work, kind = FAILURE[name]
    with pytest.raises(VendorFailure) as failure:
        await play(BY_NAME[name], lambda gateway: work(HttpWarehouse(gateway)))
    assert type(failure.value) is kind


def test_the_committed_file_is_what_is_declared(tmp_path: Path) -> None:
    declared = json.loads(write(pact(), tmp_path).read_bytes())
    committed = json.loads(FILE.read_bytes())
    for one in (declared, committed):
        del one["metadata"]["pactRust"]  # the library's version
    assert committed == declared, "run: python -m tidegate.contracts.consumers.warehouse_orders"


@pytest.mark.slow
async def test_the_simulated_warehouse_keeps_the_contract() -> None:
    async with simulated(PROVIDER) as (url, states_url):
        report = await verify(RealWorld(), PROVIDER, url, states_url=states_url)
    assert [*report.lines()] == [
        f"warehouse: {len(EXPECTATIONS)} of {len(EXPECTATIONS)} interactions verified, 0 broken"
    ]
