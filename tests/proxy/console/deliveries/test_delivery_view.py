"""Tests of tidegate.proxy.console.deliveries.delivery_view."""

from pathlib import Path
from random import Random

import orjson

from tests.proxy.console.desk_sources import desk_town
from tests.proxy.desk.letters import CANARY, accept, dead, letter, settle_all
from tests.proxy.store.places import at
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import HandMade
from tidegate.proxy.store.sealed.seal import Seal
from tidegate.proxy.store.sealed.sealed_deliveries import KEY_GRACE_S, SealedDeliveries
from tidegate.proxy.store.sealed.sealing_keys import SealingKeys

EVIL = "<svg onload=alert(1)>"


async def test_one_is_shown_with_what_it_means_what_cures_it_and_its_story(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        deliveries = town.desk.deliveries
        await accept(deliveries, letter(1, body=b'{"amount": 7, "email": "ada@example.com"}'))
        lines = b'[["Content-Type", "application/json"]]'
        gone = dead(outcome="not applied", status=404, answer_headers=lines, answer_body=b'{"code": "gone"}')
        await settle_all(deliveries, gone, age_s=30.0)
        page = await town.browser.get("/console/deliveries/d1")
    assert page.status == 200
    for words in (
        "dead: rejected", "The other side refused it for good", "What to do: Read the answer below",
        "shop gave it to Tidegate.", "waited It waited for its turn",
        "The answer was 404. It was not carried out.",
        '{"code":"gone"}', '{"amount":7,"email":"[redacted]"}',
    ):  # fmt: skip
        assert words in page.words, words
    assert 'href="/console/calls/call-1">try 1' in page.text
    acts = [page.text.index(f"/deliveries/d1/{name}") for name in ("edit", "replay", "redo", "cancel")]
    assert acts == sorted(acts), "the likeliest cure comes first"
    assert "/deliveries/d1/approve" not in page.text


async def test_what_people_did_is_in_its_story(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await accept(town.desk.deliveries, letter(1))
        await settle_all(town.desk.deliveries, dead())
        await town.desk.deliveries.act("d1", HandMade("replay", "ada", EVIL), town.desk.now())
        page = await town.browser.get("/console/deliveries/d1")
    assert f"ada had it sent again under its key. — {EVIL}" in page.words
    assert EVIL not in page.text


async def test_what_waits_for_approval_can_be_approved_or_refused(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await accept(town.desk.deliveries, letter(1, state="parked"))
        page = await town.browser.get("/console/deliveries/d1")
    assert "It waits until a person approves it. Nothing was sent." in page.words
    assert ["/d1/approve" in page.text, "/d1/refuse" in page.text, "/d1/confirm" in page.text] == [True, True, False]


async def test_no_secret_and_no_markup_of_others_is_in_it(tmp_path: Path) -> None:
    lines = orjson.dumps([["Content-Type", "application/json"], ["Authorization", CANARY], [EVIL, EVIL]])
    body = orjson.dumps({"a": CANARY, EVIL: EVIL})
    settlement = Settlement(
        "dead", dead_reason="rejected", detail=CANARY + EVIL, problem=EVIL, status=400, answer_headers=lines,
        answer_body=body, reference=CANARY,
    )  # fmt: skip
    async with desk_town(tmp_path) as town:
        given = {"headers": lines, "body": body, "app": EVIL, "operation": EVIL, "order_key": EVIL, "trace": CANARY}
        await accept(town.desk.deliveries, letter(1, **given, key=CANARY, destination=f"/v1/{EVIL}?q={CANARY}"))
        await settle_all(town.desk.deliveries, settlement)
        for path in ("/deliveries/d1", "/deliveries/d1/edit", "/deliveries/d1/redo", "/dead", "/replay"):
            page = await town.browser.get(f"/console{path}")
            assert (page.status, EVIL in page.text, CANARY in page.text) == (200, False, False), path


async def test_one_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        for path, status in (("d9", 404), ("a%2Fb", 404), ("d%20x", 400), ("d9/replay", 404), ("d9/x", 404)):
            assert (await town.browser.get(f"/console/deliveries/{path}")).status == status, path


async def test_a_webhook_is_told_of_as_one(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await accept(town.desk.deliveries, letter(1, box="inbox", operation="charge.failed"))
        await settle_all(town.desk.deliveries, dead("expired"), box="inbox")
        page = await town.browser.get("/console/deliveries/d1")
        assert "stripe sent it for shop." in page.words
        assert "Webhook POST /v1/refunds" in page.words
        asked = await town.browser.get("/console/deliveries/d1/replay")
        assert "sent again under its own id, so the app can tell that it is the same" in asked.words
        assert "The webhook" in asked.words


async def test_one_that_cannot_be_opened_says_so_and_can_only_be_given_up(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        of = town.desk.deliveries
        await accept(SealedDeliveries(of, Seal(Random(1), SealingKeys([b"k" * 32]), lambda _: True)), letter(1))
        sealed = SealedDeliveries(of, Seal(Random(1)))
        town.desk.pages._desk.deliveries = sealed
        assert await sealed.claim("outbox", at(KEY_GRACE_S), lease_s=60.0) == []
        page = await town.browser.get("/console/deliveries/d1")
        assert ("dead: sealed" in page.words, "not among sealing.keys" in page.words) == (True, True)
        acts = [f"/d1/{name}" in page.text for name in ("cancel", "replay", "redo", "edit")]
        assert acts == [True, False, False, False]
        refused = await town.browser.get("/console/deliveries/d1/replay")
        assert (refused.status, "not among sealing.keys" in refused.words) == (409, True)
