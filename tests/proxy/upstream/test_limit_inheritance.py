"""Across a reload no count begins anew: a limit that changed holds what was used under its old form."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from tests.proxy.town import SSE, VENDOR, Answer, Step, Stream, Town, both, play
from tidegate.proxy.policies.limits.concurrency_limit import ConcurrencyLimit
from tidegate.proxy.policies.limits.token_bucket import TokenBucket
from tidegate.proxy.reload.reload import Reloader
from tidegate.proxy.upstream.vendor_limits import VendorLimits

OK: Step = (200, {}, b"{}")
DAY = 86_400.0


async def at_once(work: Callable[[], object]) -> object:
    return work()


async def change(
    town: Town, *, facts: dict[str, Any] | None = None, policy: dict[str, Any] | None = None
) -> VendorLimits:
    """Write the vendor file anew, and have it read."""
    document = {
        **VENDOR,
        "facts": {**VENDOR["facts"], **(facts or {})},
        "policy": {**VENDOR["policy"], **(policy or {})},
    }
    reloader = Reloader(town.machine, town.proxy, at_once)
    (town.folder / "vendor.yaml").write_text(json.dumps(document))
    await reloader.reload()
    assert town.proxy.refused == {}
    return town.proxy.upstreams["things"].limits


async def read(town: Town, within: str = "1s") -> Answer:
    return await town.ask("GET", "/things/things/1", headers={"Tidegate-Timeout": within})


def story_of(
    folder: Path,
    story: Callable[[Town], Awaitable[Any]],
    *,
    facts: dict[str, Any],
    script: list[Step] | None = None,
    **more: Any,
) -> Any:
    return play(folder, script or [OK], story, facts={**VENDOR["facts"], **facts}, **more)


def limit(rate: str, **more: Any) -> dict[str, Any]:
    return {"limits": [{"name": "account", "rate": rate, **more}]}


@pytest.mark.parametrize(
    ("before", "after", "used", "room"),
    [
        pytest.param(limit("60/m", burst=10), limit("60/m", burst=12), 10, 2, id="a deeper bucket"),
        pytest.param(limit("60/m", burst=10), limit("30/m", burst=4), 3, 1, id="a smaller bucket"),
        pytest.param(limit("10/m", algorithm="fixed"), limit("12/m", algorithm="fixed"), 1, None, id="a larger window"),
        pytest.param(
            limit("10/m", algorithm="sliding"), limit("12/m", algorithm="sliding"), 1, None, id="a longer log"
        ),
        pytest.param(limit("60/m", burst=10), limit("60/m", algorithm="sliding"), 1, None, id="another algorithm"),
    ],
)
def test_what_was_used_of_a_limit_is_used_of_its_new_form(
    tmp_path: Path, before: dict[str, Any], after: dict[str, Any], used: int, room: int | None
) -> None:
    async def story(town: Town) -> None:
        await town.world.sleep(3 * 60.0)
        for _ in range(used):
            assert (await read(town)).status == 200
        gauge = town.proxy.upstreams["things"].limits.gauges["account"]
        share = gauge.used(town.machine.now())
        assert share > 0
        new = (await change(town, facts=after)).gauges["account"]
        assert new is not gauge
        now = town.machine.now()
        if room is None:
            assert new.used(now) > 0
        else:
            assert isinstance(new, TokenBucket)
            assert new.burst * (1 - new.used(now)) == pytest.approx(room, abs=0.3)

    story_of(tmp_path, story, facts=before)


def test_a_reload_allows_no_second_burst_whatever_changes(tmp_path: Path) -> None:
    """The file changes again and again, under demand: no more leaves than one bucket of the larger form lends."""

    async def story(town: Town) -> int:
        await town.world.sleep(5.0)
        began = town.machine.now()
        for turn in range(10):
            await both(*(read(town, "50ms") for _ in range(60)))
            await change(town, facts=limit("20/s", burst=20 + turn % 2))
            await town.world.sleep(0.2)
        took_s = town.machine.now() - began
        assert len(town.vendor.received) <= 21 + 20 * took_s
        return len(town.vendor.received)

    assert story_of(tmp_path, story, facts=limit("20/s", burst=20)) > 20


def test_a_new_limit_begins_as_after_a_restart(tmp_path: Path) -> None:
    async def story(town: Town) -> float:
        await town.world.sleep(60.0)
        both_limits = {"limits": [VENDOR["facts"]["limits"][0], {"name": "more", "rate": "60/m", "burst": 10}]}
        admission = await change(town, facts=both_limits)
        return admission.gauges["more"].used(town.machine.now())

    assert story_of(tmp_path, story, facts={}) == 1.0


def test_a_pause_that_the_vendor_asked_for_outlives_the_reload(tmp_path: Path) -> None:
    async def story(town: Town) -> float:
        await town.world.sleep(5.0)
        await read(town)
        admission = await change(town, facts=limit("90/s", burst=20))
        return admission.gauges["account"].ready_in(town.machine.now())

    throttled: Step = (429, {"Retry-After": "40"}, b"{}")
    assert 38.5 <= story_of(tmp_path, story, facts={}, script=[throttled]) <= 44.0, "stretched by a tenth at the most"


@pytest.mark.parametrize("secrets", [{}, {"secrets": {"one": "env:ONE", "two": "env:TWO"}}], ids=["one", "a pool"])
def test_so_does_one_of_an_operation_that_nothing_limits(tmp_path: Path, secrets: dict[str, Any]) -> None:
    elsewhere = limit("10/s", scope="operations", of=["Post*"])
    auth = {"auth": {**VENDOR["facts"]["auth"], **secrets}}

    async def story(town: Town) -> list[int]:
        for _ in range(2):
            await read(town)
        await change(town, facts=limit("20/s", scope="operations", of=["Post*"]) | auth)
        await read(town)
        asked = len(town.vendor.received)
        await town.world.sleep(45.0)
        town.vendor.script = [OK]
        return [asked, (await read(town)).status]

    script: list[Step] = [(429, {"Retry-After": "40"}, b"{}")]
    environ = {"ONE": "sk_one", "TWO": "sk_two"}
    found = story_of(tmp_path, story, facts=elsewhere | auth, script=script, environ=environ)
    assert found == [2 if secrets else 1, 200]


def test_places_stay_taken_by_calls_under_way(tmp_path: Path) -> None:
    """Of three places one is left; a reload to two leaves none, and what comes back comes back."""

    def at_once_(count: int) -> dict[str, Any]:
        return {"concurrency": [{"name": "together", "at_once": count}]}

    async def story(town: Town) -> list[float]:
        running = [asyncio.ensure_future(town.ask("GET", "/things/things")) for _ in range(2)]
        await town.world.sleep(1.0)
        places = town.proxy.upstreams["things"].limits.gauges["together"]
        assert isinstance(places, ConcurrencyLimit)
        admission = await change(town, facts=at_once_(2), policy={"bulkhead": {"concurrent": 5}})
        assert admission.gauges["together"] is places
        refused = await read(town)
        assert refused.status == 429
        held = [places.used(0.0)]
        await asyncio.gather(*running)
        return [*held, places.used(0.0), float((await town.ask("GET", "/things/things/1")).status)]

    slow: Step = Stream([b"x"] * 5, every_s=1.0, headers=SSE)
    assert story_of(tmp_path, story, facts=at_once_(3), script=[slow, slow, OK]) == [1.0, 0.0, 200.0]


def test_a_bulkhead_stays_as_full_as_it_is(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        running = asyncio.ensure_future(town.ask("GET", "/things/things"))
        await town.world.sleep(1.0)
        await change(town, policy={"bulkhead": {"concurrent": 1, "queue": 0}})
        refused = (await read(town)).status
        await running
        return [refused, (await read(town)).status]

    slow: Step = Stream([b"x"] * 5, every_s=1.0, headers=SSE)
    policy = VENDOR["policy"] | {"bulkhead": {"concurrent": 4}}
    assert story_of(tmp_path, story, facts={}, script=[slow, OK], policy=policy) == [503, 200]


def test_those_who_wait_are_served_under_the_new_limit(tmp_path: Path) -> None:
    """Forty wait for a bucket of ten a second when it becomes one of forty: they are through soon."""

    async def story(town: Town) -> tuple[set[int], bool]:
        await town.world.sleep(5.0)
        began = town.machine.now()
        waiting = [asyncio.ensure_future(read(town, "9s")) for _ in range(40)]
        await town.world.sleep(0.1)
        assert town.proxy.upstreams["things"].limits.depth > 30
        admission = await change(town, facts=limit("40/s", burst=2))
        assert admission.depth > 30
        answers = await asyncio.gather(*waiting)
        return {answer.status for answer in answers}, town.machine.now() - began < 2.5

    assert story_of(tmp_path, story, facts=limit("10/s", burst=2)) == ({200}, True)


class TestQuota:
    """A calendar quota."""

    @staticmethod
    def day(count: int, **more: Any) -> dict[str, Any]:
        return {"quotas": [{"name": "daily", "count": count, "per": "day", **more}]}

    def test_its_count_goes_on_under_another_bound(self, tmp_path: Path) -> None:
        async def story(town: Town) -> list[int]:
            first = [(await read(town)).status for _ in range(5)]
            await change(town, facts=self.day(7))
            return [*first, *[(await read(town)).status for _ in range(4)]]

        assert story_of(tmp_path, story, facts=self.day(6)) == [200] * 7 + [429] * 2

    def test_its_count_goes_on_after_it_was_taken_out_and_put_back(self, tmp_path: Path) -> None:
        async def story(town: Town) -> list[int]:
            first = [(await read(town)).status for _ in range(5)]
            await change(town, facts={"quotas": []})
            await change(town, facts=self.day(6))
            return [*first, *[(await read(town)).status for _ in range(2)]]

        assert story_of(tmp_path, story, facts=self.day(6)) == [200] * 6 + [429]

    def test_each_apps_count_outlives_a_restart(self, tmp_path: Path) -> None:
        """Counts of apps are made when the app first calls, which is after the store was read."""

        async def story(town: Town) -> list[int]:
            first = [(await read(town)).status for _ in range(5)]
            await town.proxy.close()
            await town.restart()
            return [*first, *[(await read(town)).status for _ in range(2)]]

        assert story_of(tmp_path, story, facts=self.day(6, scope="app")) == [200] * 6 + [429]

    def test_its_alerts_are_raised_once_and_a_lower_share_at_once(self, tmp_path: Path) -> None:
        async def story(town: Town) -> dict[tuple[str, str], int]:
            for _ in range(8):
                await read(town)
            await change(town, facts=self.day(10), policy={"quota_alert": ["60%", "80%", "90%"]})
            await read(town)
            return dict(town.proxy.upstreams["things"].reports.crossed)

        policy = VENDOR["policy"] | {"quota_alert": ["80%"]}
        crossed = story_of(tmp_path, story, facts=self.day(10), policy=policy)
        assert crossed[("daily", "80%")] == 1
        assert crossed[("daily", "90%")] == 1
