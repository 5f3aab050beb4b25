"""Payments that the vendor file defers, through the real proxy: accepted, asked for, and done once."""

import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import tidegate.adapters
from tests.adapters.answering import done
from tidegate.adapters.gateway import Gateway
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import Undelivered
from tidegate.adapters.ports.money import Money
from tidegate.adapters.ports.payments import Declined, PaymentStatus, RefundStatus
from tidegate.adapters.stripe.adapter import StripePayments
from tidegate.proxy.store.deliveries import DeliveryFilter, HandMade
from tidegate.testing import Step, VirtualProxy, run

SHIPPED = Path(tidegate.adapters.__file__).parent / "stripe"
TEN = Money(1000, "EUR")
INTENT = {
    "id": "pi_1", "status": "succeeded", "amount": 1000, "amount_received": 1000, "currency": "eur",
    "metadata": {"order_id": "o-1"}, "last_payment_error": None,
}  # fmt: skip
REFUND = {"id": "re_1", "status": "succeeded", "amount": 400, "currency": "eur", "payment_intent": "pi_1"}
DECLINED = {"error": {"type": "card_error", "code": "card_declined", "decline_code": "lost_card", "message": "No."}}


def says(status: int, document: Any) -> Step:
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()


def deferring(folder: Path, when: str = "always") -> Path:
    """The shipped file, whose writes of money are deferred."""
    shutil.copytree(SHIPPED, folder / "stripe", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    file, yaml = folder / "stripe" / "vendor.yaml", YAML(typ="safe")
    document = yaml.load(file)
    for name in ("PostPaymentIntents*", "PostRefunds*"):
        document["operations"][name] |= {"unavailable": "defer", "defer": {"when": when}}
    with file.open("w") as out:
        yaml.dump(document, out)
    return file


def played(vendor: Path, script: list[Step], story: Callable[[VirtualProxy, StripePayments], Awaitable[None]]) -> None:
    async def main() -> None:
        async with VirtualProxy(vendor, script) as proxy:
            await story(proxy, StripePayments(Gateway(proxy.session, f"{proxy.url}/stripe", "local")))

    run(main)


def test_a_payment_is_accepted_and_its_end_is_asked_for(tmp_path: Path) -> None:
    async def story(proxy: VirtualProxy, payments: StripePayments) -> None:
        deferred = await payments.pay("o-1", TEN, "pm_1", key="k")
        assert isinstance(deferred, Deferred)
        assert deferred.ask_after_s is not None
        first = await payments.payment_of(deferred)
        assert isinstance(first, Deferred)
        assert (first.record_url, first.call_id) == (deferred.record_url, deferred.call_id)
        await proxy.world.sleep(30.0)
        paid = done(await payments.payment_of(deferred))
        assert (paid.id, paid.status, paid.received) == ("stripe:pi_1", PaymentStatus.PAID, TEN)
        assert await payments.pay("o-1", TEN, "pm_1", key="k") == paid, "the same key is the same write"
        assert len(proxy.vendor.received) == 1

    played(deferring(tmp_path), [says(200, INTENT)], story)


def test_a_refund_waits_for_a_vendor_that_is_away_and_is_made_once(tmp_path: Path) -> None:
    async def story(proxy: VirtualProxy, payments: StripePayments) -> None:
        deferred = await payments.refund("stripe:pi_1", Money(400, "EUR"), key="k")
        assert isinstance(deferred, Deferred)
        await proxy.world.sleep(600.0)
        back = done(await payments.refund_of(deferred))
        assert (back.id, back.status, back.amount) == ("stripe:re_1", RefundStatus.DONE, Money(400, "EUR"))
        assert len({request.headers["Idempotency-Key"] for request in proxy.vendor.received}) == 1

    away = says(503, {"error": {"type": "api_error", "message": "Away."}})
    played(deferring(tmp_path, "when-unavailable"), [*[away] * 6, says(200, REFUND)], story)


def test_a_payment_that_is_declined_later_is_declined(tmp_path: Path) -> None:
    async def story(proxy: VirtualProxy, payments: StripePayments) -> None:
        deferred = await payments.pay("o-1", TEN, "pm_1", key="k")
        assert isinstance(deferred, Deferred)
        await proxy.world.sleep(30.0)
        for ask in (payments.payment_of(deferred), payments.pay("o-1", TEN, "pm_1", key="k")):
            with pytest.raises(Declined) as declined:
                await ask
            assert declined.value.code == "lost_card"

    played(deferring(tmp_path), [says(402, DECLINED)], story)


def test_a_payment_that_a_person_gives_up_is_undelivered(tmp_path: Path) -> None:
    async def story(proxy: VirtualProxy, payments: StripePayments) -> None:
        proxy.vendor_machine.crash()
        deferred = await payments.pay("o-1", TEN, "pm_1", key="k")
        assert isinstance(deferred, Deferred)
        await proxy.world.sleep(5.0)
        store = proxy.proxy.parts.store
        [row] = (await store.deliveries.page(DeliveryFilter("outbox"))).deliveries
        assert await store.deliveries.act(row.new.id, HandMade("cancel", by="ada"), store.clock.now()) is not None
        for ask in (payments.payment_of(deferred), payments.pay("o-1", TEN, "pm_1", key="k")):
            with pytest.raises(Undelivered):
                await ask

    played(deferring(tmp_path), [says(200, INTENT)], story)
