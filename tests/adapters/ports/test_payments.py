"""The payments port."""

import dataclasses
import inspect

import pytest

from tidegate.adapters.adyen.adapter import AdyenPayments
from tidegate.adapters.ports.failures import VendorFailure
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import Declined, Payment, Payments, PaymentStatus
from tidegate.adapters.stripe.adapter import StripePayments


def test_a_payment_cannot_be_changed() -> None:
    money = Money(1099, "EUR")
    payment = Payment("pi_1", PaymentStatus.PAID, "succeeded", money, money, "order-1", "")
    with pytest.raises(dataclasses.FrozenInstanceError):
        payment.reference = "order-2"  # type: ignore[misc]  # which is what fails


def test_a_declined_payment_is_a_failure_with_its_reason() -> None:
    declined = Declined("no funds", code="insufficient_funds", payment_id="pi_1", call_id="c1")
    assert isinstance(declined, VendorFailure)
    assert (declined.code, declined.payment_id, str(declined)) == ("insufficient_funds", "pi_1", "no funds (call c1)")


@pytest.mark.parametrize("name", [name for name in vars(Payments) if not name.startswith("_")])
def test_every_write_asks_for_a_key_and_no_read_does(name: str) -> None:
    parameters = inspect.signature(getattr(Payments, name)).parameters
    assert ("key" in parameters) == (name not in {"find", "page", "payment_of", "refund_of", "learn"})
    for adapter in (StripePayments, AdyenPayments):
        assert inspect.signature(getattr(adapter, name)) == inspect.signature(getattr(Payments, name))
