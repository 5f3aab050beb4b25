"""The app's own book of its payments, for vendors that take payments and have no way to look one up.

Such a vendor answers a write, tells the rest by webhook, and expects the app to remember. The adapter writes both down
here. An app keeps the book where it keeps its orders; the one in memory is for tests, and for what may be forgotten.
"""

from collections import OrderedDict
from typing import Final, Protocol

from tidegate.adapters.ports.failures import NotFound
from tidegate.adapters.ports.payments import Payment, PaymentPage

PAYMENTS_MAX: Final = 100_000
"""The book in memory forgets the oldest beyond this."""


class PaymentBook(Protocol):
    """Remembers payments by their id. An answer and a webhook may come at one moment: it changes from what it was."""

    async def replace(self, before: Payment | None, after: Payment) -> bool:
        """Write `after` where `before` is what stands there (None: nothing). False where something else does.

        A payment keeps its place among the others.
        """
        ...

    async def find(self, payment_id: str) -> Payment:
        """Look a payment up. Raises NotFound."""
        ...

    async def page(self, *, after: str | None, size: int) -> PaymentPage:
        """List the payments, newest first; `after` is the last payment's id of the page before."""
        ...


class PaymentBookInMemory:
    """A book that is gone with the process. See PaymentBook."""

    def __init__(self, payments_max: int = PAYMENTS_MAX) -> None:
        self._payments: OrderedDict[str, Payment] = OrderedDict()
        self._payments_max = payments_max

    async def replace(self, before: Payment | None, after: Payment) -> bool:
        """See PaymentBook.replace."""
        if self._payments.get(after.id) != before:
            return False
        self._payments[after.id] = after
        while len(self._payments) > self._payments_max:
            self._payments.popitem(last=False)
        return True

    async def find(self, payment_id: str) -> Payment:
        """See PaymentBook.find."""
        try:
            return self._payments[payment_id]
        except KeyError:
            raise NotFound(f"no payment {payment_id!r} is in the book") from None

    async def page(self, *, after: str | None, size: int) -> PaymentPage:
        """See PaymentBook.page."""
        newest = list(reversed(self._payments))
        if after is not None and after not in self._payments:
            raise NotFound(f"no payment {after!r} is in the book")
        start = 0 if after is None else newest.index(after) + 1
        names = newest[start : start + size]
        more = start + size < len(newest)
        return PaymentPage((*(self._payments[name] for name in names),), names[-1] if more else None)
