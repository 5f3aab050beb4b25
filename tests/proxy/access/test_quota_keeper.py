"""Tests of tidegate.proxy.access.quota_keeper: a day's quota outlives a restart, and counts over several proxies."""

from pathlib import Path

from tests.proxy.store.places import NOW, sqlite_at
from tests.proxy.town import APPS, Town, by, play
from tidegate.proxy.access.app_rules import AppRule, app_rules
from tidegate.proxy.access.quota_keeper import QuotaKeeper
from tidegate.proxy.app_config import AppSettings
from tidegate.proxy.policies.limits.app_quota import AppQuota
from tidegate.proxy.store.store import Store
from tidegate.world.world import RealWorld

DAY = AppSettings.model_validate_json('{"calls": {"day": 5}}')


class Clock(RealWorld):
    """A world whose wall clock stands still."""

    wall = staticmethod(lambda: NOW)


def keeper(store: Store) -> tuple[QuotaKeeper, AppQuota]:
    rules: dict[str, AppRule] = app_rules({"shop": DAY}, {})
    quota = rules["shop"].quota
    assert quota is not None
    return QuotaKeeper(Clock(), store.quotas, lambda: rules), quota


async def test_what_was_used_outlives_the_process(tmp_path: Path) -> None:
    place = sqlite_at(tmp_path)
    async with place.opened() as store:
        first, quota = keeper(store)
        await first.keep()
        for _ in range(3):
            quota.take(0.0, NOW)
        await first.keep()
    async with place.opened() as store:
        second, quota = keeper(store)
        await second.keep()
        assert quota.left(0.0, NOW) == {"day": 2}
        quota.take(0.0, NOW)
        await second.keep()
        await second.keep()
        assert quota.left(0.0, NOW) == {"day": 1}, "nothing is counted twice"


def test_an_app_that_has_used_its_day_waits_for_the_next_even_over_a_crash(tmp_path: Path) -> None:
    async def story(town: Town) -> list[int]:
        async def ask() -> int:
            return (await town.ask("GET", "/things/things", headers=by("shop"))).status

        statuses = [await ask() for _ in range(6)]
        await town.world.sleep(15.0)
        town.crash()
        await town.restart()
        statuses.append(await ask())
        await town.world.sleep(86_400.0)
        return [*statuses, await ask()]

    played = play(tmp_path, [200], story, config={"tokens": APPS, "apps": {"shop": DAY}})
    assert played == [200] * 5 + [429, 429, 200]
