"""What is true of tokens in PostgreSQL alone: several proxies are there at once, and one of them renews."""

import asyncio
from contextlib import AsyncExitStack

from tests.postgres_server import shared_server
from tests.proxy.store.places import NOW, at
from tidegate.proxy.store.postgres.postgres_store import PostgresStore
from tidegate.world.world import RealWorld


async def test_of_many_proxies_that_want_the_lease_at_once_one_has_it() -> None:
    url = shared_server().fresh_url()
    async with AsyncExitStack() as stack:
        stores = [PostgresStore(RealWorld(), url) for _ in range(4)]
        for store in stores:
            stack.push_async_callback(store.close)
            await store.open(NOW)
        wanted = [
            store.tokens.lease("things", f"{number} {holder}", at(), 20.0)
            for number, store in enumerate(stores)
            for holder in range(8)
        ]
        leases = [lease for lease in await asyncio.gather(*wanted) if lease is not None]
        assert len(leases) == 1
