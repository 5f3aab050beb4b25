"""Identical reads at the same time ask the vendor once, and nobody is worse off for it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.proxy.examples import attempt, call, plan, reply
from tests.proxy.town import APPS, VENDOR, Answer, Plain, Seen, Step, Stream, Town, both, by, play
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.call.call import Call, Handler
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.stages import coalesce

URL = "/things/things/1"


def joined(who: str = "app", **more: Any) -> dict[str, Any]:
    operations = {**VENDOR["operations"], "Get*": {"coalesce": who, **more}}
    return {"operations": operations, "config": {"tokens": APPS}}


def after(seconds: float, answer: Plain = (200, {}, b"one")) -> Callable[[Seen], Awaitable[Plain]]:
    async def slow(seen: Seen) -> Plain:
        await asyncio.sleep(seconds)  # noqa: TID251 - the vendor's own time, which is virtual
        return answer

    return slow


async def read(town: Town, app: str = "shop", url: str = URL, **headers: str) -> Answer:
    return await town.ask("GET", url, headers=by(app, **headers))


def test_a_hundred_equal_reads_ask_once(tmp_path: Path) -> None:
    async def story(town: Town) -> list[Answer]:
        answers = await both(*(read(town) for _ in range(100)))
        assert len(town.vendor.received) == 1
        return answers

    answers = play(tmp_path, [after(1.0)], story, **joined())
    assert {(answer.status, answer.body) for answer in answers} == {(200, b"one")}
    said = [answer.headers.get("Cache-Status", "") for answer in answers]
    assert said.count("tidegate; fwd=bypass; fwd-status=200; collapsed") == 99
    assert sum(int(answer.headers["Tidegate-Attempts"]) for answer in answers) == 1


def test_a_cached_operation_coalesces_without_being_told(tmp_path: Path) -> None:
    operations = {**VENDOR["operations"], "Get*": {"cache": {}}}

    async def story(town: Town) -> list[Answer]:
        answers = await both(*(read(town) for _ in range(10)))
        assert len(town.vendor.received) == 1
        return answers

    answer = (200, {"Cache-Control": "max-age=5"}, b"one")
    answers = play(tmp_path, [after(1.0, answer)], story, operations=operations, config={"tokens": APPS})
    assert sum("collapsed" in one.headers["Cache-Status"] for one in answers) == 9


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        pytest.param([("shop", URL, {}), ("desk", URL, {})], 2, id="two apps"),
        pytest.param([("shop", URL, {}), ("shop", f"{URL}?a", {})], 2, id="two URLs"),
        pytest.param([("shop", URL, {"X": "1"}), ("shop", URL, {"X": "2"})], 2, id="two requests"),
        pytest.param([("shop", URL, {"Things_Account": "1"}), ("shop", URL, {})], 2, id="two accounts"),
        pytest.param([("shop", URL, {}), ("shop", URL, {"traceparent": "00-" + "1" * 32}) ], 1, id="tracing aside"),
    ],
)  # fmt: skip
def test_only_what_is_identical_to_the_vendor_and_of_one_app_is_joined(tmp_path: Path, who: Any, asked: int) -> None:
    async def story(town: Town) -> int:
        await both(*(read(town, app, url, **headers) for app, url, headers in who))
        return len(town.vendor.received)

    assert play(tmp_path, [after(1.0)], story, **joined()) == asked


def test_apps_share_where_the_file_says_so(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await both(read(town, "shop"), read(town, "desk"))
        return len(town.vendor.received)

    assert play(tmp_path, [after(1.0)], story, **joined("credential")) == 1
    assert play(tmp_path, [after(1.0, (200, {"Cache-Control": "private"}, b""))], story, **joined("credential")) == 2
    assert play(tmp_path, [after(1.0)], story, **joined("off")) == 2


@pytest.mark.parametrize("headers", [{"Cache-Control": "no-store"}, {"Vary": "*"}])
def test_an_answer_for_one_only_is_for_one_only(tmp_path: Path, headers: dict[str, str]) -> None:
    async def story(town: Town) -> tuple[int, float]:
        began = town.world.now()
        await both(*(read(town) for _ in range(10)))
        return len(town.vendor.received), town.world.now() - began

    asked, took_s = play(tmp_path, [after(1.0, (200, headers, b"one"))], story, **joined())
    assert asked == 10
    assert took_s < 3.0


@pytest.mark.parametrize("hedge", [{}, {"hedge": {"after": "100ms"}}], ids=["alone", "hedged"])
def test_who_waits_is_told_with_the_head_that_an_answer_is_streamed(tmp_path: Path, hedge: dict[str, Any]) -> None:
    """A stream may last for minutes: each gets one of its own, and at once."""
    events = Stream([b"data: a\n\n"] * 10, every_s=1.0, headers={"Content-Type": "text/event-stream"})

    async def story(town: Town) -> tuple[set[bytes], int, float]:
        began = town.world.now()
        streams = [asyncio.ensure_future(read(town)) for _ in range(2)]
        await town.world.sleep(3.0)
        streams += [asyncio.ensure_future(read(town)) for _ in range(2)]
        answers = await asyncio.gather(*streams)
        return {one.body for one in answers}, len(town.vendor.received), town.world.now() - began

    bodies, asked, took_s = play(tmp_path, [events], story, **joined(**hedge))
    assert (bodies, asked) == ({b"data: a\n\n" * 10}, 4)
    assert took_s < 15.0


def stage_of(seconds: float, world: VirtualWorld) -> tuple[Handler, list[Call]]:
    """The stage alone, around something that takes so long. The list shows who asked."""
    asked: list[Call] = []

    async def proceed(call: Call) -> Reply:
        asked.append(call)
        call.attempts.append(attempt())
        await world.sleep(seconds)
        return reply(body=b"one")

    upstream: Any = SimpleNamespace(
        world=world, writes=0, provider=SimpleNamespace(current=None), writer=lambda _: lambda one: one.path.encode()
    )
    return coalesce.stage(plan(idempotency="safe", coalesce="app"), upstream, proceed), asked


@pytest.mark.parametrize(("leaves", "asked"), [pytest.param(3, 1, id="a waiter"), pytest.param(0, 2, id="the leader")])
def test_who_leaves_takes_nobody_along(leaves: int, asked: int) -> None:
    async def story() -> tuple[list[bytes], int]:
        world = VirtualWorld(1)
        handle, seen = stage_of(1.0, world)
        calls = [call(method="GET", attempts=[], began=world.now(), deadline=world.now() + 9) for _ in range(6)]
        tasks = [asyncio.ensure_future(handle(one)) for one in calls]
        await world.sleep(0.5)
        tasks[leaves].cancel()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        return [one.body for one in answers if isinstance(one, Reply)], len(seen)

    assert run(story) == ([b"one"] * 5, asked)


def test_when_all_leave_nothing_is_left_behind() -> None:
    async def story() -> int:
        world = VirtualWorld(1)
        handle, seen = stage_of(1.0, world)
        tasks = [asyncio.ensure_future(handle(call(method="GET", attempts=[], deadline=99.0))) for _ in range(6)]
        await world.sleep(0.5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        late = await handle(call(method="GET", attempts=[], deadline=99.0))
        assert late.body == b"one"
        return len(seen)

    assert run(story) == 2


def test_a_leader_in_a_hurry_does_not_end_those_who_have_time(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        leader = asyncio.ensure_future(read(town, Tidegate_Timeout="500ms"))
        await town.world.sleep(0.1)
        patient = await both(*(read(town) for _ in range(3)))
        return [(await leader).status, *(one.status for one in patient)]

    assert play(tmp_path, [after(1.0)], story, **joined()) == [504, 200, 200, 200]


def test_a_waiter_in_a_hurry_is_told_in_time(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, float, Answer]:
        leader = asyncio.ensure_future(read(town))
        await town.world.sleep(0.1)
        began = town.world.now()
        hurried = await read(town, Tidegate_Timeout="300ms")
        return hurried, town.world.now() - began, await leader

    hurried, took_s, leader = play(tmp_path, [after(1.0)], story, **joined())
    assert (hurried.status, hurried.problem) == (504, "deadline-exceeded")
    assert took_s == pytest.approx(0.3, abs=0.05)
    assert leader.status == 200


@pytest.mark.parametrize("broken", ["reset", 503])
def test_a_failure_is_told_to_all_and_asked_for_once(tmp_path: Path, broken: Step) -> None:
    async def story(town: Town) -> list[int]:
        answers = await both(*(read(town) for _ in range(20)))
        assert len(town.vendor.received) == 3
        return [one.status for one in answers]

    assert play(tmp_path, [broken], story, **joined()) == [503] * 20


def test_what_comes_later_asks_again(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await read(town)
        await read(town)
        return len(town.vendor.received)

    assert play(tmp_path, [after(0.1)], story, **joined()) == 2


def test_a_read_after_a_write_does_not_get_an_answer_from_before_it_nor_keep_one(tmp_path: Path) -> None:
    async def story(town: Town) -> list[bytes]:
        before = asyncio.ensure_future(read(town))
        await town.world.sleep(0.5)
        await town.ask("PUT", URL, headers=by("shop"), data=b"two")
        after_it = await read(town)
        return [(await before).body, after_it.body, (await read(town)).body]

    script: list[Step] = [after(2.0, (200, {}, b"one")), 200, (200, {}, b"two")]
    assert play(tmp_path, script, story, **joined(cache={"fresh": "1h"})) == [b"one", b"two", b"two"]
