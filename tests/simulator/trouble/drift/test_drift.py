"""A drift says what changes into what, or is refused with its cure; and it begins when it should."""

from copy import deepcopy
from typing import Any

import pytest

from tests.simulator.trouble.drift.conftest import Before
from tidegate.scenario.scenario import parse_faults
from tidegate.simulator.trouble.drift.drift import Drift, DriftChange
from tidegate.simulator.trouble.vendor_fault import VendorFault


@pytest.mark.parametrize(
    ("drift", "says"),
    [
        ({"change": "removed", "to": "x"}, "`to` has no meaning for `change: removed`"),
        ({"change": "renamed", "to": 5}, "`to: 5` does not fit `change: renamed`; write the new name"),
        ({"change": "status"}, "needs `to`: the status that comes instead"),
        ({"change": "status", "to": "202"}, "write a status, like 202"),
        ({"change": "status", "to": True}, "write a status, like 202"),
        ({"change": "scaled", "by": 0}, "more than 0"),
        ({"change": "header", "pointer": "/a"}, "`pointer` has no meaning for `change: header`"),
        ({"change": "status", "to": 202, "of": "webhooks"}, "is of an answer; a webhook has none"),
        ({"change": "removed", "pointer": "amount"}, "should match pattern"),
        ({"change": "removed", "header": "X"}, "`header` has no meaning"),
        ({"change": "enum", "sunset": "1d"}, "`sunset` has no meaning"),
        ({"change": "vanished"}, "'removed', 'renamed'"),
        ({}, "change: this key is missing"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_cure(drift: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        parse_faults({"kind": "drift", **drift}, VendorFault)
    assert says in str(refused.value)


@pytest.mark.parametrize("to", ["x", 5, 1.5, True, {"a": 1}, [1]])
def test_any_value_may_be_added(to: Any) -> None:
    [drift] = parse_faults({"kind": "drift", "change": "added", "pointer": "/x", "to": to}, VendorFault)
    assert isinstance(drift, Drift)
    assert drift.to == to


def test_there_are_at_least_twelve_kinds_of_drift() -> None:
    assert len(DriftChange.known()) >= 12


async def test_what_the_vendor_holds_and_keeps_is_not_changed(before: Before) -> None:
    held = deepcopy(before.vendor.simulator.resources.all())
    plain = await before.get()
    first = await before.vendor.pay("o3", Idempotency_Key="k")
    for change in ("removed", "null", "retyped"):
        before.arm(change, pointer="/amount")
    before.arm("reordered", pointer="/data")
    assert "amount" not in await before.get()
    assert "amount" not in (await before.vendor.pay("o3", Idempotency_Key="k"))[1]
    await before.get("/v1/payment_intents")
    before.vendor.simulator.disarm()
    assert await before.get() == plain
    assert await before.vendor.pay("o3", Idempotency_Key="k") == first
    now = before.vendor.simulator.resources.all()
    assert [one for one in now["payment_intent"] if one in held["payment_intent"]] == held["payment_intent"]


async def test_drift_begins_at_its_time(before: Before) -> None:
    before.arm("removed", pointer="/amount", begin="10s")
    assert "amount" in await before.get()
    await before.vendor.world.advance(10)
    assert "amount" not in await before.get()


async def test_drift_may_come_with_an_api_version(before: Before) -> None:
    before.arm("removed", pointer="/amount", from_version="2024-01-01")
    assert "amount" in await before.get()
    for version, there in (("2023-12-31", True), ("2024-01-01", False), ("2025-06-30.basil", False)):
        status, body = await before.vendor.ask("GET", before.path, Stripe_Version=version)
        assert (status, "amount" in body) == (200, there)
