"""Stripe's adapter in front of a gateway that answers at once."""

from tests.adapters.answering import Answering
from tidegate.adapters.stripe.adapter import StripePayments


def payments(status: int, body: bytes, retry_after_s: float | None = None) -> tuple[StripePayments, Answering]:
    """The adapter in front of such a gateway."""
    gateway = Answering(status, body, retry_after_s)
    return StripePayments(gateway), gateway
