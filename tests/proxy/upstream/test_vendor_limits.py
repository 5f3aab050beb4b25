"""Which calls share which count, and calendar quotas that outlive the process."""

import asyncio
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.proxy.town import VENDOR, Answer, Step, Town, both, play
from tidegate.chaos.world.virtual_world import WALL_BASE
from tidegate.proxy.upstream.vendor_limits import VendorLimits

OK: Step = (200, {}, b"{}")


def facts(**more: Any) -> dict[str, Any]:
    return {**VENDOR["facts"], **more}


async def read(town: Town, path: str = "/things/things/1") -> Answer:
    return await town.ask("GET", path, headers={"Tidegate-Timeout": "1s"})


def test_an_operation_counts_under_every_limit_that_means_it(tmp_path: Path) -> None:
    limits = [
        {"name": "account", "rate": "9/s"},
        {"name": "each", "rate": "9/s", "scope": "operation"},
        {"name": "lists", "rate": "9/s", "scope": "operations", "of": ["GetThings"]},
    ]

    async def story(town: Town) -> list[tuple[str, ...]]:
        upstream = town.proxy.upstreams["things"]
        plans = town.proxy.gateway._routes["things"].plans
        lanes = [upstream.limits.lane(plans[name]) for name in ("GetThing", "GetThings")]
        assert lanes[0] is not None
        assert lanes[1] is not None
        assert lanes[0].gate.limits.gauges[0] is lanes[1].gate.limits.gauges[0]
        assert lanes[0].plain
        return [lane.names for lane in lanes if lane is not None]

    assert play(tmp_path, [OK], story, facts=facts(limits=limits)) == [
        ("account", "each GetThing"),
        ("account", "each GetThings", "lists"),
    ]


def test_a_vendor_without_limits_has_no_lane(tmp_path: Path) -> None:
    async def story(town: Town) -> int:
        await both(*(read(town) for _ in range(50)))
        return len(town.proxy.upstreams["things"].limits.gauges)

    assert play(tmp_path, [OK], story, facts=facts(limits=[])) == 0


class TestQuota:
    """A calendar day or month."""

    DAY: ClassVar = [{"name": "daily", "count": 10, "per": "day"}]

    def test_it_is_kept_and_begins_anew_at_midnight(self, tmp_path: Path) -> None:
        async def story(town: Town) -> list[int]:
            first = [(await read(town)).status for _ in range(12)]
            await town.world.sleep(86_400.0 - town.world.wall() % 86_400.0 + 2.0)
            return [*first, (await read(town)).status]

        assert play(tmp_path, [OK], story, facts=facts(quotas=self.DAY)) == [200] * 10 + [429] * 2 + [200]
        assert WALL_BASE % 86_400.0 == 0

    def test_each_share_that_is_reached_is_told_once(self, tmp_path: Path) -> None:
        async def story(town: Town) -> tuple[list[Any], dict[tuple[str, str], int]]:
            for _ in range(10):
                await read(town)
            told = [(line["limit"], line["share"]) for line in town.log() if line.get("note") == "quota"]
            return told, dict(town.proxy.upstreams["things"].reports.crossed)

        policy = VENDOR["policy"] | {"quota_alert": ["95%", "80%"]}
        told, crossed = play(tmp_path, [OK], story, facts=facts(quotas=self.DAY), policy=policy)
        assert told == [("daily", 0.8), ("daily", 0.95)]
        assert crossed == {("daily", "80%"): 1, ("daily", "95%"): 1}

    def test_a_restart_forgets_nothing_and_a_crash_forgets_to_our_disadvantage_only(self, tmp_path: Path) -> None:
        async def story(town: Town) -> tuple[int, int]:
            async def used_after(crash: bool) -> int:
                if crash:
                    town.crash()
                else:
                    await town.machine.run(town.proxy.close())
                await town.restart()
                return int(town.proxy.upstreams["things"].limits.quotas["daily"].window.taken(town.world.now())[1])

            for _ in range(3):
                await read(town)
            await town.world.sleep(1.0)
            restarted = await used_after(crash=False)
            for _ in range(3):
                await read(town)
            await town.world.sleep(1.0)
            return restarted, await used_after(crash=True)

        restarted, crashed = play(tmp_path, [OK], story, facts=facts(quotas=self.DAY))
        assert restarted == 3
        assert 6 <= crashed <= 7

    @pytest.mark.parametrize("days", [-2, 2], ids=["two days slow", "two days fast"])
    def test_a_wall_clock_that_is_wrong_for_one_life_does_not_hand_it_out_again(
        self, tmp_path: Path, days: int
    ) -> None:
        async def story(town: Town) -> tuple[float, float, float]:
            async def life(skew_s: float) -> VendorLimits:
                """The limits of a proxy that starts now, with this clock."""
                served = town.proxy.upstreams["things"]
                town.machine.skew_s = skew_s
                limits = VendorLimits(town.machine, served.limits.vendor, served.reports)
                limits.lane(town.proxy.gateway._routes["things"].plans["GetThing"])
                await limits.open(town.proxy.parts.store.quotas)
                return limits

            def taken(limits: VendorLimits) -> float:
                return limits.quotas["daily"].window.taken(town.world.now())[1]

            for _ in range(7):
                await read(town)
            await town.world.sleep(1.0)
            wrong = await life(days * 86_400.0)
            seen, now = taken(wrong), town.world.now()
            wrong.quotas["daily"].window.charge(now)
            wrong.used(wrong.quotas["daily"], now)
            await town.world.sleep(1.0)
            wrong.clock.observe(now, now, WALL_BASE + now)  # the vendor's Date, which is right
            return seen, taken(wrong), taken(await life(0.0))

        seen, corrected, later = play(tmp_path, [OK], story, facts=facts(quotas=self.DAY))
        assert seen >= 7 if days < 0 else seen == 0, "a later day may have come; an earlier one may not"
        assert corrected >= 7, "once the vendor has told its time"
        assert later >= 7, "what was saved under the wrong day is beside the right one"

    def test_a_use_that_could_not_be_written_is_written_with_the_next(self, tmp_path: Path) -> None:
        async def story(town: Town) -> tuple[int, float]:
            connection: Any = town.proxy.parts.store._of._of._writer._connection  # type: ignore[attr-defined]  # a peek behind it
            connection.execute("PRAGMA query_only=1")
            first = (await read(town)).status
            await town.world.sleep(1.0)
            connection.execute("PRAGMA query_only=0")
            await read(town)
            await town.world.sleep(1.0)
            [use] = (await town.proxy.parts.store.quotas.load("things"))["daily"]
            return first, use.used

        assert play(tmp_path, [OK], story, facts=facts(quotas=self.DAY)) == (200, 3.0)


def test_a_limit_that_is_short_does_not_hold_up_calls_that_do_not_need_it(tmp_path: Path) -> None:
    limits = [
        {"name": "account", "rate": "50/s", "burst": 10},
        {"name": "lists", "rate": "1/s", "scope": "operations", "of": ["GetThings"]},
    ]

    async def story(town: Town) -> float:
        tasks = [asyncio.ensure_future(town.ask("GET", "/things/things")) for _ in range(4)]
        await town.world.sleep(0.5)
        began = town.world.now()
        await both(*(read(town) for _ in range(10)))
        took_s = town.world.now() - began
        await asyncio.gather(*tasks)
        return took_s

    assert play(tmp_path, [OK], story, facts=facts(limits=limits)) < 0.3
