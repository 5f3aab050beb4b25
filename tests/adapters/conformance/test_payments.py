"""What the payments port promises, kept by every vendor of it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio

from tests.adapters.answering import done
from tests.adapters.conformance.town import HURRY_S, PAUSE, PortTown, port_town
from tidegate.adapters.ports.failures import NotFound, OutcomeUnknown, RateLimited, Rejected
from tidegate.adapters.ports.identifiers import vendor_of
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import (
    Declined,
    Payment,
    PaymentEvent,
    PaymentEventKind,
    Payments,
    PaymentStatus,
    RefundStatus,
)

VENDORS = ("stripe", "adyen")
DUE = Money(1099, "EUR")

pytestmark = pytest.mark.asyncio(loop_scope="module")


@dataclass
class Till:
    """A vendor behind the port. `good` and `declined` are payment methods, as its form in the browser gives them.

    `hurried` is the same vendor, asked with a small budget.
    """

    name: str
    payments: Payments
    hurried: Payments
    town: PortTown
    good: str
    declined: str
    learnt: int = 0

    async def settled(self) -> list[PaymentEvent]:
        """Let the vendor's webhooks come, and take them in."""
        posts = await self.town.posts(self.name)
        fresh, self.learnt = posts[self.learnt :], len(posts)
        return [event for body in fresh for event in await self.payments.learn(body)]

    def made(self) -> int:
        """So many payments were made at the vendor."""
        kinds = {"stripe": "payment_intent", "adyen": "payment"}
        return len(self.town.vendor(self.name).resources.items().get(kinds[self.name], []))


def stripe(town: PortTown) -> Till:
    return till_of(town, "stripe", "pm_card_visa", "pm_card_visa_chargeDeclinedInsufficientFunds")


def adyen(town: PortTown) -> Till:
    card = '{"type": "scheme", "encryptedCardNumber": "test_4111111111111111", "holderName": "%s"}'
    return till_of(town, "adyen", card % "Ada", card % "NOT_ENOUGH_BALANCE")


def till_of(town: PortTown, name: str, good: str, declined: str) -> Till:
    one, hurried = (town.adapters("payments", name, budget_s=budget_s).payments for budget_s in (None, HURRY_S))
    return Till(name, one, hurried, town, good, declined)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def tills(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, Till]]:
    async with port_town(tmp_path_factory.mktemp("town"), VENDORS) as town:
        yield {"stripe": stripe(town), "adyen": adyen(town)}


@pytest.fixture(params=VENDORS)
def till(request: pytest.FixtureRequest, tills: dict[str, Till]) -> Till:
    return tills[request.param]


async def test_money_is_held_taken_in_part_and_given_back(till: Till) -> None:
    held = done(await till.payments.authorise("life", DUE, till.good, key="life"))
    assert (held.status, held.amount, held.received) == (PaymentStatus.AUTHORISED, DUE, Money(0, "EUR"))
    assert vendor_of(held.id) == till.name
    asked = done(await till.payments.capture(held.id, Money(1000, "EUR"), key="life-capture"))
    assert asked.status in {PaymentStatus.PAID, PaymentStatus.PROCESSING}
    events = await till.settled()
    assert PaymentEventKind.PAID in {event.kind for event in events if event.payment_id == held.id}
    taken = await till.payments.find(held.id)
    assert (taken.status, taken.received, taken.reference) == (PaymentStatus.PAID, Money(1000, "EUR"), "life")
    back = done(await till.payments.refund(held.id, Money(400, "EUR"), key="life-refund"))
    assert (back.amount, back.payment_id) == (Money(400, "EUR"), held.id)
    assert back.status in {RefundStatus.DONE, RefundStatus.PENDING}
    refunds = [event for event in await till.settled() if event.kind is PaymentEventKind.REFUNDED]
    assert [(event.refund_id, event.amount) for event in refunds] == [(back.id, Money(400, "EUR"))]


async def test_money_that_is_held_can_be_let_go_and_what_is_paid_cannot(till: Till) -> None:
    held = done(await till.payments.authorise("free", DUE, till.good, key="free"))
    done(await till.payments.cancel(held.id, key="free-cancel"))
    await till.settled()
    assert (await till.payments.find(held.id)).status is PaymentStatus.CANCELLED
    paid = done(await till.payments.pay("bound", DUE, till.good, key="bound"))
    assert (paid.status, paid.received) == (PaymentStatus.PAID, DUE)
    with pytest.raises(Rejected):
        await till.payments.cancel(paid.id, key="bound-cancel")


async def test_payments_are_listed_page_by_page_newest_first(till: Till) -> None:
    made = [done(await till.payments.pay(f"l-{n}", DUE, till.good, key=f"l-{n}")).id for n in range(3)]
    first = await till.payments.page(size=2)
    second = await till.payments.page(after=first.after, size=1)
    assert [payment.id for payment in (*first.payments, *second.payments)] == made[::-1]


async def test_a_declined_payment_has_the_vendors_reason_and_can_be_looked_up(till: Till) -> None:
    with pytest.raises(Declined) as declined:
        await till.payments.pay("poor", DUE, till.declined, key="poor")
    assert declined.value.code
    assert declined.value.call_id
    known = await till.payments.find(declined.value.payment_id)
    assert (known.status, known.decline) == (PaymentStatus.NEEDS_METHOD, declined.value.code)


async def test_the_same_key_does_it_once(till: Till) -> None:
    before = till.made()
    first, second = [done(await till.payments.pay("once", DUE, till.good, key="once")) for _ in range(2)]
    assert first == second
    assert till.made() == before + 1
    held = done(await till.payments.authorise("once more", DUE, till.good, key="once-more"))
    for _ in range(2):
        done(await till.payments.capture(held.id, key="once-more-capture"))
        await till.settled()
    assert (await till.payments.find(held.id)).received == DUE


@pytest.mark.parametrize("money", [Money(500, "JPY"), Money(12_340, "BHD"), Money(700, "ISK"), Money(100, "KWD")])
async def test_an_amount_is_the_same_in_any_currency(till: Till, money: Money) -> None:
    payment = done(await till.payments.pay("far", money, till.good, key=f"far-{money.currency}"))
    assert (payment.amount, payment.received) == (money, money)


async def test_what_is_not_there_or_somebody_elses_is_said_so(till: Till) -> None:
    with pytest.raises(NotFound):
        await till.payments.find(f"{till.name}:NOBODY")
    with pytest.raises(Rejected):
        await till.payments.find("elsewhere:1")
    with pytest.raises(Rejected):
        await till.payments.pay("", DUE, till.good, key="empty")


async def test_a_refusal_for_the_rate_did_nothing(till: Till) -> None:
    before = till.made()
    till.town.fails(till.name, kind="throttle", retry_after=PAUSE)
    try:
        with pytest.raises(RateLimited):
            await till.hurried.pay("fast", DUE, till.good, key="fast")
    finally:
        till.town.works(till.name)
    assert till.made() == before


async def test_an_answer_that_was_lost_is_in_doubt_and_under_its_key_it_happens_once(till: Till) -> None:
    before, answers = till.made(), list[Payment]()
    till.town.fails(till.name, kind="reset_after")
    try:
        with pytest.raises(OutcomeUnknown) as unknown:
            await till.payments.pay("lost", DUE, till.good, key="lost")
    finally:
        till.town.works(till.name)
    assert unknown.value.record_url
    answers = [done(await till.payments.pay("lost", DUE, till.good, key="lost")) for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0].reference == "lost"
    assert till.made() == before + 1
