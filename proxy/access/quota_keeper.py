"""Keeps what apps have used of their day over restarts, and adds up what several proxies on one store let through.

In the background, every few seconds: a crash forgets so long at most, and proxies know of each other so late. It knows
nothing of how a call is refused (tidegate.proxy.policies.limits.app_quota).
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping

from tidegate.proxy.access.app_rules import AppRule
from tidegate.proxy.policies.limits.app_quota import AppQuota
from tidegate.proxy.store.quotas import Quotas
from tidegate.proxy.store.store_error import StoreError
from tidegate.world.world import World

EVERY_S = 10.0
NAME = "calls a day"


class QuotaKeeper:
    """See the module. `rules` are those in force: app → its rules."""

    def __init__(self, world: World, quotas: Quotas, rules: Callable[[], Mapping[str, AppRule]]) -> None:
        self._world, self._quotas, self._rules = world, quotas, rules
        self._begun: dict[tuple[str, int], int] = {}
        """App and day → what the store had when this proxy first looked: it writes that and its own."""
        self._written: dict[tuple[str, int], int] = {}
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Go on from what was used before, and keep it from now on. Raises StoreError."""
        await self.keep()
        self.begin()

    def begin(self) -> None:
        """Keep on in the background, where any app has a day's quota. To be called after each change of the rules."""
        if self._task is None and any(True for _ in self._daily()):
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        """Write down the last of it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            try:
                await self.keep()
            except StoreError:
                return  # it is away, and the count begins where it was last written

    async def keep(self) -> None:
        """Once: write what was used, and learn what others used. Raises StoreError."""
        today = int(self._world.wall() // 86_400)
        for app, quota in self._daily():
            quota.begin_day(today)
            await self._keep(app, quota)
        for days in (self._begun, self._written):
            for past in [key for key in days if key[1] < today]:
                del days[past]

    async def _keep(self, app: str, quota: AppQuota) -> None:
        scope, day = f"app:{app}", quota.day_number
        key = (app, day)
        if key not in self._begun:
            self._begun[key] = self._written[key] = await self._stored(scope, day)
        used = self._begun[key] + quota.taken
        if used != self._written[key]:
            await self._quotas.save(scope, NAME, day, float(used))
            self._written[key] = used
        quota.go_on(day, await self._stored(scope, day))

    async def _stored(self, scope: str, day: int) -> int:
        uses = (await self._quotas.load(scope)).get(NAME, ())
        return int(next((use.used for use in uses if use.period == day), 0.0))

    async def _run(self) -> None:
        while True:
            await self._world.sleep(EVERY_S)
            try:
                await self.keep()
            except StoreError:
                continue  # its keeper tells of it

    def _daily(self) -> Iterator[tuple[str, AppQuota]]:
        for app, rule in self._rules().items():
            if rule.quota is not None and rule.quota.day is not None:
                yield app, rule.quota
