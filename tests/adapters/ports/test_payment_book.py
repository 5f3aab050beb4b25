"""The app's own book of payments."""

from dataclasses import replace

import pytest

from tests.adapters.answering import at_once
from tidegate.adapters.ports.failures import NotFound
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payment_book import PaymentBookInMemory
from tidegate.adapters.ports.payments import Payment, PaymentStatus

ONE = Payment("v:1", PaymentStatus.AUTHORISED, "held", Money(1, "EUR"), Money(0, "EUR"), "o-1", "")


def book(*names: str, payments_max: int = 10) -> PaymentBookInMemory:
    made = PaymentBookInMemory(payments_max)
    for name in names:
        assert at_once(made.replace(None, replace(ONE, id=name)))
    return made


def test_a_payment_changes_only_from_what_it_was_and_keeps_its_place() -> None:
    made = book("v:1", "v:2")
    paid = replace(ONE, status=PaymentStatus.PAID)
    assert not at_once(made.replace(None, paid))
    assert at_once(made.replace(ONE, paid))
    assert not at_once(made.replace(ONE, paid))
    assert at_once(made.find("v:1")) == paid
    assert [payment.id for payment in at_once(made.page(after=None, size=9)).payments] == ["v:2", "v:1"]


def test_pages_follow_each_other_newest_first() -> None:
    made = book("v:1", "v:2", "v:3")
    first = at_once(made.page(after=None, size=2))
    rest = at_once(made.page(after=first.after, size=2))
    assert [payment.id for payment in (*first.payments, *rest.payments)] == ["v:3", "v:2", "v:1"]
    assert (first.after, rest.after) == ("v:2", None)


def test_what_is_not_in_the_book_is_not_found() -> None:
    made = book("v:1")
    with pytest.raises(NotFound):
        at_once(made.find("v:2"))
    with pytest.raises(NotFound):
        at_once(made.page(after="v:2", size=1))


def test_the_oldest_is_forgotten_beyond_the_bound() -> None:
    made = book("v:1", "v:2", "v:3", payments_max=2)
    with pytest.raises(NotFound):
        at_once(made.find("v:1"))
    assert at_once(made.find("v:3")).id == "v:3"
