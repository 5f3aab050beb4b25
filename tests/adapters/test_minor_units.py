"""A vendor's numbers for amounts."""

import pytest

from tidegate.adapters.fields import FieldError, Fields
from tidegate.adapters.minor_units import MinorUnits
from tidegate.adapters.ports.failures import Rejected
from tidegate.adapters.ports.money import Money

UNITS = MinorUnits({"ISK": 2, "MGA": 0})


@pytest.mark.parametrize(
    ("money", "count"), [(Money(5, "EUR"), 5), (Money(5, "ISK"), 500), (Money(500, "MGA"), 5), (Money(5, "BHD"), 5)]
)
def test_an_amount_has_the_vendors_number_and_comes_back(money: Money, count: int) -> None:
    assert UNITS.count_of(money) == count
    assert UNITS.money_in(Fields({"value": count, "currency": money.currency.lower()}, ""), "value") == money


@pytest.mark.parametrize("money", [Money(0, "EUR"), Money(150, "MGA")])
def test_what_the_vendor_cannot_count_is_rejected(money: Money) -> None:
    with pytest.raises(Rejected):
        UNITS.count_of(money)


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [({"currency": "isk", "value": 150}, "/value"), ({"currency": "qqq", "value": 1}, "/currency"), ({}, "/currency")],
)
def test_what_is_no_amount_is_told_by_its_place(fields: dict[str, object], pointer: str) -> None:
    with pytest.raises(FieldError) as error:
        UNITS.money_in(Fields(fields, ""), "value")
    assert error.value.pointer == pointer
