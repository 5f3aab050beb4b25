"""Tests of tidegate.proxy.store.postgres.postgres_migrations."""

import asyncio
from contextlib import AsyncExitStack
from urllib.parse import quote, unquote

import psycopg
import pytest

from tests.postgres_server import shared_server
from tests.proxy.store.delivering import accepted, claimed, new
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import proxy_at
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.postgres.postgres_migrations import VERSION
from tidegate.proxy.store.store_error import StoreError


def schema_of(url: str) -> str:
    return unquote(url).partition("search_path=")[2]


async def test_eight_proxies_that_start_at_once_make_one_schema(url: str) -> None:
    async with AsyncExitStack() as lives:
        stores = await asyncio.gather(*(lives.enter_async_context(proxy_at(url)) for _ in range(8)))
        assert len({store._boots.boot for store in stores}) == 8
    assert shared_server().execute(f"SELECT version FROM {schema_of(url)}.store_version") == [(VERSION,)]


async def test_a_store_of_a_newer_version_is_refused_and_stays_as_it_is(url: str) -> None:
    async with proxy_at(url):
        pass
    shared_server().execute(f"UPDATE {schema_of(url)}.store_version SET version = {VERSION + 1}")
    with pytest.raises(StoreError, match=f"the store has version {VERSION + 1}, .*a newer one made it"):
        async with proxy_at(url):
            pass
    assert shared_server().execute(f"SELECT version FROM {schema_of(url)}.store_version") == [(VERSION + 1,)]


async def test_a_step_that_fails_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "tidegate.proxy.store.postgres.postgres_migrations"
    with monkeypatch.context() as patch:
        patch.setattr(f"{module}.STEPS", ("CREATE TABLE boots (); SELECT 1 / 0",))
        with pytest.raises(StoreError, match="division by zero"):
            async with proxy_at(url):
                pass
    async with proxy_at(url):
        pass


async def test_an_attempt_that_an_earlier_version_began_counts_from_no_sooner_than_the_change(url: str) -> None:
    schema, server = schema_of(url), shared_server()
    async with proxy_at(url) as store:
        await accepted(store.deliveries, new(0), new(1))
        for one in await claimed(store.deliveries, 0):
            assert await store.deliveries.begin_attempt(one, "c", at()) == 1
            if one.new.id == "d1":
                await store.deliveries.settle(one, Settlement("done"), at(1))
    server.execute(f"ALTER TABLE {schema}.delivery_attempts DROP COLUMN began")
    server.execute(f"UPDATE {schema}.store_version SET version = 6")
    server.execute(f"UPDATE {schema}.store_ages SET least = least + 500, most = most + 500")
    async with proxy_at(url) as store:
        [under_way] = await store.deliveries.attempts("d0")
        [ended] = await store.deliveries.attempts("d1")
        assert (under_way.began >= 500.0, ended.began) == (True, 0.0)


async def test_without_a_search_path_the_tables_are_in_a_schema_of_their_own() -> None:
    server = shared_server()
    server.execute("DROP SCHEMA IF EXISTS tidegate CASCADE")
    async with proxy_at(server.url()):
        pass
    [[schema]] = server.execute(
        "SELECT schemaname FROM pg_tables WHERE tablename = 'records' AND schemaname = 'tidegate'"
    )
    assert schema == "tidegate"
    server.execute("DROP SCHEMA tidegate CASCADE")


async def test_whoever_may_make_no_schema_is_told_so(url: str) -> None:
    server = shared_server()
    server.execute("DROP ROLE IF EXISTS newcomer")
    server.execute("CREATE ROLE newcomer LOGIN")
    with pytest.raises(StoreError, match="permission denied for database postgres") as why:
        async with proxy_at(server.url(schema_of(url), user="newcomer")):
            pass
    assert why.value.trouble == "read-only"


PATHS = {
    "$user, app": "app",
    "PG_Catalog, app": "app",
    "": "tidegate",
    '"$user"': "tidegate",
    '"a,b", app': "a,b",
    "App": "app",
    '"App ""x""", public': 'App "x"',
}
"""A search path → the schema of ours that it leads to, where there is none of the role's name."""


@pytest.mark.parametrize("path", PATHS)
async def test_a_search_path_is_read_as_the_server_reads_it(path: str) -> None:
    server = shared_server()
    server.execute("DROP DATABASE IF EXISTS paths")
    server.execute("CREATE DATABASE paths")
    written = quote("-csearch_path=" + path.replace(" ", "\\ "))
    url = server.url(database="paths") + f"?options={written}"
    for _ in range(2):
        async with proxy_at(url):
            pass
    with psycopg.connect(server.url(database="paths")) as connection:
        found = connection.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'records'").fetchall()
    assert found == [(PATHS[path],)]


async def test_a_database_that_has_not_every_letter_is_refused_before_anything_is_in_it(url: str) -> None:
    server = shared_server()
    server.execute("DROP DATABASE IF EXISTS western")
    server.execute("CREATE DATABASE western ENCODING 'LATIN1' TEMPLATE template0")
    with pytest.raises(StoreError, match="the database's encoding is LATIN1; create one with ENCODING 'UTF8'"):
        async with proxy_at(server.url(schema_of(url), database="western")):
            pass
    with psycopg.connect(server.url(database="western")) as connection:
        assert connection.execute("SELECT count(*) FROM pg_tables WHERE tablename = 'records'").fetchone() == (0,)


async def test_whoever_may_make_no_schema_uses_one_that_is_there_and_its_own(url: str) -> None:
    server, schema = shared_server(), schema_of(url)
    server.execute("DROP ROLE IF EXISTS tenant")
    server.execute("CREATE ROLE tenant LOGIN")
    server.execute(f"CREATE SCHEMA {schema} AUTHORIZATION tenant")
    for _ in range(2):
        async with proxy_at(server.url(schema, user="tenant")) as store:
            await store.keep_clock(probing=True)
