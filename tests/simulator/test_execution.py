"""A request is carried out once under its key, whatever becomes of its client."""

import asyncio

import aiohttp
import pytest

from tests.simulator.conftest import Played
from tests.waiting import settle, until


async def test_a_slow_request_is_finished_when_its_client_has_gone(vendor: Played) -> None:
    vendor.arm(kind="latency", delay="5s")
    task = asyncio.create_task(vendor.pay(Idempotency_Key="k"))
    await until(lambda: vendor.simulator.journal.last and vendor.simulator.journal.entries[-1].operation)
    await settle()
    task.cancel()
    with pytest.raises((asyncio.CancelledError, aiohttp.ClientError)):
        await task
    await vendor.world.advance(5)
    await until(lambda: vendor.simulator.resources.all().get("payment_intent"))
    vendor.simulator.disarm()
    status, paid = await vendor.pay(Idempotency_Key="k")
    assert (status, paid["status"]) == (200, "succeeded")
    assert len(vendor.simulator.resources.all()["payment_intent"]) == 1


async def test_a_reset_stops_what_is_still_running(vendor: Played) -> None:
    vendor.arm(kind="latency", delay="5s")
    task = asyncio.create_task(vendor.pay())
    await until(lambda: vendor.simulator.journal.last and vendor.simulator.journal.entries[-1].operation)
    await settle()
    vendor.simulator.reset()
    with pytest.raises(aiohttp.ClientError):
        await task
    await vendor.world.advance(10)
    assert not vendor.simulator.resources.all().get("payment_intent")


async def test_the_same_request_twice_makes_two_objects_without_a_key_and_one_with(vendor: Played) -> None:
    first, second = [(await vendor.ask("POST", "/v1/customers", "name=A"))[1]["id"] for _ in range(2)]
    assert first != second
    first, second = [
        (await vendor.ask("POST", "/v1/customers", "name=A", Idempotency_Key="k"))[1]["id"] for _ in range(2)
    ]
    assert first == second
