"""Adyen's numbers for amounts. Facts: docs.adyen.com/development-resources/currency-codes.

Of the currencies there, these four have another number of digits than in ISO 4217, and the page's own count.
"""

from typing import Final

from tidegate.adapters.fields import FieldError, Fields
from tidegate.adapters.minor_units import MinorUnits
from tidegate.adapters.ports.money import Money

AMOUNTS: Final = MinorUnits({"CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2})


def document_of(money: Money) -> dict[str, object]:
    """The vendor's form of an amount. Raises Rejected."""
    return {"currency": money.currency, "value": AMOUNTS.count_of(money)}


def amount_in(fields: Fields) -> Money:
    """The amount of an object. Raises FieldError."""
    return AMOUNTS.money_in(fields.child("amount"), "value")


def maybe_amount_in(fields: Fields) -> Money | None:
    """The amount of an object; None where it has none that can be read."""
    try:
        return amount_in(fields)
    except FieldError:
        return None
