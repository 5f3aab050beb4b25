"""Tests of tidegate.proxy.store.postgres.postgres_connections: bounds, and servers that are ill."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import psycopg
import pytest

from tests.postgres_server import shared_server
from tests.proxy.store.delivering import accepted, new
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import CutWire, proxy_at
from tests.proxy.store.postgres.test_postgres_migrations import schema_of
from tidegate.proxy.policies.resilience.idempotency_record import Begin
from tidegate.proxy.store.audit.audit_chain import AuditEntry
from tidegate.proxy.store.postgres import postgres_connections as module
from tidegate.proxy.store.postgres.postgres_connections import CONNECTIONS_MAX, OPERATION_S, Connection
from tidegate.proxy.store.records import KeyedCall
from tidegate.proxy.store.store_error import StoreError

CALL = KeyedCall("shop", "stripe", "PostRefunds", "k", "vk", "f", "c1", 20.0, 3600.0, 86400.0)


@pytest.fixture
async def wire() -> AsyncIterator[CutWire]:
    async with CutWire(shared_server().port).relaying() as wire:
        yield wire


async def test_a_server_that_falls_silent_is_given_up_in_time(
    url: str, wire: CutWire, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with proxy_at(shared_server().url(schema_of(url), port=wire.port)) as store:
        monkeypatch.setattr(module, "OPERATION_S", 0.1)
        wire.silent = True
        with pytest.raises(StoreError, match="it does not answer") as why:
            await store.records.begin(CALL, at())
        assert (why.value.trouble, why.value.unsure, store.health.errors["away"]) == ("away", True, 1)
        with pytest.raises(StoreError, match="it does not answer"):
            await store.keep_clock(probing=True)
        wire.silent = False
        wire.cut()
        monkeypatch.setattr(module, "OPERATION_S", OPERATION_S)
        await store.keep_clock(probing=True)
        assert store.health.trouble == ""
        assert await store.records.begin(CALL, at()) == Begin()


async def test_a_row_that_somebody_holds_is_not_waited_for_for_long(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SETTINGS", module._SETTINGS.replace("'3000'", "'50'"))
    async with proxy_at(url) as store:
        await store.records.begin(CALL, at())
        async with await psycopg.AsyncConnection.connect(url) as somebody:
            await somebody.execute("SELECT * FROM records FOR UPDATE")
            with pytest.raises(StoreError, match="lock timeout") as why:
                await store.records.begin(CALL, at())
        assert (why.value.trouble, why.value.unsure) == ("locked", False)


async def test_a_role_that_may_have_no_more_connections_is_told_so(url: str) -> None:
    server = shared_server()
    server.execute("DROP ROLE IF EXISTS crowded")
    server.execute("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0")
    with pytest.raises(StoreError, match="too many connections for role") as why:
        async with proxy_at(server.url(schema_of(url), user="crowded")):
            pass
    assert why.value.trouble == "away"


async def test_a_server_that_takes_no_writes_is_told_so(url: str) -> None:
    server = shared_server()
    server.execute("DROP ROLE IF EXISTS reader")
    server.execute("CREATE ROLE reader LOGIN")
    server.execute("ALTER ROLE reader SET default_transaction_read_only = on")
    with pytest.raises(StoreError, match="session is read-only") as why:
        async with proxy_at(server.url(schema_of(url), user="reader")):
            pass
    assert why.value.trouble == "read-only"


async def test_a_server_that_begins_to_refuse_writes_is_left_for_one_that_takes_them(url: str) -> None:
    async with proxy_at(url) as store:

        async def refuse(connection: Connection, *, again: bool) -> None:
            await connection.execute("SET default_transaction_read_only = on")

        for _ in range(CONNECTIONS_MAX):
            await store._connections.run(refuse)
        with pytest.raises(StoreError, match="read-only transaction") as why:
            await store.records.begin(CALL, at())
        assert why.value.trouble == "read-only"
        await store.keep_clock(probing=True)
        assert await store.records.begin(CALL, at()) == Begin()


async def test_a_proxy_has_so_many_connections_and_no_more(url: str) -> None:
    server, peaks = shared_server(), []

    async def slow(connection: Connection, *, again: bool) -> None:
        await connection.execute("SELECT pg_sleep(0.02)")
        rows = server.execute("SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(0.02)%'")
        peaks.append(len(rows))

    async with proxy_at(url) as store:
        await asyncio.gather(*(store._connections.run(slow) for _ in range(3 * CONNECTIONS_MAX)))
        assert store._connections._pool is not None
        assert store._connections._pool.get_stats()["pool_size"] <= CONNECTIONS_MAX
    assert len(peaks) == 3 * CONNECTIONS_MAX


async def test_a_commit_is_on_the_servers_disk_whatever_the_server_thinks_is_enough(url: str) -> None:
    server = shared_server()
    server.execute("DROP ROLE IF EXISTS hasty")
    server.execute("CREATE ROLE hasty LOGIN SUPERUSER")
    server.execute("ALTER ROLE hasty SET synchronous_commit = off")
    async with proxy_at(server.url(schema_of(url), user="hasty")) as store:

        async def shown(connection: Connection, *, again: bool) -> object:
            return await (await connection.execute("SHOW synchronous_commit")).fetchone()

        assert await store._connections.run(shown) == ("on",)


async def test_what_the_server_thinks_of_letters_and_of_transactions_at_once_is_no_matter(url: str) -> None:
    server = shared_server()
    server.execute("DROP DATABASE IF EXISTS strict")
    server.execute("CREATE DATABASE strict ENCODING 'SQL_ASCII' TEMPLATE template0")
    server.execute("ALTER DATABASE strict SET default_transaction_isolation = 'repeatable read'")
    entry = AuditEntry("delivery.replay", "Zoë 😀", 1.0)
    async with proxy_at(server.url(schema_of(url), database="strict") + "&client_encoding=latin1") as store:
        appended = await asyncio.gather(*(store.audit.append([entry], at()) for _ in range(20)))
        assert sorted(row.n for [row] in appended) == list(range(1, 21))
        assert await store.records.begin(replace(CALL, key="clé 😀"), at()) == Begin()
        assert await store.audit.rows() == [row for _, row in sorted((row.n, row) for [row] in appended)]


async def test_a_store_whose_role_has_all_its_connections_is_found_well_again(url: str) -> None:
    server = shared_server()
    server.execute("DROP ROLE IF EXISTS modest")
    server.execute("CREATE ROLE modest LOGIN SUPERUSER")
    async with proxy_at(server.url(schema_of(url), user="modest")) as store:
        store.deliveries.wake = lambda box: None  # listens on a connection of its own
        await store.deliveries.hints.listens.wait()
        server.execute("ALTER ROLE modest NOSUPERUSER CONNECTION LIMIT 1")
        server.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA {schema_of(url)} TO modest")
        store.health.failed(StoreError("locked for a moment", "locked"))
        await store.keep_clock(probing=True)
        assert store.health.trouble == ""


async def test_a_transaction_that_the_server_ends_for_its_length_is_asked_for_again(url: str) -> None:
    if not shared_server().execute("SELECT 1 FROM pg_settings WHERE name = 'transaction_timeout'"):
        pytest.skip("the server ends no long transactions (before 17)")
    asked: list[bool] = []
    async with proxy_at(url) as store:

        async def long(connection: Connection, *, again: bool) -> None:
            asked.append(again)
            if not again:
                await connection.execute("SET transaction_timeout = '20ms'")
                await connection.execute("SELECT pg_sleep(5)")

        await store._connections.run(long)
    assert asked == [False, True]


async def test_tables_that_a_newer_proxy_changes_are_read_on_with_new_statements(url: str) -> None:
    async with proxy_at(url) as store:
        await accepted(store.deliveries, new(0))
        for _ in range(6 * CONNECTIONS_MAX):  # each connection prepares what it is asked for again and again
            await asyncio.gather(*(store.deliveries.attempts("d0") for _ in range(CONNECTIONS_MAX)))
        shared_server().execute(f"ALTER TABLE {schema_of(url)}.delivery_attempts ADD COLUMN more text")
        await asyncio.gather(*(store.deliveries.attempts("d0") for _ in range(CONNECTIONS_MAX)))
        assert store.health.trouble == ""
