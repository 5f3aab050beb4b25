"""A slow read gets a second request, the first good answer wins, and nothing is left behind."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.proxy.examples import attempt, call, plan, reply
from tests.proxy.town import SSE, VENDOR, Answer, Plain, Seen, Step, Stream, Town, both, play
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.policy.hedge import Hedge
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.policies.resilience.retry_budget import RetryBudget
from tidegate.proxy.stages import hedge

URL = "/things/things/1"


def hedged(after: str = "200ms", **policy: Any) -> dict[str, Any]:
    operations = {**VENDOR["operations"], "Get*": {"hedge": {"after": after}}}
    return {"operations": operations, "policy": {**VENDOR["policy"], **policy}}


def taking(*seconds: float, status: int = 200) -> Callable[[Seen], Awaitable[Plain]]:
    """Answers that take so long, one after the other, and the last for ever; the body tells which it is."""
    times: Iterator[tuple[int, float]] = iter(enumerate(seconds))
    last = (0, 0.0)

    async def answer(seen: Seen) -> Plain:
        nonlocal last
        last = next(times, last)
        number, wait_s = last
        await asyncio.sleep(wait_s)  # noqa: TID251 - the vendor's own time, which is virtual
        return (status, {}, b"%d" % number)

    return answer


async def read(town: Town, **headers: str) -> Answer:
    return await town.ask("GET", URL, headers={name.replace("_", "-"): value for name, value in headers.items()})


async def timed(town: Town) -> tuple[Answer, float]:
    began = town.world.now()
    return await read(town), town.world.now() - began


def verdicts(town: Town) -> list[list[str]]:
    return [[attempt["verdict"] for attempt in line["attempts"]] for line in town.log()]


def test_the_second_request_wins_where_the_first_hangs(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, float, list[list[str]]]:
        got, took_s = await timed(town)
        return got, took_s, verdicts(town)

    got, took_s, told = play(tmp_path, [taking(5.0, 0.1)], story, **hedged())
    assert (got.status, got.body, got.headers["Tidegate-Attempts"]) == (200, b"1", "2")
    assert took_s == pytest.approx(0.3, abs=0.1)
    assert told == [["cancelled", "success"]]


def test_the_first_may_still_win(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[bytes, list[list[str]], list[int]]:
        got = await read(town)
        return got.body, verdicts(town), [attempt["n"] for line in town.log() for attempt in line["attempts"]]

    body, told, _ = play(tmp_path, [taking(0.4, 5.0)], story, **hedged())
    assert (body, told) == (b"0", [["cancelled", "success"]])


def test_a_fast_read_and_a_write_have_no_second(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await read(town)
        await town.ask("POST", "/things/things", data=b"a=1")
        return len(town.vendor.received)

    assert play(tmp_path, [taking(0.1, 1.0)], story, **hedged("500ms")) == 2


def test_it_is_off_unless_the_file_says_so(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await read(town)
        return len(town.vendor.received)

    assert play(tmp_path, [taking(2.0)], story) == 1


@pytest.mark.parametrize("broken", ["reset", 503])
def test_a_failed_second_does_not_end_the_first(tmp_path: Path, broken: Step) -> None:
    async def story(town: Town) -> Answer:
        return await read(town)

    got = play(tmp_path, [taking(1.0), broken], story, **hedged())
    assert (got.status, got.body) == (200, b"0")


def test_both_failing_is_one_failure_that_retry_judges(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, int]:
        got = await read(town)
        return got.status, len(town.vendor.received)

    status, seen = play(tmp_path, [taking(0.5, status=503)], story, **hedged())
    assert status == 503
    assert seen <= 3


def test_second_requests_stay_within_the_retry_budget(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await both(*(read(town) for _ in range(20)))
        return len(town.vendor.received)

    assert play(tmp_path, [taking(1.0)], story, **hedged()) <= 23


def test_a_single_attempt_means_a_single_attempt(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await read(town)
        return len(town.vendor.received)

    assert play(tmp_path, [taking(1.0)], story, **hedged(retry={"attempts": 1})) == 1


def test_after_p95_waits_until_it_knows_then_cuts_the_tail(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, float]:
        await town.world.sleep(1.0)
        for _ in range(32):
            await read(town)
        before = len(town.vendor.received)
        town.vendor.script = [taking(4.0, 0.1)]
        _, took_s = await timed(town)
        return before, took_s

    before, took_s = play(tmp_path, [taking(0.1)], story, **hedged("p95"))
    assert before == 32
    assert took_s < 0.5


def test_every_permit_is_back_after_the_race(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[int, int]:
        await read(town)
        state = town.proxy.state()["things"]
        return state.queued, state.connections

    assert play(tmp_path, [taking(5.0, 0.1)], story, **hedged()) == (0, 1)


@pytest.mark.parametrize("leaves_at_s", [0.1, 0.3])
def test_when_the_app_leaves_both_end_with_it(leaves_at_s: float) -> None:
    async def story() -> tuple[int, int, list[str], tuple[int, int]]:
        world, open_now, seen = VirtualWorld(1), 0, 0

        async def proceed(one: Call) -> Reply:
            nonlocal open_now, seen
            one.attempts.append(attempt(len(one.attempts) + 1, verdict=Verdict.CANCELLED))
            open_now, seen = open_now + 1, seen + 1
            try:
                await world.sleep(9.0)
            finally:
                open_now -= 1
            return reply()

        budget = RetryBudget(0.1, 3)
        upstream: Any = SimpleNamespace(world=world, retry_budget=budget)
        rules = Hedge.model_validate({"after": "200ms"})
        handle = hedge.stage(plan(idempotency="safe", hedge=rules), upstream, proceed)
        left = call(method="GET", attempts=[], deadline=99.0)
        task = asyncio.ensure_future(handle(left))
        await world.sleep(leaves_at_s)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return open_now, seen, [str(one.verdict) for one in left.attempts], budget.used(world.now())

    made = 1 if leaves_at_s < 0.2 else 2
    assert run(story) == (0, made, ["cancelled"] * made, (made - 1, 0))


@pytest.mark.parametrize("second_turns", range(4))
@pytest.mark.parametrize("first_turns", range(4))
def test_when_both_end_at_once_one_answer_is_taken_and_nothing_is_cancelled_later(
    first_turns: int, second_turns: int
) -> None:
    async def story() -> tuple[bool, list[int], int]:
        world, vendor, turns = VirtualWorld(1), asyncio.Event(), iter((first_turns, second_turns))

        async def proceed(one: Call) -> Reply:
            left, made = next(turns), attempt(1, verdict=Verdict.CANCELLED)
            one.attempts.append(made)
            await vendor.wait()
            for _ in range(left):
                await world.sleep(0.0)
            made.verdict = Verdict.SUCCESS
            return reply()

        upstream: Any = SimpleNamespace(world=world, retry_budget=RetryBudget(0.1, 3))
        rules = Hedge.model_validate({"after": "200ms"})
        handle = hedge.stage(plan(idempotency="safe", hedge=rules), upstream, proceed)
        asked = call(method="GET", attempts=[], deadline=99.0)
        world.call_later(0.5, vendor.set)
        got = await handle(asked)
        await world.sleep(1.0)
        task = asyncio.current_task()
        assert task is not None
        won = asked.attempts[-1].verdict is Verdict.SUCCESS and got.verdict is Verdict.SUCCESS
        return won, [one.number for one in asked.attempts], task.cancelling()

    assert run(story) == (True, [1, 2], 0)


def test_a_second_that_was_not_sent_gives_its_retry_back() -> None:
    async def story() -> tuple[int, int]:
        world = VirtualWorld(1)

        async def proceed(one: Call) -> Reply:
            if not asked.attempts:
                one.attempts.append(attempt(1))
            await world.sleep(1.0)
            return reply()

        budget = RetryBudget(0.1, 3)
        upstream: Any = SimpleNamespace(world=world, retry_budget=budget)
        rules = Hedge.model_validate({"after": "200ms"})
        asked = call(method="GET", attempts=[], deadline=99.0)
        await hedge.stage(plan(idempotency="safe", hedge=rules), upstream, proceed)(asked)
        return budget.used(world.now())[0], len(asked.attempts)

    assert run(story) == (0, 1)


def test_a_deadline_covers_both(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, float]:
        began = town.world.now()
        got = await read(town, Tidegate_Timeout="1s")
        return got.problem, town.world.now() - began

    problem, took_s = play(tmp_path, [taking(9.0)], story, **hedged())
    assert problem == "deadline-exceeded"
    assert took_s == pytest.approx(1.0, abs=0.05)


def test_how_long_streams_last_does_not_put_the_second_request_off(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[str, float]:
        for _ in range(32):
            await read(town)
        town.vendor.script = [taking(5.0, 0.1)]
        got, took_s = await timed(town)
        return got.headers["Tidegate-Attempts"], took_s

    stream = Stream([b"data: a\n\n"] * 10, every_s=1.0, headers=SSE)
    attempts, took_s = play(tmp_path, [stream], story, **hedged(after="p95"))
    assert attempts == "2"
    assert took_s < 1.0
