"""Adyen's form of an amount."""

import pytest

from tidegate.adapters.adyen.amounts import AMOUNTS, amount_in, document_of, maybe_amount_in
from tidegate.adapters.fields import FieldError, Fields
from tidegate.adapters.ports.money import DIGITS, Money


def test_each_amount_comes_back_as_it_went() -> None:
    for currency in DIGITS:
        money = Money(12_300, currency)
        assert amount_in(Fields({"amount": document_of(money)}, "")) == money
    assert set(AMOUNTS.digits) == {"CLP", "CVE", "IDR", "ISK"}


@pytest.mark.parametrize("amount", [None, {}, {"currency": "QQQ", "value": 1}, {"currency": "ISK", "value": 150}])
def test_what_is_no_amount_is_an_error_or_none(amount: object) -> None:
    fields = Fields({"amount": amount}, "")
    assert maybe_amount_in(fields) is None
    with pytest.raises(FieldError):
        amount_in(fields)
