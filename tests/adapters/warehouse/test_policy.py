"""The shipped file of the warehouse, in front of a scripted one: tries, waits, and what is final."""

import json
import shutil
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import tidegate.adapters
from tests.adapters.shopify.order_payload import payload
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import Undelivered
from tidegate.adapters.ports.orders import Fulfilment, FulfilmentState
from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.adapters.warehouse.adapter import HttpWarehouse
from tidegate.proxy.store.deliveries import DeliveryFilter, HandMade
from tidegate.testing import Step, VirtualProxy, run

SHIPPED = Path(tidegate.adapters.__file__).parent / "warehouse"
JSON = {"Content-Type": "application/json"}
ORDER = ShopifyOrders.read(payload())
TAKEN: Step = (200, JSON, json.dumps({"order_number": ORDER.id, "revision": 1, "state": "waiting"}).encode())


def answer(status: int) -> Step:
    return (status, JSON, b'{"code": "x", "message": "No."}')


def delivered(vendor: str | Path, *script: Step) -> tuple[list[float], dict[str, Any]]:
    """When the warehouse was asked, in seconds, and what became of the order, a minute later."""
    moments: list[float] = []
    ended: dict[str, Any] = {}

    async def story() -> None:
        async with VirtualProxy(vendor, [*script, TAKEN]) as proxy:
            warehouse = HttpWarehouse(Gateway(proxy.session, f"{proxy.url}/warehouse", "local"))
            fulfilment = await warehouse.fulfil(ORDER, key="whd_1")
            assert isinstance(fulfilment, Deferred)
            assert fulfilment.record_url.startswith(proxy.url)
            await proxy.world.sleep(60.0)
            if script == ():
                taken = Fulfilment(ORDER.id, FulfilmentState.WAITING, "waiting", 1)
                assert await warehouse.fulfilment_of(fulfilment) == taken
            deliveries = proxy.proxy.parts.store.deliveries
            [row] = (await deliveries.page(DeliveryFilter("outbox"))).deliveries
            moments.extend(one.began_wall - row.new.accepted_wall for one in await deliveries.attempts(row.new.id))
            assert len(proxy.vendor.received) == len(moments)
            ended.update(state=row.state, reason=row.dead_reason, attempts=row.attempts)

    run(story)
    return moments, ended


def without_breaker(folder: Path) -> Path:
    """The shipped file, with a breaker that needs more failures than one order has."""
    shutil.copytree(SHIPPED, folder / "warehouse", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file = folder / "warehouse" / "vendor.yaml"
    text = file.read_text(encoding="utf-8")
    assert "calls: 3," in text
    file.write_text(text.replace("calls: 3,", "calls: 50,"), encoding="utf-8")
    return file


def test_an_order_is_handed_over_at_once() -> None:
    moments, ended = delivered("warehouse")
    assert len(moments) == 1
    assert moments[0] < 0.1
    assert (ended["state"], ended["attempts"]) == ("done", 1)


@pytest.mark.parametrize(("status", "reason"), [(400, "rejected"), (401, "credential"), (403, "credential")])
def test_what_the_warehouse_refuses_for_good_is_tried_once(status: int, reason: str) -> None:
    moments, ended = delivered("warehouse", answer(status))
    assert len(moments) == 1
    assert ended == {"state": "dead", "reason": reason, "attempts": 1}


@pytest.mark.parametrize("status", [400, 403])
def test_an_order_that_is_handed_over_again_after_it_was_refused_is_told_for_a_dead_letter(status: int) -> None:
    async def story() -> None:
        async with VirtualProxy("warehouse", [answer(status), TAKEN]) as proxy:
            warehouse = HttpWarehouse(Gateway(proxy.session, f"{proxy.url}/warehouse", "local"))
            deferred = await warehouse.fulfil(ORDER, key="whd_1")
            assert isinstance(deferred, Deferred)
            await proxy.world.sleep(5.0)
            with pytest.raises(Undelivered):
                await warehouse.fulfil(ORDER, key="whd_1")
            with pytest.raises(Undelivered):
                await warehouse.fulfilment_of(deferred)
            assert len(proxy.vendor.received) == 1

    run(story)


def test_a_dead_letter_is_told_in_the_log_and_arrives_once_it_is_replayed() -> None:
    async def story() -> None:
        async with VirtualProxy("warehouse", [answer(403), TAKEN]) as proxy:
            warehouse = HttpWarehouse(Gateway(proxy.session, f"{proxy.url}/warehouse", "local"))
            await warehouse.fulfil(ORDER, key="whd_1")
            await proxy.world.sleep(5.0)
            assert [line["vendor"] for line in proxy.log() if line.get("note") == "a delivery is dead"] == ["warehouse"]
            store = proxy.proxy.parts.store
            [row] = (await store.deliveries.page(DeliveryFilter("outbox", ("dead",)))).deliveries
            await store.deliveries.act(row.new.id, HandMade("replay", by="ada"), store.clock.now())
            await proxy.world.sleep(5.0)
            assert len(proxy.vendor.received) == 2
            found = await store.deliveries.find(row.new.id)
            assert found is not None
            assert found.state == "done"

    run(story)


def test_a_newer_revision_is_not_held_up_by_one_that_is_dead() -> None:
    async def story() -> None:
        async with VirtualProxy("warehouse", [answer(400), TAKEN]) as proxy:
            warehouse = HttpWarehouse(Gateway(proxy.session, f"{proxy.url}/warehouse", "local"))
            await warehouse.fulfil(ORDER, key="whd_1")
            await warehouse.fulfil(replace(ORDER, revision=ORDER.revision + 1), key="whd_2")
            await proxy.world.sleep(5.0)
            revisions = [json.loads(request.body)["revision"] for request in proxy.vendor.received]
            assert revisions == [ORDER.revision, ORDER.revision + 1]

    run(story)


@pytest.mark.parametrize("failure", [answer(500), answer(503)])
def test_a_warehouse_that_fails_is_tried_five_times_with_waits_that_double(failure: Step, tmp_path: Path) -> None:
    moments, ended = delivered(without_breaker(tmp_path), *[failure] * 5)
    assert len(moments) == 5
    for (before, after), least in zip(pairwise(moments), (0.1, 0.2, 0.4, 0.8), strict=True):
        assert least <= after - before < least + 0.3
    assert ended == {"state": "dead", "reason": "expired", "attempts": 5}


def test_a_fifth_try_that_works_is_enough(tmp_path: Path) -> None:
    assert delivered(without_breaker(tmp_path), *[answer(500)] * 4)[1]["state"] == "done"


def test_a_warehouse_of_which_nothing_at_all_is_heard_uses_no_tries_up(tmp_path: Path) -> None:
    nothing: Step = "reset"
    moments, ended = delivered(without_breaker(tmp_path), *[nothing] * 8)
    assert len(moments) == 9
    assert ended["state"] == "done"
    assert ended["attempts"] <= 4


def test_a_warehouse_that_is_away_for_everybody_uses_no_tries_up() -> None:
    moments, ended = delivered("warehouse", *[answer(503)] * 8)
    assert len(moments) == 9
    assert ended["state"] == "done"
    assert ended["attempts"] <= 4
