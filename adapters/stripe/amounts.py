"""Stripe's numbers for amounts. Facts: its page on currencies, "Minor units" and "Special cases".

It counts krónur and Ugandan shillings in hundredths, for reasons of its past, and ariary in whole ones.
"""

from typing import Final

from tidegate.adapters.minor_units import MinorUnits

AMOUNTS: Final = MinorUnits({"ISK": 2, "UGX": 2, "MGA": 0})
