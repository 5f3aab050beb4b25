"""Tests of tidegate.proxy.store.postgres.delivery.delivery_tables: what a state means, and no table read as a whole."""

import re

from psycopg.rows import dict_row

from tests.postgres_server import shared_server
from tests.proxy.store.delivering import accepted, new
from tests.proxy.store.postgres.test_postgres_migrations import schema_of
from tidegate.proxy.policies.delivery.delivery import DUE, FOLLOWS, LIVE, NewDelivery
from tidegate.proxy.store.postgres.delivery import (
    delivery_claim,
    delivery_order,
    delivery_overdue,
    delivery_pages,
    delivery_settle,
)
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.postgres.postgres_store import PostgresStore

MANY = 20_000
_COPIED = ("id", "key", "seq", "live", "due", "unsent", "leased", "holds", "rank")


async def test_what_a_state_means_is_computed_as_the_policy_says(store: PostgresStore, url: str) -> None:
    await accepted(store.deliveries, *(new(number) for number in range(len(FOLLOWS))))
    schema = schema_of(url)
    server = shared_server()
    for number, state in enumerate(FOLLOWS):
        server.execute(f"UPDATE {schema}.deliveries SET state = '{state}' WHERE id = 'd{number}'")
    for column, expected in (("live", set(LIVE)), ("due", set(DUE)), ("leased", {"leased", "sending"})):
        rows = server.execute(f"SELECT state FROM {schema}.deliveries WHERE {column}")
        assert {row[0] for row in rows} == expected


def fill(schema: str, count: int, like: NewDelivery, *, first: int) -> None:
    """Copy an accepted delivery very often."""
    server = shared_server()
    names = server.execute(
        f"SELECT column_name FROM information_schema.columns WHERE table_schema = '{schema}' "
        "AND table_name = 'deliveries'"
    )
    copied = ", ".join(str(name) for (name,) in names if name not in _COPIED)
    server.execute(
        f"INSERT INTO {schema}.deliveries (id, key, {copied}) SELECT 'd' || n, 'k' || n, {copied} "
        f"FROM generate_series({first}, {first + count - 1}) n, {schema}.deliveries WHERE id = '{like.id}'"
    )


QUERIES = {
    "candidates": delivery_claim._CANDIDATES,
    "first of a key": delivery_order._FIRST,
    "let go": delivery_order._LET_GO,
    "leases": delivery_overdue._LEASES,
    "expire": delivery_overdue._EXPIRE,
    "ripen": delivery_overdue._RIPEN,
    "newest": delivery_pages._NEWEST,
    "next": delivery_pages._NEXT,
    "sweep": delivery_pages._SWEEP,
    "begin": delivery_settle._BEGIN,
    "ours": delivery_settle._OURS,
    "settle": delivery_settle._SETTLE,
    "extend": delivery_settle._EXTEND,
    "begin all": delivery_settle._BEGIN_ALL,
    "ours of all": delivery_settle._OURS_ALL,
    "settle all": delivery_settle._SETTLE_ALL,
}
VALUES = {
    "box": "outbox",
    "limit": 16,
    "vendors": None,
    "apps": None,
    "age": 1.0,
    "wall": 1.0,
    "dead_s": 1.0,
    "most": 3,
    "ripen": 500,
    "app": "",
    "vendor": "",
    "states": ["dead"],
    "dead_reason": None,
    "before": 2**62,
    "slice": 500,
    "id": "d1",
    "token": 0,
    "call_id": "c",
    "kept": 100,
    "state": "done",
    "counts": True,
    "not_before": 0.0,
    "detail": "",
    "status": 0,
    "reference": "",
    "keep_until": 0.0,
    "seq": 1,
    "resting": "done",
}
FIELDS = {*delivery_settle._BEGUN_FIELDS, *delivery_settle._SETTLED_FIELDS}
MANY_VALUES = {
    **{name: [VALUES.get(name, "")] * 64 for name in FIELDS},
    "is_answered": [True] * 64, "answer_headers": [b""] * 64, "answer_body": [b""] * 64, "kept": 100,
}  # fmt: skip


async def test_nothing_that_is_done_reads_a_whole_table(store: PostgresStore, url: str) -> None:
    schema = schema_of(url)
    await accepted(store.deliveries, new(0, app="rare"), new(1, order_key="o"))
    fill(schema, MANY, new(0), first=2)
    fill(schema, 2 * MANY, new(1), first=2 + MANY)
    shared_server().execute(f"UPDATE {schema}.deliveries SET blocked = true WHERE order_key <> '' AND id <> 'd1'")
    shared_server().execute(f"ANALYZE {schema}.deliveries")

    async def plans(connection: Connection, *, again: bool) -> dict[str, str]:
        del again
        found = {}
        for name, query in QUERIES.items():
            places = query.count("%s")
            values = {
                "first of a key": ("outbox", "shop", "stripe", "o"), "let go": ("outbox", "shop", "stripe", "o", 1),
                "sweep": (1.0, 500), "ours": ("d1", 0), "extend": (1.0, 1, ["d1"], [0]),
                "ours of all": ([f"d{n}" for n in range(64)], [0] * 64),
            }.get(name)  # fmt: skip
            assert (values is not None) == bool(places), name
            async with connection.transaction(force_rollback=True), connection.cursor(row_factory=dict_row) as cursor:
                given = MANY_VALUES if name.endswith(" all") else VALUES
                await cursor.execute("EXPLAIN " + query, values if values is not None else given)
                found[name] = "\n".join(row["QUERY PLAN"] for row in await cursor.fetchall())
        return found

    for name, plan in (await store._connections.run(plans)).items():
        assert not re.search(r"Seq Scan on deliveries", plan), f"{name}: {plan}"
        if name not in ("extend", "next"):
            assert "Index" in plan, f"{name}: {plan}"
