"""A vendor's numbers for amounts, where some currencies have another unit there than in ISO 4217.

Knows no vendor: an adapter gives the table, and its source.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.adapters.fields import Fields
from tidegate.adapters.ports.failures import Rejected
from tidegate.adapters.ports.money import DIGITS, Money


@dataclass(frozen=True, slots=True)
class MinorUnits:
    """Digits after the decimal point at the vendor, for each currency in which they differ from ISO 4217's."""

    digits: Mapping[str, int] = field(default_factory=dict)

    def count_of(self, money: Money) -> int:
        """The vendor's number for an amount. Raises Rejected for none, and for one that it cannot count."""
        if money.minor == 0:
            raise Rejected("the amount must be more than zero", field="money")
        times, by = self._factors(money.currency)
        count, left = divmod(money.minor * times, by)
        if left:
            raise Rejected(f"the vendor takes no such fraction of {money.currency}", field="money")
        return count

    def money_in(self, fields: Fields, name: str, *, currency: str = "currency") -> Money:
        """The amount in a field, in the currency of the field `currency` beside it. Raises FieldError."""
        code = fields.text(currency).upper()
        if code not in DIGITS:
            raise fields.wrong(currency, "a currency of ISO 4217")
        times, by = self._factors(code)
        minor, left = divmod(fields.count(name) * by, times)
        if left:
            raise fields.wrong(name, f"an amount of {code} in no smaller unit than it has")
        return Money(minor, code)

    def _factors(self, currency: str) -> tuple[int, int]:
        """The vendor's number is ours × first ÷ second."""
        more = self.digits.get(currency, DIGITS[currency]) - DIGITS[currency]
        return 10 ** max(more, 0), 10 ** max(-more, 0)
