"""A vendor that fails is left alone for a while, and found again when it is back."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientPayloadError

from tests.proxy.town import SSE, VENDOR, Answer, Plain, Seen, Step, Stream, Town, both, play
from tidegate.proxy.wire import pool

OK: Step = (200, {}, b"{}")


async def read(town: Town) -> Answer:
    return await town.ask("GET", "/things/things/1")


def state(town: Town) -> str:
    return str(town.proxy.upstreams["things"].breakers.get("default").state)


def test_a_failing_vendor_is_not_asked_any_more(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, int, int]:
        for _ in range(30):
            await read(town)
        asked = len(town.vendor.received)
        last = await read(town)
        return last, asked, len(town.vendor.received)

    last, asked, after = play(tmp_path, [500], story)
    assert (last.status, last.problem, last.headers["Tidegate-Attempts"]) == (503, "vendor-unavailable", "0")
    assert int(last.headers["Retry-After"]) >= 1
    assert asked == after


def test_it_is_found_again_when_it_is_back(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        for _ in range(30):
            await read(town)
        town.vendor.script = [OK]
        await town.world.sleep(3.0)
        statuses = []
        for _ in range(40):
            statuses.append((await read(town)).status)
            await town.world.sleep(0.25)
        return statuses

    statuses = play(tmp_path, [500], story)
    assert statuses[0] == 200
    assert set(statuses[-10:]) == {200}


def test_rejections_and_429_never_open_it(tmp_path: Path) -> None:
    for answer in (404, 429):

        async def story(town: Town) -> str:
            for _ in range(40):
                await read(town)
            return state(town)

        assert play(tmp_path, [answer], story) == "closed"


def test_a_refusal_by_the_breaker_after_a_lost_answer_leaves_the_write_unknown(tmp_path: Path) -> None:
    async def story(town: Town) -> Answer:
        for _ in range(19):
            await town.ask("POST", "/things/shots", data=b"a")
        return await town.ask("POST", "/things/things", data=b"a")

    got = play(tmp_path, ["reset"], story)
    assert (got.status, got.problem) == (504, "outcome-unknown")


STORED: Step = (503, {"Idempotent-Replayed": "true", "Retry-After": "9"}, b"{}")


def test_a_failure_that_the_vendor_stored_says_nothing_of_how_it_does_now(tmp_path: Path) -> None:
    """A vendor that has come back repeats the failures of its bad hour to whoever asks under the same keys."""

    async def story(town: Town) -> list[str]:
        states = []
        for script in ([STORED], [500]):
            town.vendor.script = script
            for _ in range(30):
                await town.ask("POST", "/things/things", data=b"a")
            states.append(state(town))
        town.vendor.script = [STORED, OK]
        town.vendor.received.clear()
        await town.world.sleep(3.0)
        probe = await town.ask("POST", "/things/things", data=b"a")
        states.append(state(town))
        return [*states, str(probe.status), str((await read(town)).status)]

    assert play(tmp_path, [OK], story) == ["closed", "open", "half-open", "503", "200"]


def test_in_report_mode_calls_pass_and_what_would_have_been_refused_is_counted_and_told(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, int, list[str]]:
        for _ in range(30):
            await read(town)
        town.vendor.script = [OK]
        status = (await read(town)).status
        counts = town.proxy.upstreams["things"].reports.counts
        notes = [line["rule"] for line in town.log() if line.get("note") == "would refuse"]
        return status, counts["breaker", "open"], notes

    policy = {**VENDOR["policy"], "breaker": {"mode": "report"}}
    status, counted, notes = play(tmp_path, [500], story, policy=policy)
    assert status == 200
    assert counted >= 2
    assert notes[0] == "breaker"


def test_an_operator_can_shut_a_vendor_off_and_let_it_go_again(tmp_path: Path) -> None:
    async def story(town: Town) -> list[object]:
        known = town.proxy.force("things", "default", "open")
        shut = (await read(town)).problem
        town.proxy.force("things", "default", None)
        notes = [(line["from"], line["to"]) for line in town.log() if line.get("note") == "breaker"]
        return [known, shut, (await read(town)).status, town.proxy.force("things", "nothing", "open"), notes]

    assert play(tmp_path, [OK], story) == [
        True,
        "vendor-unavailable",
        200,
        False,
        [("closed", "forced open"), ("forced open", "closed")],
    ]


def test_a_probe_whose_answer_is_a_long_stream_gives_its_permit_back_with_the_head(tmp_path: Path) -> None:
    """The vendor has shown that it is back; the next probes need not wait for the stream's end."""

    async def story(town: Town) -> tuple[str, list[int], bytes]:
        for _ in range(30):
            await read(town)
        town.vendor.script = [Stream([b"data: a\n\n"] * 40, every_s=1.0, headers=SSE), OK]
        town.vendor.received.clear()
        await town.world.sleep(3.0)
        streaming = asyncio.ensure_future(read(town))
        await town.world.sleep(0.5)
        statuses = [(await read(town)).status for _ in range(3)]
        found = state(town)
        return found, statuses, (await streaming).body

    found, statuses, body = play(tmp_path, [500], story)
    assert (found, statuses[0], body) == ("closed", 200, b"data: a\n\n" * 40)


def test_a_probe_whose_stream_breaks_counts_as_failed_all_the_same(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        for _ in range(30):
            await read(town)
        town.vendor.script = [Stream([b"data: a\n\n"], every_s=0.5, then="cut", headers=SSE)]
        await town.world.sleep(3.0)
        try:
            await read(town)
        except ClientPayloadError:
            return state(town)
        return "it did not break"

    assert play(tmp_path, [500], story) == "open"


def test_a_503_that_says_until_when_is_believed_and_another_status_is_not(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, str, int]:
        first = await read(town)
        second = await read(town)
        await town.world.sleep(4.5)
        return first.status, second.problem, (await read(town)).status

    once = {**VENDOR["policy"], "retry": {"attempts": 1}}
    away: Step = (503, {"Retry-After": "4"}, b"{}")
    failed: Step = (500, {"Retry-After": "4"}, b"{}")
    assert play(tmp_path, [away, OK], story, policy=once) == (503, "vendor-unavailable", 200)
    assert play(tmp_path, [failed, OK], story, policy=once) == (500, "", 200)


def test_paths_of_one_template_share_a_breaker_whatever_ids_they_hold(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[set[str], str]:
        for number in range(30):
            await town.ask("GET", f"/things/things/id-{number}?page={number}")
        return set(town.proxy.upstreams["things"].breakers.by_group), (
            await town.ask("GET", "/things/things/another")
        ).problem

    assert play(tmp_path, [500], story) == ({"default"}, "vendor-unavailable")


def test_a_refused_credential_does_not_open_it(tmp_path: Path) -> None:
    async def story(town: Town) -> str:
        for _ in range(40):
            await read(town)
        return str(town.proxy.upstreams["things"].breakers.get("default").state)

    assert play(tmp_path, [401], story) == "closed"


async def slow_and_long(seen: Seen) -> Plain:
    """Its head comes late, and its body is too long to be waited for."""
    del seen
    await asyncio.sleep(2.0)  # noqa: TID251 - the vendor's own time, which is virtual
    return 200, {}, b"x" * 200_000


@pytest.mark.parametrize(("asked", "found"), [("50ms", "closed"), ("2s", "open")])
def test_an_app_that_gives_the_vendor_no_time_does_not_shut_it_off_for_the_others(
    tmp_path: Path, asked: str, found: str
) -> None:
    """Where an attempt had most of its usual time, it does tell of the vendor."""

    async def story(town: Town) -> str:
        await town.world.sleep(1.0)  # until the bucket is full
        impatient = {"Tidegate-Timeout": asked}
        await both(*(town.ask("GET", "/things/things/1", headers=impatient) for _ in range(30)))
        return state(town)

    assert play(tmp_path, ["hang"], story) == found


def test_an_address_that_is_not_allowed_is_told_as_such_however_often(tmp_path: Path) -> None:
    async def story(town: Town) -> set[str]:
        return {(await read(town)).problem for _ in range(40)}

    facts = {**VENDOR["facts"], "base_url": "http://127.0.0.1:81/api"}
    assert play(tmp_path, [OK], story, facts=facts) == {"egress-denied"}


def test_our_own_bound_of_connections_is_no_failure_of_the_vendors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "CONNECTIONS_MAX", 3)

    async def story(town: Town) -> tuple[set[int], str]:
        streams = [asyncio.ensure_future(read(town)) for _ in range(3)]
        await town.world.sleep(1.5)
        statuses = {(await town.ask("GET", "/things/things")).status for _ in range(30)}
        found = state(town)
        for stream in streams:
            stream.cancel()
        await asyncio.gather(*streams, return_exceptions=True)
        return statuses, found

    endless = Stream([b"data: a\n\n"] * 100, every_s=1.0, headers=SSE)
    assert play(tmp_path, [endless], story) == ({503}, "closed")


def test_the_time_that_an_app_takes_to_upload_is_not_the_vendors(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[set[int], str]:
        async def body() -> AsyncIterator[bytes]:
            for _ in range(5):
                yield b"x" * 400_000
                await town.world.sleep(1.0)

        slowly: Any = body
        got = await both(*(town.ask("POST", "/things/shots", data=slowly()) for _ in range(25)))
        return {answer.status for answer in got}, state(town)

    policy = {**VENDOR["policy"], "breaker": {"slow": "3s"}}
    assert play(tmp_path, [OK], story, policy=policy) == ({200}, "closed")


@pytest.mark.parametrize(
    ("every_s", "count", "found"), [(1.0, 100, "closed"), (3.0, 2, "open")], ids=["as long as it may", "silent"]
)
def test_a_stream_that_lasted_as_long_as_it_may_went_well(
    tmp_path: Path, every_s: float, count: int, found: str
) -> None:
    async def story(town: Town) -> str:
        ends = await asyncio.gather(*(read(town) for _ in range(25)), return_exceptions=True)
        assert all(isinstance(end, ClientPayloadError) for end in ends)
        return state(town)

    policy = {**VENDOR["policy"], "stream": {"total": "20s", "idle": "5s"}}
    stream = Stream([b"data: a\n\n"] * count, every_s=every_s, then="hang", headers=SSE)
    assert play(tmp_path, [stream], story, policy=policy) == found


def test_a_probe_whose_stream_begins_too_late_was_slow(tmp_path: Path) -> None:
    async def story(town: Town) -> list[str]:
        await both(*(read(town) for _ in range(30)))
        states = [state(town)]
        await town.world.sleep(3.0)
        for _ in range(2):
            await read(town)
            states.append(state(town))
        return states

    policy = {**VENDOR["policy"], "breaker": {"slow": "1s"}}
    assert play(tmp_path, [slow_and_long], story, policy=policy) == ["open", "open", "open"]
