"""The use of each calendar quota: a restart in the middle of a month must not begin it anew.

The port. What is written is always at least what is used, because it is written ahead. It refuses to know what a
period is.
"""

from collections.abc import Mapping
from typing import NamedTuple, Protocol

PERIODS_KEPT = 4
"""A wall clock that was wrong has written to a period that it was not: the ones before are kept beside it."""


class QuotaUse(NamedTuple):
    """The use of a quota. `period` is the number of its day or month."""

    period: int
    used: float


class Quotas(Protocol):
    """The quotas of a store. Every method raises StoreError."""

    async def load(self, vendor: str) -> Mapping[str, tuple[QuotaUse, ...]]:
        """The use of each quota in the periods that were saved last, the last one first, by the quota's name."""
        ...

    async def save(self, vendor: str, name: str, period: int, used: float) -> None:
        """Write down what is used. Of all but the PERIODS_KEPT periods saved last nobody needs to know."""
        ...
