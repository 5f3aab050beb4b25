"""An amount of money: whole minor units and an ISO 4217 currency. No floats, no exchange, no formats."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

_DIGITS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW"
        " CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF"
        " IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK"
        " MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP"
        " SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG"
        " YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
DIGITS: Final = {currency: digits for digits, names in _DIGITS.items() for currency in names.split()}
"""Digits after the decimal point (ISO 4217 list one, its metals, funds of account and test codes left out)."""

_AMOUNT: Final = re.compile(r"(\d{1,15})(?:\.(\d{1,12}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` counts the currency's smallest unit of ISO 4217: 1099 EUR is 10.99 €, 1099 JPY is 1099 ¥.

    Raises ValueError for a fraction, a negative amount, or a currency that ISO 4217 does not list (in capitals).
    """

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int or self.minor < 0:  # a bool is no amount, nor is 10.0
            raise ValueError("an amount is a whole number of minor units, not negative")
        if self.currency not in DIGITS:
            raise ValueError("a currency is an ISO 4217 code in capitals, like EUR")

    @classmethod
    def of_decimal(cls, text: str, currency: str) -> Self:
        """The amount that a decimal number names: `of_decimal("10.99", "EUR")` is 1099 minor units.

        Zeros behind the last digit that the currency has change nothing. Raises ValueError for anything else.
        """
        match, digits = _AMOUNT.fullmatch(text), DIGITS.get(currency)
        if digits is None:
            raise ValueError("a currency is an ISO 4217 code in capitals, like EUR")
        if match is None:
            raise ValueError("an amount is written in decimal digits, not negative")
        whole, part = match[1], match[2] or ""
        if part[digits:].strip("0"):
            raise ValueError(f"{currency} has {digits} digits after the decimal point")
        return cls(int(whole + part[:digits].ljust(digits, "0")), currency)

    @property
    def major(self) -> Decimal:
        """The amount in the currency's own unit, exact."""
        return Decimal(self.minor).scaleb(-DIGITS[self.currency])

    def __str__(self) -> str:
        return f"{self.major} {self.currency}"
