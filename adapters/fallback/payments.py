"""Payments at several vendors: a new one is made at the first that is there; what is made stays where it is.

A payment whose outcome is unknown is made nowhere else before it is known. What follows a payment goes to its vendor,
by the name in its id.
"""

import json
from collections.abc import Mapping
from typing import Final

from tidegate.adapters.fallback.choice import FallbackPolicy, carried_out
from tidegate.adapters.fallback.decisions import DecisionBook
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import Rejected, Unsuited
from tidegate.adapters.ports.identifiers import BETWEEN, vendor_of
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import (
    Payment,
    PaymentEvent,
    PaymentEventUnreadable,
    PaymentPage,
    Payments,
    Refund,
)

POLICY: Final = FallbackPolicy(in_doubt=False)
METHODS: Final = "methods:"
"""What stands before methods by vendor."""


class FallbackPayments:
    """See tidegate.adapters.ports.payments.Payments. `vendors` are the adapters by their names, the first one first.

    A payment method is what one vendor's form gave, and nobody else can take it: `methods_by_vendor` writes down those
    that the payer gave at several. A vendor for which there is none is passed over. Any other text goes to the first.
    """

    def __init__(self, vendors: Mapping[str, Payments], decisions: DecisionBook) -> None:
        if not vendors:
            raise ValueError("a port has a vendor at least")
        self._vendors = dict(vendors)
        self._decisions = decisions

    def of(self, vendor: str) -> Payments:
        """One vendor alone. Raises Rejected for one that is not there."""
        try:
            return self._vendors[vendor]
        except KeyError:
            raise Rejected(f"{vendor!r} is no vendor of this port: {', '.join(self._vendors)}") from None

    async def authorise(self, reference: str, money: Money, method: str, *, key: str) -> Payment | Deferred:
        """See Payments.authorise."""
        return await carried_out(
            key, self._vendors, self._decisions,
            lambda name, vendor: vendor.authorise(reference, money, self._method(method, name), key=key), POLICY,
        )  # fmt: skip

    async def pay(self, reference: str, money: Money, method: str, *, key: str) -> Payment | Deferred:
        """See Payments.pay."""
        return await carried_out(
            key, self._vendors, self._decisions,
            lambda name, vendor: vendor.pay(reference, money, self._method(method, name), key=key), POLICY,
        )  # fmt: skip

    async def capture(self, payment_id: str, money: Money | None = None, *, key: str) -> Payment | Deferred:
        """See Payments.capture."""
        return await self._its(payment_id).capture(payment_id, money, key=key)

    async def cancel(self, payment_id: str, *, key: str) -> Payment | Deferred:
        """See Payments.cancel."""
        return await self._its(payment_id).cancel(payment_id, key=key)

    async def refund(self, payment_id: str, money: Money | None = None, *, key: str) -> Refund | Deferred:
        """See Payments.refund."""
        return await self._its(payment_id).refund(payment_id, money, key=key)

    async def payment_of(self, deferred: Deferred) -> Payment | Deferred:
        """See Payments.payment_of."""
        return await self.of(deferred.vendor).payment_of(deferred)

    async def refund_of(self, deferred: Deferred) -> Refund | Deferred:
        """See Payments.refund_of."""
        return await self.of(deferred.vendor).refund_of(deferred)

    async def find(self, payment_id: str) -> Payment:
        """See Payments.find."""
        return await self._its(payment_id).find(payment_id)

    async def page(self, *, after: str | None = None, size: int = 50) -> PaymentPage:
        """See Payments.page. The newest of the first vendor come first, then those of the next."""
        names = list(self._vendors)
        name = names[0] if after is None else vendor_of(after)
        within = None if after is None or after.endswith(BETWEEN) else after
        page = await self.of(name).page(after=within, size=size)
        following = names[names.index(name) + 1 :]
        if page.after is None and following:
            return PaymentPage(page.payments, f"{following[0]}{BETWEEN}")
        return page

    async def learn(self, body: bytes) -> tuple[PaymentEvent, ...]:
        """See Payments.learn. It is the event of the first vendor that can read it; `of` is for those who know."""
        unreadable: PaymentEventUnreadable | None = None
        for vendor in self._vendors.values():
            try:
                return await vendor.learn(body)
            except PaymentEventUnreadable as error:
                unreadable = unreadable or error
        assert unreadable is not None
        raise unreadable

    def _its(self, payment_id: str) -> Payments:
        return self.of(vendor_of(payment_id))

    def _method(self, method: str, vendor: str) -> str:
        """What the payer gave for this vendor. Raises Unsuited where there is nothing: it cannot be paid there."""
        known = _methods_in(method, next(iter(self._vendors)))
        if vendor not in known:
            raise Unsuited(f"the payer gave no payment method for {vendor}", field="method")
        return known[vendor]


def methods_by_vendor(methods: Mapping[str, str]) -> str:
    """The payment methods that a payer gave at several vendors, as one text for `pay` and `authorise`."""
    return METHODS + json.dumps(dict(methods))


def _methods_in(method: str, first: str) -> Mapping[str, str]:
    if not method.startswith(METHODS):
        return {first: method}
    try:
        known = json.loads(method.removeprefix(METHODS))
    except (ValueError, RecursionError):
        known = None
    if not isinstance(known, dict) or not all(isinstance(value, str) for value in known.values()):
        raise Rejected("methods are written by methods_by_vendor", field="method")
    return known
