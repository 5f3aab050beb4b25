"""A hedge where one of the two answers is streamed, or what is asked is."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.proxy.examples import attempt, call, plan, reply
from tests.proxy.stages.test_hedge import hedged, read, verdicts
from tests.proxy.town import SSE, Answer, Plain, Seen, Stream, Town, play
from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.policy.hedge import Hedge
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.call.reply import Reply, Streamed
from tidegate.proxy.policies.resilience.retry_budget import RetryBudget
from tidegate.proxy.stages import hedge


@pytest.mark.parametrize("first", [(200, {}, b"short"), (404, {}, b"none")])
def test_a_stream_of_the_second_is_not_cut_by_an_answer_of_the_first(tmp_path: Path, first: Plain) -> None:
    async def late(_: Seen) -> Plain:
        await asyncio.sleep(0.5)  # noqa: TID251 - the vendor's own time, which is virtual
        return first

    async def story(town: Town) -> tuple[Answer, list[list[str]]]:
        return await read(town), verdicts(town)

    stream = Stream([b"data: a\n\n"] * 10, every_s=0.1, headers=SSE)
    got, seen = play(tmp_path, [late, stream], story, **hedged())
    assert (got.status, got.body) == (200, b"data: a\n\n" * 10)
    assert seen[0][-1] == "success"


@pytest.mark.parametrize("end", [Verdict.SUCCESS, Verdict.FAILED])
def test_a_stream_of_the_first_is_the_answer_however_the_second_ends(end: Verdict) -> None:
    async def story() -> tuple[Reply, Reply]:
        world, streamed = VirtualWorld(1), reply()
        streamed.streamed, streamed.verdict = True, end

        async def proceed(one: Call) -> Reply:
            if one is not asked:
                await world.sleep(0.3 if end is Verdict.SUCCESS else 9.0)
                return reply()
            asked.attempts.append(attempt(1))
            await world.sleep(0.4)
            asked.streamed = Streamed()
            await world.sleep(0.6)
            return streamed

        upstream: Any = SimpleNamespace(world=world, retry_budget=RetryBudget(0.1, 3))
        rules = Hedge.model_validate({"after": "200ms"})
        asked = call(method="GET", attempts=[], deadline=99.0)
        return await hedge.stage(plan(idempotency="safe", hedge=rules), upstream, proceed)(asked), streamed

    got, streamed = run(story)
    assert got is streamed


def test_content_that_is_passed_on_as_it_comes_is_sent_once(tmp_path: Path) -> None:
    async def count(seen: Seen) -> Plain:
        return 200, {}, b"%d" % len(seen.body)

    async def story(town: Town) -> tuple[Answer, list[list[str]]]:
        async def slowly() -> AsyncIterator[bytes]:
            for _ in range(10):
                yield b"a" * 300
                await town.world.sleep(0.1)

        content: Any = slowly()
        return await town.ask("GET", "/things/things/1", data=content), verdicts(town)

    got, seen = play(tmp_path, [count], story, config={"body_kept_bytes": 1024}, **hedged())
    assert (got.status, got.body, seen) == (200, b"3000", [["success"]])
