"""Proxies that renew, die and start again as chance has it: at no moment does the vendor see a token that ends a chain.

Time is virtual, so that hundreds of refreshes and dozens of deaths take a moment.
"""

import asyncio
import random
from pathlib import Path
from typing import Any

import pytest

from tidegate.chaos.world.disk import Disk
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.credentials.token_chain import ChainToken
from tidegate.proxy.credentials.token_renewal import Chain, TokenRenewal
from tidegate.proxy.policies.credentials.token_answer import NoGrant, TokenGrant
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore
from tidegate.redaction.secret import Secret
from tidegate.testing import run

LIFE_S, GRACE_S = 60.0, 120.0
PROXIES, LIVES = 4, 12


class StrictVendor:
    """Its refresh tokens work once and, for GRACE_S, once more. Anything else ends the account for good."""

    def __init__(self, world: VirtualWorld, rng: random.Random) -> None:
        self._world, self._rng = world, rng
        self.good, self.used = "r0", dict[str, float]()
        self.issued: dict[str, float] = {}
        self.count = self.at_once = self.most_at_once = 0
        self.ended = ""

    async def ask(self, refresh: Secret | None = None) -> TokenGrant | NoGrant:
        assert refresh is not None
        token = refresh.reveal()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            await self._world.sleep(self._rng.uniform(0.05, 2.0))
            if self._rng.random() < 0.1:
                return NoGrant("transient", "status 503")
            now = self._world.now()
            if token != self.good and now - self.used.get(token, float("-inf")) > GRACE_S:
                self.ended = self.ended or f"{token} at {now:.1f} s"
                return NoGrant("invalid-grant", "invalid_grant")
            self.used.setdefault(token, now)
            self.count += 1
            self.good, access = f"r{self.count}", f"a{self.count}"
            self.issued[access] = now + LIFE_S
            await self._world.sleep(self._rng.uniform(0.0, 0.5))  # the answer is on its way
            return TokenGrant(access, LIFE_S, self.good)
        finally:
            self.at_once -= 1

    async def close(self) -> None:
        """It has no connections."""


async def life(shared: Any, name: str, rng: random.Random, used: list[str]) -> None:
    """One life of a proxy, which ends at any await."""
    world, vendor, store = shared
    machine = world.machine(name)
    chain = Chain("things x", Secret("r0"), GRACE_S)
    renewal = TokenRenewal(machine, chain, vendor, store.tokens, store.clock.now)
    held = 0
    while True:
        found = await renewal.renewed(held)
        if isinstance(found, ChainToken):
            held = found.version
            used.append(found.access)
            assert vendor.issued[found.access] > world.now(), "an expired token was handed on"
            stored = await store.tokens.read("things x")
            assert stored.version >= found.version, "a token was handed on that was not stored"
        await world.sleep(rng.uniform(0.5, 40.0))


@pytest.mark.parametrize("seed", range(6))
def test_no_account_is_lost_and_one_proxy_asks_at_a_time(seed: int, tmp_path: Path) -> None:
    del tmp_path
    rng = random.Random(seed)

    async def main() -> tuple[StrictVendor, list[str]]:
        world = VirtualWorld(seed, disk=Disk(commit_s=0.002))
        vendor, used = StrictVendor(world, rng), list[str]()
        store = SqliteStore(world.machine("store"), "store.db")
        await store.open(world.wall())

        async def slot(number: int) -> None:
            for life_number in range(LIVES):
                name = f"p{number}-{life_number}"
                task = asyncio.ensure_future(life((world, vendor, store), name, rng, used))
                done, _ = await asyncio.wait({task}, timeout=rng.uniform(1.0, 150.0))
                assert not done, task.exception() if done else ""
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)

        await asyncio.gather(*(slot(number) for number in range(PROXIES)))
        await store.close()
        return vendor, used

    vendor, used = run(main)
    assert vendor.ended == ""
    assert vendor.most_at_once == 1
    assert vendor.count >= 20
    assert len(used) > vendor.count, "others took what one got"
