"""A write that waits for approval, through the whole proxy in the virtual world."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import APPS, SECRET, Answer, Town, by, play
from tidegate.proxy.app_config import AppSettings
from tidegate.proxy.policies.delivery.delivery import ByHand, Delivery
from tidegate.proxy.store.deliveries import HandMade

BODY = b'{"amount": 5}'


def config(approve: object = "writes", **others: object) -> dict[str, Any]:
    rules = {"approve": approve, "approve_within": "1h", **others}
    return {"tokens": APPS, "apps": {"shop": AppSettings.model_validate_json(json.dumps(rules))}}


async def order(town: Town, key: str = "k1", path: str = "/things/things", body: bytes = BODY) -> Answer:
    headers = by("shop", Idempotency_Key=key, Content_Type="application/json")
    return await town.ask("POST", path, headers=headers, data=body)


async def record(town: Town, answer: Answer) -> dict[str, Any]:
    shown = await town.ask("GET", f"/_tidegate/calls/{call_of(answer)}", headers=by("shop"))
    return json.loads(shown.body)  # type: ignore[no-any-return]  # a test


async def act(town: Town, answer: Answer, action: ByHand) -> Delivery | None:
    store = town.proxy.parts.store
    return await store.deliveries.act(call_of(answer), HandMade(action, "ada", within_s=600.0), store.clock.now())


def call_of(answer: Answer) -> str:
    return answer.headers["Location"].rpartition("/")[2]


def test_nothing_is_sent_before_a_person_lets_it_go_and_then_it_is_sent_once(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        answer = await order(town)
        assert answer.status == 202
        assert (await record(town, answer))["advice"].startswith("It waits until a person approves it")
        assert "approve_until" in await record(town, answer)
        await town.world.sleep(1800.0)
        assert (await order(town)).status == 202, "the same key is the same write"
        assert town.vendor.received == []
        approved = await act(town, answer, "approve")
        assert approved is not None
        assert approved.state == "queued"
        await town.world.sleep(5.0)
        [got] = town.vendor.received
        assert (got.body, got.headers["Idempotency-Key"]) == (BODY, "shop:k1")
        assert SECRET in got.headers["Authorization"]
        assert (await record(town, answer))["state"] == "done"
        assert await act(town, answer, "approve") is None, "once is enough"

    play(tmp_path, [200], story, config=config())


@pytest.mark.parametrize("action", ["replay", "redo", "confirm"])
def test_nothing_else_leads_around_it(tmp_path: Path, action: ByHand) -> None:
    async def story(town: Town) -> None:
        answer = await order(town)
        assert await act(town, answer, action) is None
        await town.world.sleep(5.0)
        assert town.vendor.received == []

    play(tmp_path, [200], story, config=config())


def test_what_a_person_refuses_is_dead_and_its_app_is_told_why(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        answer = await order(town)
        refused = await act(town, answer, "refuse")
        assert refused is not None
        assert (refused.state, refused.dead_reason) == ("dead", "refused")
        shown = await record(town, answer)
        assert (shown["state"], shown["reason"], shown["outcome"]) == ("dead", "refused", "not applied")
        again = await order(town)
        assert (again.status, again.problem) == (409, "not-delivered")
        for action in ("replay", "redo", "approve"):
            assert await act(town, answer, action) is None
        await town.world.sleep(60.0)
        assert town.vendor.received == []

    play(tmp_path, [200], story, config=config())


def test_what_nobody_approves_in_time_is_refused(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        answer = await order(town)
        await town.world.sleep(3700.0)
        await order(town, "k2")  # so that a worker looks
        await town.world.sleep(120.0)
        shown = await record(town, answer)
        assert (shown["state"], shown["reason"]) == ("dead", "refused")
        assert "Nobody approved it" in shown["detail"]
        assert town.vendor.received == []

    play(tmp_path, [200], story, config=config())


def test_only_what_is_named_waits_and_reads_never_do(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        ask = by("shop")
        return [
            (await town.ask("GET", "/things/things", headers=ask)).status,
            (await order(town)).status,
            (await order(town, path="/things/shots")).status,
            (await town.ask("POST", "/things/shots", headers=by("desk"), data=BODY)).status,
        ]

    assert play(tmp_path, [200], story, config=config({"things": ["PostShots"]})) == [200, 200, 202, 200]


def test_a_write_that_the_document_does_not_have_cannot_wait_and_is_refused(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, str, int]:
        answer = await order(town, path="/things/other")
        return answer.status, answer.problem, len(town.vendor.received)

    assert play(tmp_path, [200], story, config=config()) == (403, "app-forbidden", 0)


def test_what_was_said_to_us_is_not_passed_on_to_the_vendor(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        headers = by("shop", Prefer="respond-async, return=minimal")
        answer = await town.ask("POST", "/things/shots", headers=headers, data=BODY)
        assert answer.status == 202
        await act(town, answer, "approve")
        await town.world.sleep(5.0)
        assert town.vendor.received[0].headers.get("Prefer") == "return=minimal"

    shots = {"idempotency": "never-resend", "defer": {"when": "never", "prefer": "allow"}}
    play(tmp_path, [200], story, config=config(), operations={"PostShots": shots})


def test_what_waits_with_the_vendor_waits_for_every_app(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        return [
            (await town.ask("POST", path, headers=by(app), data=BODY)).status
            for app in ("shop", "desk")
            for path in ("/things/shots", "/things/things")
        ]

    use = {"things": {"approve": ("PostShots",)}}
    both = config({"things": ["PostThings"]}) | {"use": use}
    assert play(tmp_path, [200], story, config=both) == [202, 202, 202, 200]


def test_it_survives_a_crash_and_still_waits(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        answer = await order(town)
        town.crash()
        await town.restart()
        await town.world.sleep(60.0)
        assert town.vendor.received == []
        assert (await record(town, answer))["state"] == "parked"
        await act(town, answer, "approve")
        await town.world.sleep(5.0)
        assert len(town.vendor.received) == 1

    play(tmp_path, [200], story, config=config())
