"""Tests of tidegate.proxy.store.postgres.delivery.delivery_rows."""

from tests.proxy.store.delivering import FIRST, accepted
from tidegate.proxy.store.postgres.delivery.delivery_rows import PLAIN, row_of, rows_of
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.postgres.postgres_store import PostgresStore


async def test_a_row_is_had_by_the_names_of_its_columns_and_a_plain_one_has_no_body(store: PostgresStore) -> None:
    await accepted(store.deliveries, FIRST)

    async def work(connection: Connection, *, again: bool) -> tuple[object, ...]:
        del again
        row = await row_of(connection, PLAIN + "WHERE d.id = %s", ("d0",))
        assert row is not None
        missing = await row_of(connection, PLAIN + "WHERE d.id = %(id)s", {"id": "none"})
        return row["key"], row["body"], missing, len(await rows_of(connection, PLAIN))

    assert await store._connections.run(work) == ("k0", b"", None, 1)
