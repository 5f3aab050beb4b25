"""What the app gets in place of the vendor's answer, and that it can see so."""

import json
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientPayloadError

from tests.proxy.town import VENDOR, Answer, Step, Stream, Town, play

STATIC = {"static": {"status": 200, "body": {"things": []}}}
OK: Step = (200, {"Cache-Control": "max-age=1"}, b'{"things": [1]}')


def instead(unavailable: Any = STATIC, **more: Any) -> dict[str, Any]:
    return {"operations": {**VENDOR["operations"], "GetThings": {"unavailable": unavailable, **more}}}


async def read(town: Town) -> Answer:
    return await town.ask("GET", "/things/things")


@pytest.mark.parametrize("broken", ["reset", "hang", 500, 503, 429])
def test_a_static_answer_stands_in_for_a_vendor_that_is_away(tmp_path: Path, broken: Step) -> None:
    got = play(tmp_path, [broken], read, **instead())
    assert (got.status, json.loads(got.body)) == (200, {"things": []})
    assert got.headers["Content-Type"] == "application/json"
    assert got.headers["Cache-Control"] == "no-store"
    assert got.headers["Proxy-Status"].endswith('details="a static answer stands in for the vendor"')
    assert "Things-Should-Retry" not in got.headers
    assert got.problem == ""


@pytest.mark.parametrize("answer", [200, 404, 409, 400])
def test_what_the_vendor_itself_says_passes(tmp_path: Path, answer: int) -> None:
    got = play(tmp_path, [answer], read, **instead())
    assert (got.status, got.body) == (answer, b"{}")


def test_an_old_answer_is_better_than_a_written_one(tmp_path: Path) -> None:
    async def story(town: Town) -> list[bytes]:
        bodies = [(await read(town)).body]
        town.vendor.script = [503]
        for seconds in (10.0, 100.0):
            await town.world.sleep(seconds)
            bodies.append((await read(town)).body)
        return bodies

    bodies = play(tmp_path, [OK], story, **instead(cache={"stale_if_error": "1m"}))
    assert [json.loads(body) for body in bodies] == [{"things": [1]}, {"things": [1]}, {"things": []}]


INSIDE = {"pointer": "/error", "throttled": ["ratelimited"], "failed": ["fatal"], "rejected": ["no_such"]}


@pytest.mark.parametrize(
    ("code", "then"),
    [("ratelimited", [b'{"things": [1]}'] * 2), ("fatal", [b'{"things": [1]}'] * 2), ("no_such", [b"", b"{}"])],
)
def test_an_error_inside_a_200_is_met_with_an_old_answer_like_any_other_and_not_kept(
    tmp_path: Path, code: str, then: list[bytes]
) -> None:
    """A rejection is the app's matter: it passes, and is not given again."""
    error = json.dumps({"error": code}).encode()

    async def story(town: Town) -> list[bytes]:
        await read(town)
        town.vendor.script = [(200, {}, error)]
        await town.world.sleep(10.0)
        bodies = [(await read(town)).body]
        if code == "no_such":
            town.vendor.script = [200]
        return [*bodies, (await read(town)).body]

    facts = {**VENDOR["facts"], "errors": {**VENDOR["facts"]["errors"], "in_200": INSIDE}}
    more = instead("cache", cache={"fresh": "5s", "stale_if_error": "1h"})
    bodies = play(tmp_path, [(200, {}, b'{"things": [1]}')], story, facts=facts, **more)
    assert bodies == [one or error for one in then]


def test_nothing_stands_in_for_an_answer_that_has_gone_to_the_app(tmp_path: Path) -> None:
    async def story(town: Town) -> Any:
        with pytest.raises(ClientPayloadError):
            await read(town)
        return town.log()[-1]["stop"]

    assert play(tmp_path, [Stream([b"x" * 200_000], then="cut")], story, **instead()) == "broken off"


def test_a_static_text_has_the_media_type_that_is_written(tmp_path: Path) -> None:
    static = {"static": {"status": 503, "body": "closed", "content_type": "text/plain"}}
    got = play(tmp_path, [500], read, **instead(static))
    assert (got.status, got.body, got.headers["Content-Type"]) == (503, b"closed", "text/plain")


def test_the_log_says_that_it_was_static_and_keeps_the_failure(tmp_path: Path) -> None:
    async def story(town: Town) -> dict[str, Any]:
        await read(town)
        return town.log()[-1]

    line = play(tmp_path, [500], story, **instead())
    assert (line["cache"], line["status"], line["verdict"]) == ("static", 200, "failed")


def test_without_one_the_failure_passes(tmp_path: Path) -> None:
    assert play(tmp_path, [500], read).status == 500
