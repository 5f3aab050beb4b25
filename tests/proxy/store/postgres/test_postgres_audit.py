"""Tests of tidegate.proxy.store.postgres.postgres_audit: several proxies, one chain; the server refuses changes."""

import asyncio
import json
from contextlib import AsyncExitStack

import psycopg
import pytest

from tests.postgres_server import shared_server
from tests.proxy.store.audit.test_audit_log import walked
from tests.proxy.store.places import NOW, at
from tests.proxy.store.postgres.conftest import proxy_at
from tests.proxy.store.postgres.test_postgres_migrations import schema_of
from tidegate.proxy.store.audit.audit_chain import AuditEntry
from tidegate.proxy.store.postgres.postgres_migrations import STEPS


def entry(who: str) -> AuditEntry:
    return AuditEntry("breaker.forced", who, NOW)


async def test_several_proxies_that_append_at_once_make_one_chain(url: str) -> None:
    async with AsyncExitStack() as lives:
        stores = [await lives.enter_async_context(proxy_at(url)) for _ in range(3)]
        assert len({store.audit.key for store in stores}) == 1
        await asyncio.gather(
            *(store.audit.append([entry("a"), entry("b")], at()) for store in stores for _ in range(10))
        )
        assert (await walked(stores[0].audit)).rows == 60


@pytest.mark.parametrize("sql", ["UPDATE {}.audit_rows SET what = 'x'", "DELETE FROM {}.audit_rows WHERE n = 1"])
async def test_a_row_is_neither_changed_nor_deleted(url: str, sql: str) -> None:
    async with proxy_at(url) as store:
        await store.audit.append([entry("ada")], at())
        with pytest.raises(psycopg.errors.RaiseException, match="append-only"):
            shared_server().execute(f"SET search_path TO {schema_of(url)}; {sql.format(schema_of(url))}")


async def test_what_an_earlier_tidegate_recorded_of_deliveries_is_the_beginning_of_the_chain(url: str) -> None:
    schema = schema_of(url)
    line = {"wall": NOW, "by": "änn", "action": "redo", "note": "n", "was": "dead", "is": "queued", "edited": False,
            "key": "k2", "former_key": "k1"}  # fmt: skip
    second = f"CREATE SCHEMA IF NOT EXISTS {schema}; SET search_path TO {schema}; {STEPS[0]} {STEPS[1]}"
    shared_server().execute(
        f"{second} CREATE TABLE store_version (version integer NOT NULL); INSERT INTO store_version VALUES (2); "
        "INSERT INTO delivery_audit (delivery_id, mark, keep_until, line) "
        f"VALUES ('d1', '1-1', 500, '{json.dumps(line)}')"
    )
    async with proxy_at(url) as store:
        assert [json.loads(one) for one in await store.deliveries.audit("d1")] == [line]
        await store.audit.append([entry("ada")], at())
        assert (await walked(store.audit)).rows == 2
        assert await store.audit.sweep(at(501.0)) == 1


async def test_an_append_whose_answer_was_lost_is_not_done_twice(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with proxy_at(url) as store:
        run = store._connections.run

        async def twice(work: object, **options: object) -> object:
            async def again(connection: object, *, again: bool) -> object:
                del again
                await work(connection, again=False)  # type: ignore[operator]  # the work of an append
                return await work(connection, again=True)  # type: ignore[operator]  # as above

            return await run(again, **options)  # type: ignore[arg-type]  # as above

        monkeypatch.setattr(store._connections, "run", twice)
        rows = await store.audit.append([entry("ada"), entry("bob")], at())
        monkeypatch.undo()
        assert [row.n for row in rows] == [1, 2]
        assert (await walked(store.audit)).rows == 2
