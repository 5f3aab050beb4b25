"""Stripe's numbers for amounts."""

from tidegate.adapters.ports.money import Money
from tidegate.adapters.stripe.amounts import AMOUNTS


def test_three_currencies_have_another_unit_there() -> None:
    amounts = {currency: AMOUNTS.count_of(Money(100, currency)) for currency in ("EUR", "JPY", "ISK", "UGX", "MGA")}
    assert amounts == {"EUR": 100, "JPY": 100, "ISK": 10_000, "UGX": 10_000, "MGA": 1}
