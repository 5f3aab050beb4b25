"""Money."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.adapters.ports.money import DIGITS, Money


@pytest.mark.parametrize(
    ("money", "shown"),
    [
        (Money(1099, "EUR"), "10.99 EUR"),
        (Money(1099, "JPY"), "1099 JPY"),
        (Money(1099, "KWD"), "1.099 KWD"),
        (Money(0, "USD"), "0.00 USD"),
    ],
)
def test_minor_units_follow_the_currency(money: Money, shown: str) -> None:
    assert str(money) == shown


@pytest.mark.parametrize("minor", [-1, 10.99, 10.0, "10", None, True, Decimal(1)])
def test_only_whole_amounts_that_are_not_negative_are_money(minor: Any) -> None:
    with pytest.raises(ValueError, match="whole number of minor units"):
        Money(minor, "EUR")


@pytest.mark.parametrize("currency", ["eur", "EU", "EURO", "XTS", "BTC", "", "€", None])
def test_only_iso_4217_currencies_in_capitals_are_money(currency: Any) -> None:
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, currency)


@given(st.integers(0, 10**15), st.sampled_from(sorted(DIGITS)))
def test_no_amount_is_lost_on_the_way_to_major_units(minor: int, currency: str) -> None:
    assert int(Money(minor, currency).major.scaleb(DIGITS[currency])) == minor


def test_codes_have_three_capitals() -> None:
    assert all(len(code) == 3 and code.isalpha() and code.isupper() and code.isascii() for code in DIGITS)
    assert len(DIGITS) > 150


@given(st.integers(0, 10**15 - 1), st.sampled_from(sorted(DIGITS)))
def test_no_amount_is_lost_on_the_way_from_a_decimal(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of_decimal(f"{money.major:f}", currency) == money
    assert Money.of_decimal(f"{money.major:f}" + ("0" if DIGITS[currency] else ".0"), currency) == money


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("10.999", "EUR"), ("1.5", "JPY"), ("-1", "EUR"), ("+1", "EUR"), ("1e3", "EUR"), ("1,5", "EUR"), ("", "EUR"),
        ("NaN", "EUR"), ("\u0661", "EUR"), ("1.", "EUR"), (".5", "EUR"), ("1", "QQQ"), ("9" * 16, "EUR"),
    ],
)  # fmt: skip
def test_a_decimal_that_is_no_amount_is_refused(text: str, currency: str) -> None:
    with pytest.raises(ValueError, match=r"amount|currency|digits"):
        Money.of_decimal(text, currency)
