"""The server that brings a provider into its states."""

import json
from typing import Any

import aiohttp
import pytest

from tests.contracts.providers import simulated
from tidegate.contracts.state_server import StateServer
from tidegate.world.world import RealWorld


async def told(server: StateServer, body: object) -> tuple[int, Any]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with aiohttp.ClientSession() as session, session.post(server.url, data=data) as response:
        return response.status, await response.json()


async def test_a_state_is_set_up_and_its_values_are_handed_back() -> None:
    async with simulated() as (url, states_url), StateServer(RealWorld(), states_url) as server:
        setup = {"action": "setup", "state": "a payment intent exists", "params": {"amount": 7, "currency": "eur"}}
        status, values = await told(server, setup)
        assert (status, server.mistakes) == (200, [])
        headers = {"Authorization": "Bearer any"}
        async with aiohttp.ClientSession() as session:
            async with session.get(f"{url}/v1/payment_intents/{values['id']}", headers=headers) as found:
                assert (await found.json())["amount"] == 7
            await told(server, {**setup, "action": "teardown"})
            async with session.get(f"{url}/v1/payment_intents/{values['id']}", headers=headers) as gone:
                assert gone.status == 404


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"action": "setup", "state": "a unicorn exists", "params": {}}, "'a unicorn exists': no such state"),
        ({"action": "setup", "state": "a payment intent exists", "params": {"amount": "much"}}, None),
        ({"action": "setup", "params": {}}, "an unreadable state"),
        (b"no json", "an unreadable state"),
        ([], "an unreadable state"),
    ],
)
async def test_a_state_that_cannot_be_set_up_is_written_down_and_answered_all_the_same(
    body: object, named: str | None
) -> None:
    async with simulated() as (_, states_url), StateServer(RealWorld(), states_url) as server:
        assert await told(server, body) is not None
        assert (await told(server, body))[0] == 200
        if named is not None:
            assert len(server.mistakes) == 2
            assert server.mistakes[0].startswith(named)


async def test_a_provider_whose_states_cannot_be_reached_is_written_down() -> None:
    async with StateServer(RealWorld(), "http://127.0.0.1:1/states") as server:
        assert await told(server, {"action": "setup", "state": "x"}) == (200, {})
        assert server.mistakes[0].startswith("'x': ")


async def test_an_address_of_states_that_is_none_is_written_down() -> None:
    async with StateServer(RealWorld(), "nowhere") as server:
        assert await told(server, {"action": "setup", "state": "x"}) == (200, {})
        assert server.mistakes


async def test_without_an_address_every_state_is_taken_to_hold() -> None:
    async with StateServer(RealWorld(), None) as server:
        assert await told(server, {"action": "setup", "state": "x"}) == (200, {})
        assert server.mistakes == []
