"""Each change of one value: what a client sees, and what becomes of the value."""

from typing import Any

import pytest

from tests.simulator.trouble.drift.conftest import Before
from tidegate.simulator.trouble.drift import value_changes


async def test_d1_a_field_is_removed(before: Before) -> None:
    before.arm("removed", pointer="/amount")
    assert "amount" not in await before.get()
    assert before.fired == ("drift removed /amount",)


async def test_d2_a_field_is_renamed_at_its_place(before: Before) -> None:
    names = [*await before.get()]
    before.arm("renamed", pointer="/amount", to="amt")
    assert [*await before.get()] == ["amt" if name == "amount" else name for name in names]
    assert before.fired == ("drift renamed /amount",)


async def test_d3_a_number_becomes_a_text(before: Before) -> None:
    before.arm("retyped", pointer="/amount")
    assert (await before.get())["amount"] == "1099"
    assert before.fired == ("drift retyped /amount",)


async def test_d4_null_comes_where_it_never_came(before: Before) -> None:
    before.arm("null", pointer="/data/*/currency")
    assert [one["currency"] for one in (await before.get("/v1/payment_intents"))["data"]] == [None, None]
    assert before.fired == ("drift null /data/*/currency",)


async def test_d5_an_optional_field_stops_coming_now_and_then(before: Before) -> None:
    before.arm("omitted", pointer="/latest_charge", nth=2)
    assert ["latest_charge" in await before.get() for _ in range(4)] == [True, False, True, False]


async def test_d6_an_enumeration_has_a_new_value(before: Before) -> None:
    before.arm("enum", pointer="/status", to="requires_patience")
    assert (await before.get())["status"] == "requires_patience"
    assert before.fired == ("drift enum /status",)


async def test_d7_a_unit_changes(before: Before) -> None:
    created = (await before.get())["created"]
    before.arm("scaled", pointer="/created", by=1000)
    before.arm("scaled", pointer="/amount")
    drifted = await before.get()
    assert (drifted["created"], drifted["amount"]) == (created * 1000, 10.99)
    assert before.fired == ("drift scaled /created", "drift scaled /amount")


async def test_d7_a_format_changes(before: Before) -> None:
    before.arm("reformatted", pointer="/created")
    assert (await before.get())["created"] == "2025-01-01T00:00:00Z"


async def test_d12_a_field_is_added(before: Before) -> None:
    before.arm("added", pointer="/risk", to={"score": 3})
    before.arm("added", pointer="/blob", size=100_000)
    drifted = await before.get()
    assert (drifted["risk"], len(drifted["blob"])) == ({"score": 3}, 100_000)
    assert before.fired == ("drift added /risk", "drift added /blob")


async def test_d13_an_id_has_another_shape(before: Before) -> None:
    plain = (await before.get())["id"]
    before.arm("id", pointer="/id", to="payin_")
    drifted = (await before.get())["id"]
    assert drifted.startswith("payin_" + plain.removeprefix("pi_"))
    assert len(drifted) == len(plain) + 11
    assert (await before.get())["id"] == drifted


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        (100, "100"),
        (1.5, "1.5"),
        (True, "true"),
        (False, "false"),
        ("100", 100),
        ("eur", ["eur"]),
        ("12345678901234567890", ["12345678901234567890"]),
        ([1, 2], {"0": 1, "1": 2}),
        ({"a": 1}, [{"a": 1}]),
        (None, None),
    ],
)
def test_another_type_says_the_same(value: Any, becomes: Any) -> None:
    assert value_changes.retyped(value) == becomes
    assert type(value_changes.retyped(value)) is type(becomes)


@pytest.mark.parametrize(
    ("value", "listed", "becomes"),
    [
        ("open", ["open", "closed"], "open_extended"),
        ("open", ["open", "open_extended"], "open_extended_2"),
        ("OPEN", ["OPEN"], "OPEN_EXTENDED"),
        (2, [1, 2, 5], 6),
        ("open", None, "open_extended"),
        (True, [True], None),
        (None, ["open"], None),
    ],
)
def test_an_unlisted_value_is_in_no_list(value: Any, listed: Any, becomes: Any) -> None:
    assert value_changes.unlisted(value, listed) == becomes


@pytest.mark.parametrize(
    ("value", "by", "becomes"),
    [
        (1_735_689_600, None, 1_735_689_600_000),
        (1099, None, 10.99),
        (1099, 100.0, 109900),
        (1099, 0.01, 10.99),
        (1.5, 1000.0, 1500.0),
        (0, None, 0.0),
        (True, None, None),
        ("1099", None, None),
    ],
)
def test_a_unit_becomes_another(value: Any, by: float | None, becomes: Any) -> None:
    assert value_changes.scaled(value, by) == becomes


@pytest.mark.parametrize(
    ("value", "becomes"),
    [
        (1_735_689_600, "2025-01-01T00:00:00Z"),
        ("2025-01-01T00:00:00Z", 1_735_689_600),
        ("2025-01-01 00:00:00+00:00", 1_735_689_600),
        ("2025-01-31", "31/01/2025"),
        ("10.99", "10,99"),
        ("-0.5", "-0,5"),
        (1099, None),
        (True, None),
        ("eur", None),
        ("20250101", None),
        (None, None),
    ],
)
def test_a_format_becomes_another(value: Any, becomes: Any) -> None:
    assert value_changes.reformatted(value) == becomes


@pytest.mark.parametrize(
    ("value", "prefix", "becomes"),
    [("pi_123", None, "pi_123abc"), ("pi_123", "pay_", "pay_123abc"), ("123", None, "123abc"), (5, None, None)],
)
def test_an_id_takes_another_shape(value: Any, prefix: str | None, becomes: Any) -> None:
    assert value_changes.longer_id(value, prefix, "abc") == becomes


@pytest.mark.parametrize(
    ("name", "becomes"),
    [
        ("amount", "amount_value"),
        ("payment_method_id", "paymentMethodId"),
        ("_links", "_links_value"),
        ("id_", "id__value"),
    ],
)
def test_a_field_gets_a_new_name(name: str, becomes: str) -> None:
    assert value_changes.new_name(name) == becomes
