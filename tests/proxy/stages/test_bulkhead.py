"""A slow group has so many places and no more; the others do not notice."""

import asyncio
from pathlib import Path
from typing import Any

from tests.proxy.town import VENDOR, Answer, Step, Town, both, play

OK: Step = (200, {}, b"{}")
LIMITS = VENDOR["facts"] | {"limits": [{"name": "account", "rate": "1000/s", "burst": 1000}]}
GROUPS = VENDOR["operations"] | {"GetThings": {"group": "lists"}}


def policy(**bulkhead: Any) -> dict[str, Any]:
    return {**VENDOR["policy"], "bulkhead": bulkhead}


async def hold(town: Town, count: int) -> list["asyncio.Task[Answer]"]:
    """Calls that hang at the vendor, once they are there."""
    tasks = [asyncio.create_task(town.ask("GET", "/things/things")) for _ in range(count)]
    await town.world.sleep(0.1)
    return tasks


async def let_go(tasks: list["asyncio.Task[Answer]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def test_who_finds_no_place_is_refused_at_once_and_other_groups_are_served(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[Answer, float, int]:
        tasks = await hold(town, 2)
        began = town.world.now()
        refused = await town.ask("GET", "/things/things")
        took_s = town.world.now() - began
        town.vendor.script = [OK]
        other = await town.ask("GET", "/things/things/1")
        await let_go(tasks)
        return refused, took_s, other.status

    refused, took_s, other = play(
        tmp_path, ["hang"], story, facts=LIMITS, operations=GROUPS, policy=policy(concurrent=2)
    )
    assert (refused.status, refused.problem) == (503, "overloaded")
    assert "Retry-After" in refused.headers
    assert took_s < 0.01
    assert other == 200


def test_with_a_queue_a_call_waits_for_a_place(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        got = await both(*(town.ask("GET", "/things/things") for _ in range(6)))
        return sorted(answer.status for answer in got)

    assert play(tmp_path, [OK], story, facts=LIMITS, policy=policy(concurrent=1, queue=4)) == [200] * 5 + [503]


def test_a_place_comes_back_whatever_becomes_of_the_call(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await let_go(await hold(town, 1))
        await town.world.sleep(20.0)
        for step in ("reset", 500):
            town.vendor.script = [step]
            await town.ask("POST", "/things/shots", data=b"{}")
        town.vendor.script = [OK]
        return (await town.ask("GET", "/things/things")).status

    assert play(tmp_path, ["hang"], story, facts=LIMITS, policy=policy(concurrent=1)) == 200


def test_in_report_mode_everything_passes_and_is_counted(tmp_path: Path) -> None:
    async def story(town: Town) -> tuple[set[int], dict[tuple[str, str], int]]:
        got = await both(*(town.ask("GET", "/things/things") for _ in range(6)))
        return {answer.status for answer in got}, dict(town.proxy.upstreams["things"].reports.counts)

    statuses, counts = play(tmp_path, [OK], story, facts=LIMITS, policy=policy(concurrent=1, mode="report"))
    assert statuses == {200}
    assert counts == {("bulkhead", "full"): 5}
