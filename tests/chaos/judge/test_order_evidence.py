"""The evidence of an order flow is read from what simulators and log tell, on one clock."""

from typing import Any

from tidegate.chaos.judge.order_evidence import OrderRecords, evidence_of
from tidegate.chaos.judge.order_promises import AcceptedWebhook, ShopChange, WarehouseEffect

ZERO = 1_767_225_600.0


def shop(n: int, wall: float, id_: int = 7) -> dict[str, Any]:
    return {"n": n, "wall": ZERO + wall, "request_id": f"r{n}", "effects": [{"kind": "order.created", "id": id_}]}


def hook(n: int, *faults: str, tries: tuple[int, ...] = (200,)) -> dict[str, Any]:
    return {"name": f"w{n}", "request": n, "faults": list(faults), "tries": list(tries)}


def records(**changes: Any) -> OrderRecords:
    put = {"operation": "PutOrder", "wall": ZERO + 9.5, "effects": [{"id": "shopify:7", "revision": 1767225601000}]}
    line = {"note": "webhook", "outcome": "accepted", "event_id": '["shopify","header",["w1"]]'}
    whole: dict[str, Any] = {
        "shop": [shop(1, 1.25), {"n": 2, "effects": []}, shop(3, 2.99, 8)],
        "webhooks": [hook(1, tries=(503, 200)), hook(3, "forge", tries=(401,))],
        "warehouse": [put, {"operation": "PutOrder", "wall": ZERO, "effects": []}, {"operation": "GetOrder"}],
        "lines": [{**line, "ts": "2026-01-01T00:00:01.500Z"}, {**line, "outcome": "repeated"}, {"call": "c"}],
        "stamps": {},
        "depths": [("dead", "expired", 2), ("dead", "expired", 1), ("done", "", 9), ("waiting", "", 4)],
        "zero_wall": ZERO,
        "outage": None,
        "leaked": 0,
    }
    return OrderRecords(**{**whole, **changes})


def test_changes_acceptances_and_effects_are_told_on_one_clock() -> None:
    evidence = evidence_of(records())
    assert evidence.changes == [
        ShopChange("shopify:7", 1767225601000, 1.25),
        ShopChange("shopify:8", 1767225602000, evidence.changes[1].at, forged=True, taken=False),
    ]
    assert evidence.accepted == [AcceptedWebhook("shopify:7", 1767225601000, 1.5)]
    assert evidence.effects == [WarehouseEffect("shopify:7", 1767225601000, 9.5)]


def test_what_was_sent_and_what_is_left_is_counted() -> None:
    evidence = evidence_of(records())
    assert (evidence.sent, evidence.requests, evidence.dead, evidence.waiting) == (3, 2, {"expired": 3}, 4)


def test_the_shops_own_stamp_says_which_second_it_was() -> None:
    evidence = evidence_of(records(stamps={"r3": "2026-01-01T00:00:03Z"}))
    assert [change.revision for change in evidence.changes] == [1767225601000, 1767225603000]
