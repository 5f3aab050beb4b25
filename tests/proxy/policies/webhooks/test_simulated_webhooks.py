"""Webhooks of the shipped vendor files come over a socket from the simulator, and the files' own facts verify them."""

import json
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from tests.proxy.policies.webhooks.signed import ADYEN_KEY, SECRET, p256_public
from tests.serving import listening
from tests.simulator.conftest import BEGAN, ManualWorld
from tests.waiting import settle, until
from tidegate.openapi.document import Document
from tidegate.proxy.policies.webhooks.recipe import WebhookRecipe, recipe_of
from tidegate.proxy.policies.webhooks.verdict import InboundWebhook, RefusedWebhook, VerifiedWebhook, WebhookFlaw
from tidegate.proxy.policies.webhooks.verification import verify
from tidegate.simulator.behaviour.documented_payload import DocumentedPayload
from tidegate.simulator.behaviour.webhooks import WebhookSender
from tidegate.simulator.trouble.faults import Faults
from tidegate.simulator.trouble.places import Places
from tidegate.values.value_generator import ValueGenerator
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor_file import LoadedVendor, load_vendor
from tidegate.vendor.webhook_facts import WebhookFacts

SENDING = ["adyen", "github", "gitlab", "openai", "sendgrid", "shopify", "slack", "stripe", "twilio", "woocommerce"]
THING: dict[str, Any] = {
    "id": "P1", "status": "sent", "account_sid": "AC1", "to": "+1", "amount": {"value": 1}, "pspReference": "P1",
    "success": "true", "sid": "SM1", "msg_id": "M1",
}  # fmt: skip


class WebhookReceiver:
    """Takes webhooks as they come. The first is answered with 500, so that it comes again."""

    def __init__(self) -> None:
        self.taken: list[InboundWebhook] = []
        self.origin = ""

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        body = await request.read()
        self.taken.append(InboundWebhook(request.raw_headers, body, self.origin + request.raw_path))
        return web.Response(status=200 if len(self.taken) > 1 else 500)


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    made = WebhookReceiver()
    async with listening(web.Server(made.handle, access_log=None)) as port:
        made.origin = f"http://127.0.0.1:{port}"
        yield made


async def sent(facts: WebhookFacts, secret: str, receiver: WebhookReceiver, path: Path, tries: int) -> None:
    """Send an event, and let the vendor's schedule bring it again."""
    world, document = ManualWorld(), Document.load(path)
    letters = "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
    sender = WebhookSender(
        world,
        facts,
        Faults(random.Random),
        Places(document, lambda _, count: letters[:count]),
        lambda _, count: letters[:count],
        world.now,
        lambda request, faults: None,
        (secret,),
        DocumentedPayload(document, ValueGenerator(1, document.schemas)),
    )
    sender.register(f"{receiver.origin}/hooks?a=b%20c")
    sender.happened("thing.created", THING, {"id": "evt_1", "object": "event"}, 1)
    for n in range(tries):
        await settle()
        await world.advance(1.0 if n == 0 else 7200.0)
        await settle()
        await until(lambda: not sender.posting)
        await settle()


def shipped(name: str) -> LoadedVendor:
    return load_vendor(find_vendor(name))


def recipe_from(loaded: LoadedVendor) -> tuple[WebhookRecipe, WebhookFacts]:
    facts = loaded.vendor.facts.webhooks
    assert facts is not None
    recipe = recipe_of(loaded.vendor.vendor, facts)
    assert recipe is not None
    return recipe, facts


@pytest.mark.parametrize("name", SENDING)
async def test_a_shipped_vendors_webhook_is_verified_each_time_under_one_id(
    name: str, receiver: WebhookReceiver
) -> None:
    loaded = shipped(name)
    recipe, facts = recipe_from(loaded)
    secret = ADYEN_KEY if name == "adyen" else SECRET
    await sent(facts, secret, receiver, loaded.document_path, 2)
    known = p256_public(secret) if name == "sendgrid" else secret
    verdicts = [
        verify(recipe, webhook, ["", known], BEGAN + (7300 if facts.retry else 5)) for webhook in receiver.taken
    ]
    assert len(verdicts) == 1 + bool(facts.retry)
    names = []
    for verdict in verdicts:
        if isinstance(verdict, RefusedWebhook):
            assert verdict.flaw is WebhookFlaw.TOO_OLD, "the first try is two hours old by now"
            assert verdict.skew_s is not None
            continue
        source, kind, parts = json.loads(verdict.dedupe_id)
        assert source == name
        assert kind == ("header" if recipe.dedupe_header else "body")
        assert parts
        names.append(verdict.dedupe_id)
    assert len(set(names)) == 1
    assert isinstance(verify(recipe, replace(receiver.taken[-1], body=b"{}"), [secret], BEGAN + 7300), RefusedWebhook)


async def test_a_declared_scheme_is_signed_and_verified_by_its_block(receiver: WebhookReceiver) -> None:
    facts = WebhookFacts.model_validate(
        {
            "scheme": {
                "header": "X-Acme",
                "parse": "kv",
                "separator": ";",
                "version": "h1",
                "ts_key": "ts",
                "signed": "{ts}:{url}:{raw}",
            },
            "dedupe": {"pointer": "/id"},
        }
    )
    recipe = recipe_of("acme", facts)
    assert recipe is not None
    await sent(facts, "s3cret", receiver, shipped("stripe").document_path, 1)
    verdict = verify(recipe, receiver.taken[0], ["s3cret"], BEGAN + 1)
    assert isinstance(verdict, VerifiedWebhook)
    assert verdict.dedupe_id == '["acme","body",["evt_1"]]'


async def test_twilios_json_comes_with_its_digest_in_the_address(receiver: WebhookReceiver) -> None:
    facts = WebhookFacts.model_validate({"scheme": "twilio", "body": {"Sid": "{id}"}})
    recipe = recipe_of("twilio", facts)
    assert recipe is not None
    await sent(facts, SECRET, receiver, shipped("stripe").document_path, 1)
    assert "bodySHA256=" in receiver.taken[0].url
    assert isinstance(verify(recipe, receiver.taken[0], [SECRET], BEGAN), VerifiedWebhook)
