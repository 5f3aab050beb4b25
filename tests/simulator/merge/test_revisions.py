"""An older revision never takes the place of a newer one, and the same one may come again."""

from typing import Any

from tests.simulator.conftest import Play, Played
from tidegate.openapi.document import Document
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import load_vendor

ORDER = {"placed_at": "2026-01-01T00:00:00Z", "cancelled": False, "lines": [{"sku": "MUG", "quantity": 1}]}


async def warehouse(play: Play) -> Played:
    loaded = load_vendor(find_vendor("warehouse"))
    return await play(loaded.vendor, served=Document.load(loaded.document_path))


async def put(vendor: Played, revision: int, **fields: Any) -> tuple[int, dict[str, Any]]:
    body = {**ORDER, "revision": revision, **fields}
    async with vendor.client.put(f"{vendor.url}/v1/orders/shopify%3A7", json=body) as answer:
        return answer.status, await answer.json()


async def test_a_newer_revision_takes_the_place_of_an_older_one(play: Play) -> None:
    vendor = await warehouse(play)
    assert (await put(vendor, 1))[0] == 200
    status, order = await put(vendor, 2, reference="#2")
    assert (status, order["order_number"], order["revision"], order["reference"]) == (200, "shopify:7", 2, "#2")


async def test_an_older_revision_is_refused_and_changes_nothing(play: Play) -> None:
    vendor = await warehouse(play)
    await put(vendor, 5, reference="#5")
    status, refused = await put(vendor, 4, reference="#4")
    assert (status, refused) == (
        409, {"code": "outdated_revision", "message": "This order is at revision 5; 4 is older."}
    )  # fmt: skip
    assert (await put(vendor, 5, reference="#5"))[1]["reference"] == "#5"


async def test_the_same_revision_may_come_again(play: Play) -> None:
    vendor = await warehouse(play)
    assert [(await put(vendor, 3))[0] for _ in range(3)] == [200, 200, 200]


async def test_a_kind_without_a_revision_takes_any(vendor: Played) -> None:
    made = (await vendor.ask("POST", "/v1/customers", "metadata[revision]=2"))[1]
    assert (await vendor.ask("POST", f"/v1/customers/{made['id']}", "metadata[revision]=1"))[0] == 200
