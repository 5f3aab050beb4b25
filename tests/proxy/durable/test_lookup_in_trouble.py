"""A lookup that others answer than the vendor, or that is asked before the write could be seen: nothing goes twice."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.durable.test_outcome_lookup import LOOKUP, SHOTS, Shop, looked_up, shoot
from tests.proxy.stages.test_defer import ended, record
from tests.proxy.town import VENDOR, Seen, Town, play
from tidegate.testing.scripted_vendor import WholeAnswer


def test_what_the_vendor_failed_is_not_asked_after_before_the_lag_is_over(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=True, carries_out=True)
        step = shop.step

        async def late(seen: Seen) -> WholeAnswer:
            if seen.method == "GET":
                return await step(seen)
            town.world.call_later(3.0, lambda: shop.made.append("r7"))
            return 502, {}, b"{}"

        town.vendor.script = [late]
        accepted = await shoot(town)
        document = await ended(town, accepted)
        sent = [seen for seen in town.vendor.received if seen.method == "POST"]
        return accepted.status, document["state"], shop.made, len(sent)

    shots = {**SHOTS, "defer": "when-unavailable"}
    assert play(tmp_path, [200], story, **looked_up(shots)) == (202, "done", ["r7"], 1)


@pytest.mark.parametrize("found", [LOOKUP["found"], None])
@pytest.mark.parametrize("status", [200, 404])
def test_an_answer_that_stands_in_for_the_vendor_tells_nothing(
    tmp_path: Path, status: int, found: dict[str, str] | None
) -> None:
    async def story(town: Town) -> Any:
        async def step(seen: Seen) -> Any:
            if seen.method == "POST":
                await town.world.sleep(1e6)
            return 503, {}, b"{}"

        town.vendor.script = [step]
        accepted = await shoot(town)
        await town.world.sleep(300.0)
        document = await record(town, accepted)
        return document["state"], sum(seen.method == "POST" for seen in town.vendor.received)

    shots = {**SHOTS, "lookup": {name: value for name, value in {**LOOKUP, "found": found}.items() if value}}
    changes = looked_up(shots)
    static = {"status": status, "body": {"data": []}}
    changes["operations"]["GetThings"] = {"unavailable": {"static": static}}
    assert play(tmp_path, [200], story, **changes) == ("unknown", 1)


def test_a_lookup_waits_for_no_answer_to_a_read_that_began_before_it(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=False, carries_out=True)
        step = shop.step

        async def slow(seen: Seen) -> WholeAnswer:
            if seen.method == "GET" and seen.at_s < 6.0:
                answer = 200, {"Content-Type": "application/json"}, b'{"data": []}'
                await town.world.sleep(9.0)
                return answer
            return await step(seen)

        town.vendor.script = [slow]
        accepted = await shoot(town)
        await town.world.sleep(5.5)
        reading = asyncio.create_task(town.ask("GET", "/things/things?ref=r7"))
        document = await ended(town, accepted)
        await reading
        return document["state"], shop.made

    changes = looked_up()
    changes["operations"]["GetThings"] = {"coalesce": "app"}
    timers = {"first_byte": "12s", "attempt": "15s", "connect": "2s", "idle": "2s"}
    changes["policy"] = {**VENDOR["policy"], "timeout": timers}
    changes["operations"]["PostShots"] = {**SHOTS, "timeout": VENDOR["policy"]["timeout"]}
    assert play(tmp_path, [200], story, **changes) == ("done", ["r7"])


def test_a_failure_that_only_the_body_tells_of_is_no_list_without_it(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        async def step(seen: Seen) -> Any:
            if seen.method == "POST":
                await town.world.sleep(1e6)
            return 200, {"Content-Type": "application/json"}, b'{"ok": false, "error": "fatal_error"}'

        town.vendor.script = [step]
        accepted = await shoot(town)
        await town.world.sleep(300.0)
        document = await record(town, accepted)
        return document["state"], sum(seen.method == "POST" for seen in town.vendor.received)

    errors = {**VENDOR["facts"]["errors"], "in_200": {"pointer": "/error", "failed": ["fatal_error"]}}
    facts = {**VENDOR["facts"], "errors": errors}
    assert play(tmp_path, [200], story, facts=facts, **looked_up()) == ("unknown", 1)


def test_what_was_read_before_a_write_took_effect_is_not_given_after_it_was_found(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        shop = Shop(town, answers=True, carries_out=True)
        step = shop.step

        async def late(seen: Seen) -> WholeAnswer:
            if seen.method == "GET":
                status, headers, body = await step(seen)
                return status, {**headers, "Cache-Control": "max-age=600"}, body
            town.world.call_later(3.0, lambda: shop.made.append("r7"))
            return 502, {}, b"{}"

        town.vendor.script = [late]
        accepted = await shoot(town)
        await town.world.sleep(1.0)
        before = await town.ask("GET", "/things/shots")
        state = (await ended(town, accepted))["state"]
        return state, b"r7" in before.body, b"r7" in (await town.ask("GET", "/things/shots")).body

    changes = looked_up({**SHOTS, "defer": "when-unavailable"})
    changes["operations"]["GetShots"] = {"cache": {"fresh": "10m"}}
    ok = {"responses": {"200": {"description": "ok"}}}
    shots = {"get": {"operationId": "GetShots", **ok}, "post": {"operationId": "PostShots", **ok}}
    assert play(tmp_path, [200], story, paths={"/shots": shots}, **changes) == ("done", False, True)
