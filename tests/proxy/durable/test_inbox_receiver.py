"""What a vendor hears where our own store is in the way: it is to try again, and nothing is lost."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.durable.inbox_town import inbox_town, stripe_event, stripe_signed
from tests.waiting import until
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import RealWorld


async def test_trouble_with_the_store_is_503_and_the_next_try_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(*_: Any) -> None:
        raise StoreError("the disk is full", "full")

    async with inbox_town(tmp_path) as town:
        body = stripe_event()
        with monkeypatch.context() as patch:
            patch.setattr(town.proxy.parts.store.deliveries, "accept", refuses)
            status, head, _ = await town.send("/stripe", body, stripe_signed(body, RealWorld().wall()))
            assert (status, b"Retry-After: 5" in head) == (503, True)
        assert await town.stripe(body) == 200
        await until(lambda: town.app.got)
        assert town.outcomes == ["store-trouble", "accepted"]


async def test_a_store_that_takes_too_long_is_503_within_the_vendors_patience(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(*_: Any) -> None:
        await asyncio.Event().wait()

    async with inbox_town(tmp_path, inbox={"commit_within": "20ms"}) as town:
        monkeypatch.setattr(town.proxy.parts.store.deliveries, "accept", hangs)
        assert await town.stripe(stripe_event()) == 503
        assert town.outcomes == ["store-slow"]


async def test_a_full_backlog_is_503_and_what_is_known_is_still_acknowledged(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, inbox={"backlog_max": 1}, webhooks={"url": "http://127.0.0.1:1/"}) as town:
        assert await town.stripe(stripe_event("evt_1")) == 200
        body = stripe_event("evt_2")
        status, head, _ = await town.send("/stripe", body, stripe_signed(body, RealWorld().wall()))
        assert (status, b"Retry-After: 60" in head) == (503, True)
        assert await town.stripe(stripe_event("evt_1")) == 200
        assert town.outcomes == ["accepted", "backlog-full", "repeated"]


async def test_the_same_id_with_another_body_is_known_and_told_apart_in_the_counts(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        assert await town.stripe(stripe_event("evt_1", thing="ch_1")) == 200
        assert await town.stripe(stripe_event("evt_1", thing="ch_2")) == 200
        assert town.outcomes == ["accepted", "repeated-otherwise"]


async def test_a_vendor_that_goes_away_within_its_body_brings_nothing(tmp_path: Path) -> None:
    async with inbox_town(tmp_path) as town:
        _, writer = await asyncio.open_connection("127.0.0.1", town.inbox.port)
        writer.write(b"POST /stripe HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 10\r\n\r\nx")
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        assert await town.stripe(stripe_event()) == 200
        assert not any(b'"bug"' in line for line in town.lines)


async def test_the_answer_is_what_the_vendor_wants_to_hear(tmp_path: Path) -> None:
    async with inbox_town(tmp_path, ("adyen",)) as town:
        simulator = town.vendors["adyen"].webhooks
        thing = {
            "pspReference": "P1", "merchantAccount": "shop", "merchantReference": "order-1", "success": "true",
            "amount": {"value": 1000, "currency": "EUR"},
        }  # fmt: skip
        simulator.happened("payment.created", thing, None, 1)
        await until(lambda: town.app.got and simulator.deliveries[0].tries)
        assert 200 <= simulator.deliveries[0].tries[0] < 300
        assert town.app.got[0].headers["tidegate-event"] == "AUTHORISATION"
