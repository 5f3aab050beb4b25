"""Tests of tidegate.proxy.store.sqlite.sqlite_records: what of a record is a column. The rest is the contract."""

import sqlite3
from dataclasses import fields
from pathlib import Path

from tests.proxy.store.places import NOW, at, sqlite_at
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.resilience.idempotency_record import IdempotencyRecord
from tidegate.proxy.store.records import UNKNOWN_KEPT_S, KeyedCall

CALL = KeyedCall("shop", "stripe", "PostRefunds", "k", "vk", "f", "c1", 20.0, 3600.0, 86400.0)


async def row_of(folder: Path) -> dict[str, object]:
    with sqlite3.connect(folder / "store.db") as connection:
        connection.row_factory = sqlite3.Row
        row = dict(connection.execute("SELECT * FROM records").fetchone())
    connection.close()
    return row


async def test_a_record_that_runs_has_every_column(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        await store.records.begin(CALL, at())
    row = await row_of(tmp_path)
    assert {field.name for field in fields(IdempotencyRecord)} <= row.keys()
    assert row == {
        "id": 1, "app": "shop", "vendor": "stripe", "operation": "PostRefunds", "key": "k", "vendor_key": "vk",
        "fingerprint": "f", "state": "running", "call_id": "c1", "began_wall": NOW, "ended_wall": 0.0,
        "lease_until": 35.0, "status": 0, "headers": b"", "body": b"",
        "keep_until": UNKNOWN_KEPT_S, "resend_until": 86400.0 - 3600.0, "boot": 1, "resumed": 0,
        "body_kept": 1, "keep_s": 3600.0, "digest": "", "credential": "",
    }  # fmt: skip


async def test_a_settled_record_holds_its_answer_and_no_lease(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        await store.records.begin(CALL, at())
        await store.records.finish("c1", Outcome.DONE, now=at(1), status=201, headers=[(b"A", b"b")], body=b"{}")
    row = await row_of(tmp_path)
    assert (row["state"], row["status"], row["headers"], row["body"]) == ("done", 201, b'[["A","b"]]', b"{}")
    assert (row["ended_wall"], row["lease_until"], row["keep_until"]) == (NOW + 1, 0.0, 3601)


async def test_an_unknown_outcome_has_no_answer_and_is_kept_for_a_person(tmp_path: Path) -> None:
    async with sqlite_at(tmp_path).opened() as store:
        await store.records.begin(CALL, at())
        await store.records.finish("c1", Outcome.UNKNOWN, now=at(), status=504, body=b"{}")
    row = await row_of(tmp_path)
    assert (row["state"], row["status"], row["body"], row["body_kept"]) == ("unknown", 0, b"", 1)
    assert row["keep_until"] == UNKNOWN_KEPT_S
