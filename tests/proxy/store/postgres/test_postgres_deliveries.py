"""Tests of tidegate.proxy.store.postgres.postgres_deliveries: two programs drain one outbox."""

import subprocess
import sys
from collections import Counter

import pytest

from tests.postgres_server import shared_server
from tests.proxy.store.delivering import accepted, new
from tests.proxy.store.postgres.conftest import proxy_at
from tests.proxy.store.postgres.delivery.test_delivery_tables import fill
from tests.proxy.store.postgres.test_postgres_migrations import schema_of

DRAIN = """
import asyncio, sys
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.store_choice import store_for
from tidegate.world.world import RealWorld

async def main():
    store = store_for(RealWorld(), sys.argv[1])
    await store.open(1e9)
    deliveries, now = store.deliveries, store.clock.now
    async def deliver(one):
        assert await deliveries.begin_attempt(one, "c", now()) == 1
        print(one.new.id)
        assert await deliveries.settle(one, Settlement("done"), now())
    while leased := await deliveries.claim("outbox", now(), lease_s=600.0):
        await asyncio.gather(*map(deliver, leased))
    await store.close()

asyncio.run(main())
"""


def drained(url: str, count: int) -> list[list[str]]:
    """What each of so many programs has delivered."""
    programs = [
        subprocess.Popen([sys.executable, "-c", DRAIN, url], stdout=subprocess.PIPE, text=True) for _ in range(count)
    ]
    delivered = [program.communicate()[0].split() for program in programs]
    assert [program.returncode for program in programs] == [0] * count
    return delivered


@pytest.mark.slow
@pytest.mark.parametrize("count", [3000])
async def test_two_programs_drain_one_outbox_and_nothing_is_delivered_twice(url: str, count: int) -> None:
    async with proxy_at(url) as store:
        await accepted(store.deliveries, new(0))
    schema = schema_of(url)
    fill(schema, count - 1, new(0), first=1)
    shared_server().execute(
        f"INSERT INTO {schema}.delivery_bodies SELECT seq, '', '' FROM {schema}.deliveries WHERE id <> 'd0'"
    )
    delivered = drained(url, 2)
    assert Counter(name for names in delivered for name in names) == Counter(f"d{n}" for n in range(count))
    assert min(map(len, delivered)) > count // 10, "both had a share"
