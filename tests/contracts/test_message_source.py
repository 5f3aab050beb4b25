"""Webhooks are asked for at a provider, and handed to whoever verifies them."""

import json
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.contracts.providers import simulated
from tidegate.contracts.message_source import MessageSource
from tidegate.world.world import RealWorld

KEY = {"Authorization": "Bearer app"}
NEW = {"amount": "5", "currency": "eur", "payment_method": "pm_card_visa", "confirm": "true"}


async def told(source: MessageSource, name: str) -> tuple[int, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{source.port}/message", json={"description": name}) as answer,
    ):
        body = await answer.read()
        return answer.status, json.loads(body) if answer.status == 200 else body.decode()


async def test_of_several_webhooks_the_one_that_is_meant_is_handed_on() -> None:
    where = {"paid": {"/type": "payment_intent.succeeded"}, "of five": {"/data/object/amount": "5"}}
    async with simulated() as (url, states_url):
        webhooks_url = states_url.replace("/states", "/webhooks")
        async with MessageSource(RealWorld(), url, webhooks_url, KEY, where) as source:
            await source.ask({"path": "/v1/payment_intents", "form": {**NEW, "metadata[n]": "{id}"}}, {"id": "i1"})
            status, event = await told(source, "paid")
            assert (status, event["data"]["object"]["metadata"]) == (200, {"n": "i1"})
            assert (await told(source, "of five"))[0] == 200


@pytest.mark.parametrize(
    ("answers", "says"),
    [({"/webhooks": 404}, "takes no address for webhooks: 404"), ({"/a": 401}, "POST /a was answered with 401: no")],
)
async def test_a_provider_that_refuses_is_told(answers: dict[str, int], says: str) -> None:
    async def handle(request: web.BaseRequest) -> web.Response:
        return web.Response(status=answers.get(request.path, 200), text="no")

    server = web.Server(handle, access_log=None)
    listener = await RealWorld().listen(server, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.port}"
    try:
        async with MessageSource(RealWorld(), url, f"{url}/webhooks", {}, {}) as source:
            with pytest.raises(ValueError, match=says):
                await source.ask({"path": "/a", "json": {"a": 1}}, {})
    finally:
        await listener.close()
        await server.shutdown(0.1)
