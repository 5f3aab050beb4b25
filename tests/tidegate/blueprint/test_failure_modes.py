"""The failure modes of operations, and the fallback in words."""

from pathlib import Path

from tests.tidegate.blueprint.made import shipped, shop
from tidegate.blueprint.failure_modes import away, failure_modes, operations, reads, seen, set_apart


def test_the_fallback_in_words(tmp_path: Path) -> None:
    entry = ("{idempotency: vendor-key}", "{idempotency: vendor-key, unavailable: {fail: no way}}")
    _, plans = shop(tmp_path, entry)
    assert away(plans["PostOrders"]) == "fails, because no way"
    assert away(plans["GetOrders"]) == "fails"
    assert away(shipped("warehouse")[1]["PutOrder"]) == "accepted with 202, carried out within 1d"


def test_tables_name_every_operation(tmp_path: Path) -> None:
    vendor, plans = shop(tmp_path)
    for text in (operations(plans), failure_modes(plans)):
        assert all(f"`{name}`" in text for name in plans)
    assert set_apart(plans) == {}
    assert reads({}).startswith("| Operation |")
    assert "`outcome-unknown` 504" in seen(vendor)
