"""The use of each calendar quota: a restart in the middle of a month must not begin it anew.

The port. What is written is always at least what is used, because it is written ahead. It refuses to know what a
period is.
"""

from typing import NamedTuple, Protocol


class QuotaUse(NamedTuple):
    """The use of a quota. `period` is the number of its day or month."""

    period: int
    used: float


class Quotas(Protocol):
    """The quotas of a store. Every method raises StoreError."""

    async def load(self, vendor: str) -> dict[str, QuotaUse]:
        """The last use that was saved of each quota, by the quota's name."""
        ...

    async def save(self, vendor: str, name: str, period: int, used: float) -> None:
        """Write down what is used. Of earlier periods nobody needs to know."""
        ...
