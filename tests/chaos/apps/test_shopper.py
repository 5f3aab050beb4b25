"""The shoppers: what they do at the simulated shop, by the story that they play."""

import json

from tidegate.adapters.shopify.orders import ShopifyOrders
from tidegate.chaos.apps.retry_loop import Intent
from tidegate.chaos.apps.shopper import CHANGE_AFTER_S, CHANGES_MAX, STORIES, Shopper
from tidegate.chaos.world.connector import WorldConnector, client_session
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.openapi.document import Document
from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.record.journal import JournalEntry
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor

LOADED = load_vendor(find_vendor("shopify"))


def shopped(*stories: str, token: str = "key", port: int = 80) -> tuple[list[int], list[JournalEntry]]:
    """What the shoppers of these stories have done, and the shop's journal."""
    done: list[int] = []
    entries: list[JournalEntry] = []

    async def main() -> None:
        world = VirtualWorld(3)
        shop = SimulatorServer(world, Document.load(LOADED.document_path), LOADED.vendor, 3, secret="key")
        await shop.start("127.0.0.1", 80, control_port=None)
        async with client_session(WorldConnector(world), 10.0) as session:
            shopper = Shopper(session, f"http://127.0.0.1:{port}", token, world.random("shopper"), world.sleep)
            done.extend([await shopper.pursue(Intent(f"o{n}", story, 0.0)) for n, story in enumerate(stories)])
        entries.extend(shop.journal.entries)
        await shop.close()

    run(main)
    return done, entries


def test_an_order_is_made_once_and_can_be_read_by_the_adapter() -> None:
    done, entries = shopped("order")
    assert done == [1]
    [made] = entries
    assert (made.operation, made.status) == ("orders.create", 201)
    assert made.sent is not None
    order = json.loads(made.sent.body)["order"]
    stamps = {"created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    read = ShopifyOrders.read(json.dumps({**order, **stamps, "id": 1, "name": "#1"}).encode())
    assert sum(line.quantity * line.unit_price.minor for line in read.lines) == read.total.minor


def test_a_changed_order_is_changed_at_moments_that_the_shops_stamps_tell_apart() -> None:
    done, entries = shopped("changed order", "changed order")
    assert all(2 <= count <= 1 + CHANGES_MAX for count in done)
    assert {entry.operation for entry in entries} == set(STORIES.values())
    moments = [int(entry.wall) for entry in entries]
    first = moments[: done[0]]
    assert len(set(first)) == len(first)
    assert CHANGE_AFTER_S[0] >= 2.0


def test_a_shop_that_refuses_or_is_not_there_has_no_order() -> None:
    assert shopped("order", token="another")[0] == [0]
    assert shopped("order", port=81)[0] == [0]
