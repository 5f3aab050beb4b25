"""What is kept is renewed by answers to our own questions alone, and is as old as the vendor's answer to them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.proxy.stages.test_cache import cached, good, read
from tests.proxy.town import VENDOR, Answer, Step, Town, both, play
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.reload.reload import Reloader

NOT_MODIFIED: Step = (304, {"ETag": '"new"', "Cache-Control": "max-age=50"}, b"")

CHANGED: list[Step] = [good(ETag='"old"'), NOT_MODIFIED, good(body=b"two", ETag='"new"')]


def test_a_304_to_the_apps_own_head_confirms_nothing(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, Answer]:
        await read(town)
        await town.world.sleep(11.0)
        return await read(town, method="HEAD", If_None_Match='"new"'), await read(town)

    head, got = play(tmp_path, CHANGED, story, **cached())
    assert (head.status, got.status, got.body) == (304, 200, b"two")


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_fetched_in_the_background_is_the_whole_whatever_was_asked_for(tmp_path: Path, method: str) -> None:
    async def story(town: Town) -> Answer:
        await read(town)
        await town.world.sleep(11.0)
        town.vendor.script = [good(body=b"two")]
        await read(town, method=method, Range="bytes=0-0", If_None_Match='"a"')
        await town.world.sleep(1.0)
        seen = town.vendor.received[-1]
        assert (seen.method, "Range" in seen.headers, "If-None-Match" in seen.headers) == ("GET", False, False)
        return await read(town)

    got = play(tmp_path, [good()], story, **cached(stale_while_revalidate="1m"))
    assert (got.body, "hit" in got.headers["Cache-Status"]) == (b"two", True)


def test_a_refusal_of_a_range_is_no_answer_to_who_asks_for_the_whole(tmp_path: Path) -> None:
    script: list[Step] = [(416, {"Cache-Control": "max-age=50", "Content-Range": "bytes */3"}, b""), good()]

    async def story(town: Town) -> list[int]:
        ranged = await read(town, Range="bytes=9-")
        head = await read(town, method="HEAD", Range="bytes=9-")
        return [ranged.status, head.status, (await read(town)).status]

    assert play(tmp_path, script, story, **cached()) == [416, 200, 200]


def test_a_wait_in_our_queue_does_not_make_an_answer_old(tmp_path: Path) -> None:
    limits = [{"name": "account", "rate": "1/s", "burst": 1}]
    facts = {**VENDOR["facts"], "limits": limits}

    async def story(town: Town) -> Answer:
        waited = await both(*(read(town, url=f"/things/things/{number}") for number in range(4)))
        assert [answer.status for answer in waited] == [200] * 4
        return await read(town, url="/things/things/3")

    got = play(tmp_path, [good("max-age=2")], story, facts=facts, **cached())
    assert "hit" in got.headers["Cache-Status"]


def test_an_earlier_try_does_not_make_an_answer_old(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        await read(town)
        return await read(town)

    script: list[Step] = [(503, {"Retry-After": "4"}, b""), good("max-age=3")]
    got = play(tmp_path, script, story, **cached())
    assert "hit" in got.headers["Cache-Status"]


def test_who_has_seen_what_is_new_is_not_given_what_was_before(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, Answer]:
        await read(town)
        new = await read(town, Cache_Control="no-cache")
        return new, await read(town)

    script: list[Step] = [good("max-age=50"), good("no-store", body=b"two"), good(body=b"three")]
    new, after = play(tmp_path, script, story, **cached())
    assert (new.body, after.body) == (b"two", b"three")


def test_a_write_whose_location_cannot_be_read_was_done_all_the_same(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        return await town.ask("POST", "/things/things", headers={"Authorization": "Bearer tg_shop"}, data=b"{}")

    answer = play(tmp_path, [(201, {"Location": "http://[::1/things/7"}, b"made")], story, **cached())
    assert (answer.status, answer.body) == (201, b"made")


def test_sleep_makes_an_answer_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asleep_s, uptime = [0.0], VirtualWorld.uptime
    monkeypatch.setattr(VirtualWorld, "uptime", lambda world: uptime(world) + asleep_s[0])

    async def story(town: Town) -> tuple[Answer, Answer]:
        await read(town)
        before = await read(town)
        asleep_s[0] = 3600.0
        return before, await read(town)

    before, after = play(tmp_path, [good("max-age=50")], story, **cached())
    assert "hit" in before.headers["Cache-Status"]
    assert "fwd=stale" in after.headers["Cache-Status"]


def test_a_reload_holds_for_what_is_kept_already(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, Answer]:
        reloader = Reloader(town.machine, town.proxy, _at_once)
        await read(town)
        await town.world.sleep(10.0)
        before = await read(town)
        beside = town.folder / "new"
        beside.write_text(json.dumps(VENDOR | {"operations": cached(fresh="5s")["operations"]}))
        beside.replace(town.folder / "vendor.yaml")
        assert await reloader.reload() == ["things"]
        return before, await read(town)

    before, after = play(tmp_path, [(200, {}, b"one")], story, **cached(fresh="1h"))
    assert "hit" in before.headers["Cache-Status"]
    assert "fwd=stale" in after.headers["Cache-Status"]


async def _at_once(work: Callable[[], object]) -> object:
    return work()
