"""A write whose outcome is unknown is looked up at the vendor: found, absent, or not to be told."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.stages.test_defer import ended, record
from tests.proxy.town import VENDOR, Answer, Seen, Step, Town, play
from tidegate.proxy.durable.outcome_lookup import is_of_reads
from tidegate.proxy.policies.delivery import outbox_decision
from tidegate.proxy.store.deliveries import HandMade
from tidegate.testing.scripted_vendor import WholeAnswer

LOOKUP = {
    "operation": "GetThings",
    "by": {"ref": "{/ref}"},
    "found": {"pointer": "/data/*/ref", "value": "{/ref}"},
    "reference": "/data/*/id",
    "lag": "7s",
}
SHOTS = {"idempotency": "lookup", "lookup": LOOKUP, "defer": "always"}
Write = Callable[[Seen, int], Any]


def looked_up(shots: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"operations": {**VENDOR["operations"], "PostShots": shots or SHOTS}}


async def shoot(town: Town, **headers: str) -> Answer:
    named = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return await town.ask("POST", "/things/shots", data=b'{"ref": "r7"}', headers=named)


class Shop:
    """A vendor that carries out each write that comes, unless it knows its key, and lists what there is."""

    def __init__(self, town: Town, *, answers: bool, carries_out: bool) -> None:
        self.town = town
        self.answers, self.carries_out = answers, carries_out
        self.made: list[str] = []
        self.keys: set[str] = set()
        self.read: list[tuple[float, str]] = []
        """Once it was read it answers, and carries out what comes."""
        town.vendor.script = [self.step]

    async def step(self, seen: Seen) -> WholeAnswer:
        headers = {"Content-Type": "application/json"}
        if seen.method == "GET":
            self.read.append((seen.at_s, seen.path))
            self.answers = self.carries_out = True
            data = [{"ref": ref, "id": f"id-{ref}"} for ref in self.made]
            return 200, headers, json.dumps({"data": data}).encode()
        key = seen.headers.get("Idempotency-Key", f"none at {seen.at_s}")
        if self.carries_out and key not in self.keys:
            self.keys.add(key)
            self.made.append(json.loads(seen.body)["ref"])
        if not self.answers:
            await self.town.world.sleep(1e6)
        return 201, headers, b"{}"


def test_what_is_found_is_done_with_the_vendors_own_id(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=False, carries_out=True)
        document = await ended(town, await shoot(town))
        asked = town.vendor.received[-1].headers["Cache-Control"]
        return document, shop.made, [path for _, path in shop.read], asked

    document, made, read, asked = play(tmp_path, [200], story, **looked_up())
    assert asked == "no-cache", "no cache between here and the vendor may answer either"
    assert (document["state"], document["outcome"], document["reference"]) == ("done", "done", "id-r7")
    assert json.loads(document["answer"]["body"])["data"][0]["id"] == "id-r7"
    assert made == ["r7"]
    assert read == ["/api/things?ref=r7"]


def test_what_is_absent_is_sent_again(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=False, carries_out=False)
        document = await ended(town, await shoot(town))
        return document["state"], shop.made, len(shop.read)

    assert play(tmp_path, [200], story, **looked_up()) == ("done", ["r7"], 1)


@pytest.mark.parametrize(
    ("name", "value", "goes"),
    [
        ("Content-Type", "application/json", False),
        ("If-Match", '"1"', False),
        ("Range", "bytes=0-1", False),
        ("Prefer", "return=minimal", False),
        ("x-http-method-override", "PATCH", False),
        ("X-Method-Override", "PATCH", False),
        ("Cache-Control", "max-stale", False),
        ("Accept", "text/csv", False),
        ("Accept", "application/vnd.github+json", True),
        ("Accept", "text/plain, */*", True),
        ("Stripe-Account", "acct_1", True),
    ],
)
def test_a_lookup_has_of_the_writes_headers_only_what_a_read_may_have(name: str, value: str, *, goes: bool) -> None:
    assert is_of_reads(name, value) == goes


def test_nothing_is_asked_before_the_lag_is_over(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=False, carries_out=True)
        accepted = await shoot(town)
        await ended(town, accepted)
        [sent] = [seen.at_s for seen in town.vendor.received if seen.method == "POST"]
        return shop.read[0][0] - sent

    assert play(tmp_path, [200], story, **looked_up()) >= 7.0


@pytest.mark.parametrize("jump_s", [0.0, 3600.0, -3600.0])
def test_after_a_crash_the_lag_is_kept_too_and_nothing_is_sent_twice(tmp_path: Path, jump_s: float) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=False, carries_out=True)
        accepted = await shoot(town)
        await town.world.sleep(1.0)
        assert shop.made == ["r7"]
        town.crash()
        restarting = asyncio.create_task(town.restart())
        await town.world.sleep(0.0)
        town.machine.skew_s = jump_s
        await restarting
        began = town.world.now()
        document = await ended(town, accepted)
        return document["state"], shop.made, shop.read[0][0] - began > 7.0

    assert play(tmp_path, [200], story, **looked_up()) == ("done", ["r7"], True)


@pytest.mark.slow
@pytest.mark.parametrize("answer", [500, (200, {}, b"no json")])
def test_what_cannot_be_told_is_asked_again_and_parked_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: Step
) -> None:
    monkeypatch.setattr(outbox_decision, "LOOKUP_FOR_S", 7200.0)  # a day of looking costs the test seconds

    async def story(town: Town) -> Any:
        async def step(seen: Seen) -> Any:
            if seen.method == "POST":
                await town.world.sleep(1e6)
            return answer if isinstance(answer, tuple) else (answer, {}, b"{}")

        town.vendor.script = [step]
        accepted = await shoot(town)
        await town.world.sleep(600.0)
        during = (await record(town, accepted))["state"]
        await town.world.sleep(4 * 3600.0)
        document = await record(town, accepted)
        return during, document["state"], sum(seen.method == "POST" for seen in town.vendor.received)

    shots = {**SHOTS, "defer": {"when": "always", "deadline": "1h"}}
    assert play(tmp_path, [200], story, **looked_up(shots)) == ("unknown", "parked", 1)


def test_a_call_that_was_not_deferred_is_looked_up_and_its_key_has_the_answer(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=False, carries_out=True)
        unsure = await shoot(town, Idempotency_Key="k")
        early = await shoot(town, Idempotency_Key="k")
        await town.world.sleep(60.0)
        late = await shoot(town, Idempotency_Key="k")
        return unsure.problem, early.problem, late.status, shop.made

    shots = {"idempotency": "lookup", "lookup": LOOKUP}
    found = play(tmp_path, [200], story, **looked_up(shots))
    assert found == ("outcome-unknown", "outcome-unknown", 200, ["r7"])


@pytest.mark.parametrize("when", ["when-unavailable", "never"])
def test_an_app_that_asks_again_while_it_is_looked_up_does_not_have_it_sent_again(tmp_path: Path, when: str) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=False, carries_out=True)
        accepted = await shoot(town, Idempotency_Key="k", Prefer="respond-async")
        await town.world.sleep(6.0)
        again = await shoot(town, Idempotency_Key="k")
        waited = await shoot(town, Idempotency_Key="k", Prefer="respond-async, wait=3")
        document = await ended(town, accepted)
        sent = [seen for seen in town.vendor.received if seen.method == "POST"]
        return again.status, waited.status, document["state"], shop.made, len(sent)

    play_with = looked_up({**SHOTS, "defer": {"when": when}})
    assert play(tmp_path, [200], story, **play_with) == (202, 202, "done", ["r7"], 1)


def test_a_call_that_goes_on_is_not_sent_beside_it(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=True, carries_out=True)
        step = shop.step

        async def slow(seen: Seen) -> WholeAnswer:
            if seen.method == "POST":
                await town.world.sleep(2.5)
            return await step(seen)

        town.vendor.script = [slow]
        accepted = await shoot(town, Prefer="respond-async, wait=1")
        document = await ended(town, accepted)
        return accepted.status, document["state"], shop.made

    assert play(tmp_path, [200], story, **looked_up({**SHOTS, "defer": {"when": "never"}})) == (202, "done", ["r7"])


def test_a_key_that_was_carried_out_at_once_is_not_sent_again_when_it_is_deferred(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=True, carries_out=True)
        first = await shoot(town, Idempotency_Key="k")
        document = await ended(town, await shoot(town, Idempotency_Key="k", Prefer="respond-async"))
        return first.status, document["state"], document["answer"]["status"], shop.made

    play_with = looked_up({**SHOTS, "defer": {"when": "never"}})
    assert play(tmp_path, [200], story, **play_with) == (201, "done", 201, ["r7"])


def test_what_a_person_sends_anew_is_not_held_back_by_the_record_of_an_earlier_try(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        answers = [400, 201]

        async def step(seen: Seen) -> WholeAnswer:
            headers = {"Content-Type": "application/json"}
            if seen.method == "GET":
                return 200, headers, b'{"data": []}'
            if len(answers) == 2 and not asked:
                asked.append(1)
                await town.world.sleep(1e6)
            return answers.pop(0), headers, b"{}"

        asked: list[int] = []
        town.vendor.script = [step]
        accepted = await shoot(town)
        dead = await ended(town, accepted)
        store = town.proxy.parts.store
        await store.deliveries.act(dead["call"], HandMade("redo", "ann", "", None, "anew"), store.clock.now())
        return dead["state"], (await ended(town, accepted))["state"], answers

    assert play(tmp_path, [200], story, **looked_up()) == ("dead", "done", [])


def test_a_key_that_the_vendor_forgot_is_looked_up(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=False, carries_out=True)
        accepted = await town.ask(
            "POST", "/things/things", data=b'{"ref": "r9"}', headers={"Content-Type": "application/json"}
        )
        await town.world.sleep(10.0)
        town.crash()
        await town.world.sleep(30 * 3600.0)
        await town.restart()
        document = await ended(town, accepted)
        return document["state"], document["reference"], shop.made

    things = {"idempotency": ["vendor-key", "lookup"], "lookup": LOOKUP, "defer": "always"}
    operations = {**VENDOR["operations"], "PostThings": things}
    state, reference, made = play(tmp_path, [200], story, operations=operations)
    assert (state, reference, made) == ("done", "id-r9", ["r9"])
