"""Tests of tidegate.proxy.store.sqlite.sqlite_audit: the file itself refuses changes. The rest is the contract."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.proxy.store.places import NOW, at, sqlite_at
from tidegate.proxy.store.audit.audit_chain import AuditEntry


@pytest.mark.parametrize(
    "sql", ["UPDATE audit_rows SET what = 'x'", "DELETE FROM audit_rows", "DELETE FROM audit_rows WHERE n = 2"]
)
async def test_a_row_is_neither_changed_nor_deleted(tmp_path: Path, sql: str) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        await store.audit.append(
            [AuditEntry("breaker.forced", "ada", NOW), AuditEntry("breaker.forced", "ada", NOW)], at()
        )
    connection = sqlite3.connect(tmp_path / "store.db")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        connection.execute(sql)
    connection.close()


async def test_what_an_earlier_tidegate_recorded_of_deliveries_is_the_beginning_of_the_chain(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened():
        pass
    connection = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    later = (
        "DROP TABLE audit_rows", "DROP TABLE audit_head", "ALTER TABLE records DROP COLUMN credential",
        "ALTER TABLE delivery_attempts DROP COLUMN began",
    )  # fmt: skip
    for statement in (*later, "PRAGMA user_version = 3"):
        connection.execute(statement)
    connection.execute(
        "CREATE TABLE delivery_audit (n INTEGER PRIMARY KEY, delivery_id TEXT, keep_until REAL, line TEXT)"
    )
    line = {"wall": NOW, "by": "ann", "action": "cancel", "note": "", "was": "dead", "is": "cancelled", "edited": False}
    connection.execute("INSERT INTO delivery_audit VALUES (1, 'd1', 500.0, ?)", (json.dumps(line),))
    connection.close()
    async with sqlite_at(tmp_path).opened() as store:
        assert [json.loads(one) for one in await store.deliveries.audit("d1")] == [line]
        assert (await store.audit.head()).n == 1
        assert len(store.audit.key) == 32
        assert await store.audit.sweep(at(501.0)) == 1
