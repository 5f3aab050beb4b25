"""What becomes of a call whose credential is changed, or refused by the vendor, while it is under way."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import Answer, Step, Town, play
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.credential import Credential
from tidegate.proxy.call.reply import Reply, refused
from tidegate.redaction.secret import Secret

OK: Step = (200, {"Content-Type": "application/json"}, b'{"id": 1}')
NEXT = "sk_the_next_one"


def another(town: Town) -> Credential:
    vendor = town.proxy.upstreams["things"].loaded.vendor
    return Credential(vendor.facts.auth, Secret(NEXT), version=1)


def sent_keys(town: Town) -> list[str]:
    return [seen.headers["Authorization"].partition(" ")[2] for seen in town.vendor.received]


def test_what_comes_into_force_is_in_the_next_request(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str]:
        await town.ask("GET", "/things/things/1")
        town.proxy.upstreams["things"].provider.wear(another(town))
        await town.ask("GET", "/things/things/1")
        return sent_keys(town)

    before, after = play(tmp_path, [OK, OK], story)
    assert before != after == NEXT


@pytest.mark.parametrize("path", ["things", "shots"])
def test_a_write_refused_under_a_credential_that_was_changed_meanwhile_goes_again_under_the_next(
    tmp_path: Path, path: str
) -> None:
    async def story(town: Town) -> tuple[Answer, list[str]]:
        asking = asyncio.ensure_future(town.ask("POST", f"/things/{path}", data=b"a=1"))
        while not town.vendor.received:
            await town.world.sleep(0.0001)
        town.proxy.upstreams["things"].provider.wear(another(town))
        return await asking, sent_keys(town)

    got, keys = play(tmp_path, [401, OK], story)
    assert (got.status, len(keys), keys[1]) == (200, 2, NEXT)
    assert keys[0] != NEXT


def test_a_provider_that_looks_for_another_for_long_holds_no_call_past_its_deadline(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, float]:
        provider: Any = town.proxy.upstreams["things"].provider

        async def rejected(credential: Credential, status: int) -> bool:
            await town.world.sleep(100.0)
            return True

        provider.rejected, began = rejected, town.world.now()
        answer = await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": "3"})
        return answer, town.world.now() - began

    got, took_s = play(tmp_path, [401, OK], story)
    assert (got.status, got.problem) == (502, "credential-rejected")
    assert took_s == pytest.approx(3.0, abs=0.1)


def test_where_nothing_else_is_in_force_a_refusal_is_told_at_once(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, int]:
        return await town.ask("GET", "/things/things/1"), len(town.vendor.received)

    got, sent = play(tmp_path, [401, OK], story)
    assert (got.status, got.problem, sent) == (502, "credential-rejected", 1)


def test_a_provider_that_waits_chooses_for_each_attempt_and_may_refuse(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, Answer, list[str]]:
        provider: Any = town.proxy.upstreams["things"].provider
        answers = iter([None, refused(PROBLEMS["vendor-unavailable"], "No credential could be had.")])

        async def for_call(call: Call) -> Reply | None:
            call.credential = another(town)
            return next(answers)

        provider.waits, provider.for_call = True, for_call
        first = await town.ask("GET", "/things/things/1")
        return first, await town.ask("GET", "/things/things/1"), sent_keys(town)

    first, second, keys = play(tmp_path, [OK], story)
    assert (first.status, second.status, keys) == (200, 503, [NEXT])
