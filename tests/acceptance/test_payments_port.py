"""Our own adapter through the real proxy, and the pacts verified through it: nothing that they use is changed."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.acceptance.programs import House, Proxy, vendor_folder
from tests.adapters.answering import done
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import NotFound, OutcomeUnknown, RateLimited, Rejected
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import Declined, PaymentStatus, RefundStatus
from tidegate.adapters.stripe.adapter import StripePayments
from tidegate.contracts.verify import verify
from tidegate.world.world import RealWorld

pytestmark = pytest.mark.slow

Shared = tuple[House, Proxy]
DUE = Money(1099, "EUR")


@asynccontextmanager
async def payments_at(proxy: Proxy) -> AsyncIterator[StripePayments]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=40)) as session:
        yield StripePayments(Gateway(session, proxy.stripe, "app"))


async def test_a_payment_lives_its_life(shared: Shared) -> None:
    async with payments_at(shared[1]) as payments:
        prepared = done(await payments.prepare("order-1", DUE, key="p-1", hold=True))
        held = done(await payments.confirm(prepared.id, "pm_card_visa", key="p-1-confirm"))
        assert held.status is PaymentStatus.AUTHORISED
        taken = done(await payments.capture(held.id, Money(1000, "EUR"), key="p-1-capture"))
        assert (taken.status, taken.received) == (PaymentStatus.PAID, Money(1000, "EUR"))
        back = done(await payments.refund(held.id, key="p-1-refund"))
        assert (back.status, back.amount) == (RefundStatus.DONE, Money(1000, "EUR"))
        assert (await payments.find(held.id)).reference == "order-1"
        with pytest.raises(Rejected):
            await payments.cancel(held.id, key="p-1-cancel")


async def test_payments_are_listed_page_by_page(shared: Shared) -> None:
    async with payments_at(shared[1]) as payments:
        made = [done(await payments.pay(f"l-{n}", DUE, "pm_card_visa", key=f"l-{n}")).id for n in range(3)]
        first = await payments.page(size=2)
        rest = await payments.page(after=first.after, size=100)
        assert [payment.id for payment in (*first.payments, *rest.payments)][:3] == made[::-1]
        assert rest.after is None


async def test_refusals_are_domain_errors(shared: Shared) -> None:
    async with payments_at(shared[1]) as payments:
        with pytest.raises(Declined) as declined:
            await payments.pay("d-1", DUE, "pm_card_visa_chargeDeclinedLostCard", key="d-1")
        assert declined.value.code == "lost_card"
        assert declined.value.call_id
        assert (await payments.find(declined.value.payment_id)).decline == "lost_card"
        with pytest.raises(NotFound):
            await payments.find("stripe:pi_nobody")


async def test_an_unknown_outcome_names_a_record_that_can_be_read(house: House, tmp_path: Path) -> None:
    def hasty(vendor: dict[str, Any]) -> None:
        vendor["policy"]["retry"]["attempts"] = 1
        # Only the time for the answer is short, and not so short that a busy vendor that does answer could miss it.
        vendor["policy"]["budget"] = "60s"
        vendor["policy"]["timeout"] = {"connect": "20s", "first_byte": "2s", "idle": "5s", "attempt": "30s"}

    proxy = house.serve(vendors=vendor_folder(tmp_path, hasty))
    house.vendor.fails(kind="hang", effect="done")
    async with payments_at(proxy) as payments, aiohttp.ClientSession() as session:
        with pytest.raises(OutcomeUnknown) as unknown:
            await payments.pay("u-1", DUE, "pm_card_visa", key="u-1")
        headers = {"Authorization": "Bearer app"}
        async with session.get(unknown.value.record_url, headers=headers) as answer:
            record = json.loads(await answer.read())
        assert (record["call"], record["outcome"]) == (unknown.value.call_id, "unknown")
        house.vendor.works()
        paid = done(await payments.pay("u-1", DUE, "pm_card_visa", key="u-1"))
        async with session.get(unknown.value.record_url, headers=headers) as answer:
            assert json.loads(await answer.read())["outcome"] == "done"
    assert house.vendor.effects("payment_intent.succeeded") == [paid.id.removeprefix("stripe:")]


async def test_a_deferred_payment_is_asked_for_until_it_is_done_and_made_once(house: House, tmp_path: Path) -> None:
    def later(vendor: dict[str, Any]) -> None:
        vendor["operations"]["PostPaymentIntents*"] = {"unavailable": "defer", "defer": {"when": "always"}}

    proxy, world = house.serve(vendors=vendor_folder(tmp_path, later)), RealWorld()
    async with payments_at(proxy) as payments:
        deferred = await payments.pay("later-1", DUE, "pm_card_visa", key="later-1")
        assert isinstance(deferred, Deferred)
        payment = await payments.payment_of(deferred)
        for _ in range(600):
            if not isinstance(payment, Deferred):
                break
            await world.sleep(0.1)
            payment = await payments.payment_of(payment)
        paid = done(payment)
        assert (paid.status, paid.reference, paid.received) == (PaymentStatus.PAID, "later-1", DUE)
        assert await payments.pay("later-1", DUE, "pm_card_visa", key="later-1") == paid
    assert house.vendor.effects("payment_intent.succeeded") == [paid.id.removeprefix("stripe:")]


async def test_our_own_quota_is_a_domain_error_with_a_time(house: House, tmp_path: Path) -> None:
    def one_an_hour(vendor: dict[str, Any]) -> None:
        vendor["facts"]["limits"] = [{"name": "account", "rate": "1/h", "burst": 1, "algorithm": "token-bucket"}]

    proxy = house.serve(vendors=vendor_folder(tmp_path, one_an_hour))
    async with payments_at(proxy) as payments:
        with pytest.raises(RateLimited) as limited:
            await payments.find("stripe:pi_1")
    assert limited.value.retry_after_s
    assert 0 < limited.value.retry_after_s <= 3600


async def test_the_pacts_hold_through_the_proxy(house: House) -> None:
    proxy = house.serve()
    report = await verify(RealWorld(), "stripe", proxy.stripe, states_url=f"{house.vendor.control_url}/states")
    assert report.held, list(report.lines())
