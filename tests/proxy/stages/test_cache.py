"""Reads are answered from what is kept, for whom it was made, for as long as it may be, and never for anyone else."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientPayloadError

from tests.proxy.town import APPS, VENDOR, Answer, Plain, Seen, Step, Stream, Town, both, by, play

URL = "/things/things/1"
WRITES = VENDOR["operations"]


def cached(**settings: Any) -> dict[str, Any]:
    """A change of the vendor file: reads of one thing, and of all, are cached."""
    return {"operations": {**WRITES, "Get*": {"cache": settings, "coalesce": "off"}}, "config": {"tokens": APPS}}


def good(control: str = "max-age=10", body: bytes = b"one", **headers: str) -> Plain:
    lines = {name.replace("_", "-"): value for name, value in headers.items()}
    return (200, {"Cache-Control": control, **lines}, body)


async def read(town: Town, app: str = "shop", url: str = URL, method: str = "GET", **headers: str) -> Answer:
    return await town.ask(method, url, headers=by(app, **headers))


def asked(town: Town) -> int:
    return len(town.vendor.received)


def test_a_fresh_answer_is_given_again_with_its_age_and_says_so(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, Answer]:
        first = await read(town)
        await town.world.sleep(4.0)
        second = await read(town)
        assert asked(town) == 1
        return first, second

    first, second = play(tmp_path, [good()], story, **cached())
    assert (first.headers["Cache-Status"], "Age" in first.headers) == (
        "tidegate; fwd=uri-miss; fwd-status=200; stored",
        False,
    )
    assert (second.status, second.body, second.headers["Tidegate-Attempts"]) == (200, b"one", "0")
    assert 4 <= int(second.headers["Age"]) <= 5
    assert second.headers["Cache-Status"] in ("tidegate; hit; ttl=5", "tidegate; hit; ttl=6")
    assert second.headers["Proxy-Status"] == "tidegate"
    assert second.headers["Date"] == first.headers["Date"]


def test_an_operation_without_the_setting_is_asked_each_time_and_says_nothing(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        await read(town)
        again = await read(town)
        assert asked(town) == 2
        return again

    changes: dict[str, Any] = {"config": {"tokens": APPS}}
    assert "Cache-Status" not in play(tmp_path, [good()], story, **changes).headers


def test_a_stale_answer_is_confirmed_under_its_tag(tmp_path: Path) -> None:
    script: list[Step] = [good(ETag='"a"'), (304, {"Cache-Control": "max-age=20", "X-New": "1"}, b"")]

    async def story(town: Town) -> tuple[Answer, Answer]:
        await read(town)
        await town.world.sleep(11.0)
        confirmed = await read(town)
        again = await read(town)
        assert town.vendor.received[1].headers["If-None-Match"] == '"a"'
        assert asked(town) == 2
        return confirmed, again

    confirmed, again = play(tmp_path, script, story, **cached())
    assert (confirmed.status, confirmed.body, confirmed.headers["X-New"]) == (200, b"one", "1")
    assert confirmed.headers["Cache-Status"].startswith("tidegate; fwd=stale; fwd-status=304; ttl=")
    assert "hit" in again.headers["Cache-Status"]


def test_the_apps_own_condition_is_answered_from_what_is_kept(tmp_path: Path) -> None:
    async def story(town: Town) -> list[tuple[int, bytes]]:
        await read(town)
        answers = [await read(town, If_None_Match=tag) for tag in ('"a"', '"b"')]
        answers.append(await read(town, Range="bytes=1-"))
        await town.world.sleep(11.0)
        town.vendor.script = [good(body=b"two", ETag='"b"')]
        answers.append(await read(town, If_None_Match='"b"'))
        assert asked(town) == 2
        assert town.vendor.received[1].headers["If-None-Match"] == '"a"'
        return [(answer.status, answer.body) for answer in answers]

    told = play(tmp_path, [good(ETag='"a"')], story, **cached())
    assert told == [(304, b""), (200, b"one"), (206, b"ne"), (304, b"")]


def test_a_head_is_answered_from_a_get(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        await read(town)
        got = await read(town, method="HEAD")
        assert asked(town) == 1
        return got

    got = play(tmp_path, [good()], story, **cached())
    assert (got.status, got.body, got.headers["Content-Length"]) == (200, b"", "3")


@pytest.mark.parametrize("broken", [500, 502, 503, 504, "reset", "hang", "half", 429])
def test_a_stale_answer_stands_in_for_a_failure_and_says_so(tmp_path: Path, broken: Step) -> None:
    async def story(town: Town) -> Answer:
        await read(town)
        await town.world.sleep(60.0)
        town.vendor.script = [broken]
        return await read(town)

    got = play(tmp_path, [good()], story, **cached(stale_if_error="10m"))
    assert (got.status, got.body) == (200, b"one")
    assert 60 <= int(got.headers["Age"]) <= 90
    assert "fwd=stale" in got.headers["Cache-Status"]
    assert "detail=stale-if-error" in got.headers["Cache-Status"]
    assert ("received-status" in got.headers["Proxy-Status"]) == isinstance(broken, int)
    assert "Things-Should-Retry" not in got.headers
    assert int(got.headers["Tidegate-Attempts"]) >= 1


def test_beyond_its_time_the_failure_passes(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        await read(town)
        await town.world.sleep(12.0)
        town.vendor.script = [503]
        return await read(town)

    assert play(tmp_path, [good()], story, **cached(stale_if_error="1s")).status == 503


def test_what_the_vendor_forbids_is_not_overridden_in_silence(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        await read(town)
        await town.world.sleep(12.0)
        town.vendor.script = [503]
        return await read(town)

    strict = good("max-age=10, must-revalidate")
    assert play(tmp_path, [strict], story, **cached(stale_if_error="10m")).status == 503
    despite = cached(stale_if_error="10m", despite=["must-revalidate"])
    assert play(tmp_path, [strict], story, **despite).status == 200


def test_an_open_breaker_is_a_reason_for_a_stale_answer(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        await read(town)
        await town.world.sleep(12.0)
        town.vendor.script = [500]
        for number in range(30):
            await read(town, url=f"/things/things/{number + 5}")
        seen = asked(town)
        got = await read(town)
        assert asked(town) == seen
        return got

    assert play(tmp_path, [good()], story, **cached(stale_if_error="10m")).body == b"one"


def test_stale_while_revalidate_answers_at_once_and_fetches_once(tmp_path: Path) -> None:
    async def slow(seen: Seen) -> Plain:
        await asyncio.get_running_loop().create_task(asyncio.sleep(2.0))  # noqa: TID251 - the vendor's own time
        return good(body=b"two")

    async def story(town: Town) -> tuple[list[Answer], Answer, list[dict[str, Any]]]:
        await read(town)
        await town.world.sleep(12.0)
        town.vendor.script = [slow]
        began = town.world.now()
        stale = await both(*(read(town) for _ in range(5)))
        assert town.world.now() - began < 0.5
        await town.world.sleep(3.0)
        renewed = await read(town)
        assert asked(town) == 2
        return stale, renewed, town.log()

    stale, renewed, log = play(tmp_path, [good()], story, **cached(stale_while_revalidate="1m"))
    assert {answer.body for answer in stale} == {b"one"}
    assert "detail=stale-while-revalidate" in stale[0].headers["Cache-Status"]
    assert renewed.body == b"two"
    assert [line["call"].endswith("-renewal") for line in log if line.get("cache") == "renewal"] == [True]


def test_an_app_has_its_own_answers_unless_the_file_says_otherwise(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await read(town, "shop")
        await read(town, "desk")
        return asked(town)

    assert play(tmp_path, [good()], story, **cached()) == 2
    assert play(tmp_path, [good()], story, **cached(shared="credential")) == 1
    assert play(tmp_path, [good("private, max-age=10")], story, **cached(shared="credential")) == 2


def test_one_account_s_answer_is_never_another_s_although_vary_is_silent(tmp_path: Path) -> None:
    async def told(seen: Seen) -> Plain:
        return good(body=seen.headers.get("Things-Account", "none").encode())

    async def story(town: Town) -> list[bytes]:
        accounts: Sequence[dict[str, str]] = (
            {"Things_Account": "a"},
            {"Things_Account": "b"},
            {},
            {"Things_Account": "a"},
        )
        return [(await read(town, **lines)).body for lines in accounts]

    assert play(tmp_path, [told], story, **cached(shared="credential")) == [b"a", b"b", b"none", b"a"]


def test_an_encoded_answer_is_not_for_who_did_not_ask_for_it(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await read(town, Accept_Encoding="gzip")
        town.vendor.script = [good()]
        assert (await read(town, Accept_Encoding="identity")).body == b"one"
        return asked(town)

    assert play(tmp_path, [good(Content_Encoding="x-none")], story, **cached()) == 2


@pytest.mark.parametrize(
    ("method", "url", "answer", "dropped"),
    [
        ("PUT", URL, 200, True),
        ("DELETE", URL, 200, True),
        ("PUT", URL, 400, False),
        ("PUT", f"{URL}?x=1", 200, True),
        ("PUT", URL, 500, True),
        ("POST", "/things/things", 200, False),
        ("PUT", "/things/things/2", 200, False),
        ("POST", "/things/shots", (201, {"Location": "/api/things/1"}, b"{}"), True),
        ("POST", "/things/shots", (201, {"Location": "http://other.example/api/things/1"}, b"{}"), False),
        ("POST", "/things/unlisted", (200, {"Content-Location": "../api/things/1"}, b"{}"), True),
    ],
)
def test_a_write_drops_what_it_makes_doubtful(
    tmp_path: Path, method: str, url: str, answer: Step, dropped: bool
) -> None:
    async def story(town: Town) -> bool:
        await read(town)
        town.vendor.script = [answer]
        await town.ask(method, url, headers=by("desk"), data=b"a=1")
        town.vendor.script = [good(body=b"two")]
        return (await read(town)).body == b"two"

    assert play(tmp_path, [good()], story, **cached()) is dropped


def test_a_change_of_a_thing_drops_the_list_it_stands_in(tmp_path: Path) -> None:
    async def story(town: Town) -> bytes:
        await read(town, url="/things/things?limit=3")
        town.vendor.script = [200]
        await town.ask("PUT", URL, headers=by("shop"), data=b"a=1")
        town.vendor.script = [good(body=b"two")]
        return (await read(town, url="/things/things?limit=3")).body

    assert play(tmp_path, [good()], story, **cached()) == b"two"


@pytest.mark.parametrize("answer", ["reset", Stream([b"x" * 200_000], then="cut")], ids=["none", "broken off"])
def test_a_write_without_a_whole_answer_may_have_happened_so_it_drops_too(tmp_path: Path, answer: Step) -> None:
    async def story(town: Town) -> bytes:
        await read(town, url="/things/things")
        town.vendor.script = [answer]
        with suppress(ClientPayloadError):
            got = await town.ask("POST", "/things/things", headers=by("shop"), data=b"a=1")
            assert got.problem == "outcome-unknown"
        town.vendor.script = [good(body=b"two")]
        return (await read(town, url="/things/things")).body

    assert play(tmp_path, [good()], story, **cached()) == b"two"


def test_only_if_cached_is_never_sent(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        got = await read(town, Cache_Control="only-if-cached")
        assert asked(town) == 0
        return got

    got = play(tmp_path, [good()], story, **cached())
    assert (got.status, got.problem) == (504, "not-cached")


def test_a_request_with_a_body_or_a_strong_condition_is_the_vendors(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str]:
        await read(town)
        await town.ask("GET", URL, headers=by("shop"), data=b"query")
        got = await read(town, If_Match='"a"')
        assert asked(town) == 3
        return [got.headers["Cache-Status"]]

    assert play(tmp_path, [good()], story, **cached()) == ["tidegate; fwd=bypass"]
