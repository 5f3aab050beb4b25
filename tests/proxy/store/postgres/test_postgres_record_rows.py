"""Tests of tidegate.proxy.store.postgres.postgres_record_rows: one and many in a statement say the same."""

from collections.abc import Sequence

import psycopg
import pytest

from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import proxy_at
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.postgres.postgres_record_rows import CallEnd, RecordRow, inserted, row_of, settled
from tidegate.proxy.store.postgres.postgres_store import PostgresStore
from tidegate.proxy.store.records import KeyedCall, settled_answer

BODY = bytes(range(256)) * 4
HEADERS = [(b"X", bytes(range(128, 256)) + b'\\"{},')]
OUTCOMES = [Outcome.DONE, Outcome.APPLIED_BUT_FAILED, Outcome.UNKNOWN, Outcome.DONE]


def rows(boot: int) -> list[RecordRow]:
    odd = 'a"b{,}\\c NULL'
    calls = [
        KeyedCall("shop", "v", "Post", f"{odd} {n}", odd, "f", f"c{n}", 20.0, 60.0, float("inf") if n else 0.0)
        for n in range(4)
    ]
    return [row_of(call, at(1.0), boot) for call in calls]


def ends() -> list[tuple[str, CallEnd]]:
    return [
        (
            f"c{n}",
            CallEnd(outcome, settled_answer(200 + n, HEADERS, BODY, whole=n != 3), at(2.0), f"d{n}", settled=False),
        )
        for n, outcome in enumerate(OUTCOMES)
    ]


async def written(store: PostgresStore, groups: int, url: str) -> list[tuple[object, ...]]:
    size = 4 // groups

    async def work(connection: Connection, *, again: bool) -> None:
        for place in range(0, 4, size):
            group = rows(1)[place : place + size]
            assert await inserted(connection, group) == {row.call_id for row in group}
            assert await inserted(connection, group) == frozenset(), "each has a record"
        for place in range(0, 4, size):
            over: Sequence[tuple[str, CallEnd]] = ends()[place : place + size]
            assert await settled(connection, over) == {call_id for call_id, _ in over}
            assert await settled(connection, over) == frozenset(), "none of them runs"

    await store._connections.run(work)
    with psycopg.connect(url) as connection:
        query = """SELECT key, vendor_key, state, call_id, began_wall, ended_wall, lease_until, status, headers, body,
            keep_until, resend_until, boot, body_kept, keep_s, digest, resumed FROM records ORDER BY call_id"""
        return connection.execute(query).fetchall()


@pytest.mark.parametrize("groups", [1, 2])
async def test_many_in_a_statement_are_as_one_in_a_statement(url: str, groups: int) -> None:
    async with proxy_at(url) as store:
        together = await written(store, groups, url)
    other = url + "_alone"
    async with proxy_at(other) as store:
        alone = await written(store, 4, other)
    assert together == alone
    assert [row[2] for row in alone] == ["done", "failed", "unknown", "done"]
    assert [row[9] for row in alone] == [BODY, BODY, b"", b""]
    assert [row[13] for row in alone] == [True, True, True, False]
    assert [row[11] for row in alone] == [1.0, float("inf"), float("inf"), float("inf")]


async def test_of_two_with_one_key_in_a_statement_one_is_written(url: str) -> None:
    async with proxy_at(url) as store:
        first = rows(1)[0]

        async def work(connection: Connection, *, again: bool) -> frozenset[str]:
            return await inserted(connection, [first, first._replace(call_id="c9"), rows(1)[1]])

        assert len(await store._connections.run(work)) == 2
