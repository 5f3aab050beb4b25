"""What the head of a streamed answer tells of limits and of a credential holds from then on, and not from its end."""

import asyncio
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.proxy.stages.limits.test_metered_limiter import WIDE, facts
from tests.proxy.stages.limits.test_metered_limiter import read as read_soon
from tests.proxy.stages.limits.test_pooled_limiter import pooled, read
from tests.proxy.town import Step, Stream, Town, play

OK: Step = (200, {}, b"{}")
NOTHING_LEFT = {
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": str(1_767_225_600 + 20),
    "Date": "Thu, 01 Jan 2026 00:00:00 GMT",
}


def long_stream(headers: dict[str, str], then: Literal["end", "cut"]) -> Stream:
    return Stream(
        [b"data: a\n\n"] * 40, every_s=1.0, headers={"Content-Type": "text/event-stream", **headers}, then=then
    )


@pytest.mark.parametrize("then", ["end", "cut"])
def test_a_count_is_believed_from_the_head_on_and_no_longer_than_it_says(
    tmp_path: Path, then: Literal["end", "cut"]
) -> None:
    async def story(town: Town) -> list[int]:
        streaming = asyncio.ensure_future(town.ask("GET", "/things/things/1"))
        await town.world.sleep(3.0)
        statuses = [(await read_soon(town)).status]
        await town.world.sleep(18.0)
        statuses.append((await read_soon(town)).status)
        await asyncio.gather(streaming, return_exceptions=True)
        return [*statuses, (await read_soon(town)).status]

    script = [long_stream(NOTHING_LEFT, then), OK]
    assert play(tmp_path, script, story, facts=facts(WIDE, dialect="github")) == [429, 200, 200]


def test_what_the_stream_came_to_is_settled_at_its_end_and_once(tmp_path: Path) -> None:
    tokens = {"name": "tokens", "rate": "60/m", "burst": 100, "unit": "tokens", "amount": {"otherwise": 90}}
    spent = {"headers": {"X-Spent": {"means": "spent", "unit": "tokens"}}}
    stream = Stream([b"data: a\n\n"] * 2, every_s=0.1, headers={"Content-Type": "text/event-stream", "X-Spent": "30"})

    async def story(town: Town) -> list[int]:
        await town.world.sleep(200.0)
        gauge, used = town.proxy.upstreams["things"].limits.gauges["tokens"], list[int]()
        for _ in range(2):
            await read_soon(town)
            used.append(round(100 * gauge.used(town.world.now())))
        return used

    script: list[Any] = [(200, {"X-Spent": "1"}, b"{}"), stream]
    assert play(tmp_path, script, story, facts=facts(WIDE, tokens, dialect=spent)) == [1, 31]


@pytest.mark.parametrize("then", ["end", "cut"])
def test_a_credential_on_trial_is_in_force_again_with_the_head_of_a_stream(
    tmp_path: Path, then: Literal["end", "cut"]
) -> None:
    """The vendor has let it in: the next calls need not wait for the stream's end."""

    async def story(town: Town) -> tuple[list[int], bool]:
        await read(town)
        pool = town.proxy.upstreams["things"].pool
        assert pool is not None
        pool.choice.members["two"].until = float("inf")
        await town.world.sleep(1.5)
        town.vendor.script = [long_stream({}, then), OK]
        town.vendor.received.clear()
        streaming = asyncio.ensure_future(town.ask("GET", "/things/things/1"))
        await town.world.sleep(0.5)
        statuses, streams_still = [(await read(town, number)).status for number in (2, 3)], not streaming.done()
        await asyncio.gather(streaming, return_exceptions=True)
        return statuses, streams_still

    assert pooled(tmp_path, [401], story, names=["one", "two"]) == ([200, 200], True)
