"""What a dead proxy has left: its store is looked at before anybody opens it again.

What was acknowledged must be there, and whatever the vendor saw must be on record as begun: the attempt's row, or the
key's record, is on the disk before the first byte leaves. A copy of an SQLite file is opened as the next life will, and
each write that was under way must be unknown then.
"""

import json
import shutil
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from tests.acceptance.kills.lives import WORLD
from tests.acceptance.kills.load import Intent
from tidegate.proxy.store.sqlite.sqlite_store import SqliteStore

ROWS = (
    "SELECT d.id, d.box, d.key, d.state, d.resting, d.ever_sent, b.body, "
    "(SELECT count(*) FROM delivery_attempts a WHERE a.seq = d.seq) AS tries "
    "FROM deliveries d JOIN delivery_bodies b ON b.seq = d.seq"
)
KEYS = "SELECT key, operation, state FROM records"


@dataclass
class Remains:
    """A store as it was left."""

    rows: Mapping[str, Mapping[str, Any]]
    """Of outbox and inbox, by the reference of the intent."""
    keys: Mapping[str, str]
    """Of records: key → state."""

    @property
    def unsure(self) -> list[str]:
        """The ids of the writes that were under way, or were unknown already."""
        return [
            str(row["id"])
            for row in self.rows.values()
            if row["box"] == "outbox" and ("unknown" in (row["state"], row["resting"]) or row["state"] == "sending")
        ]


def _remains(rows: Sequence[Mapping[str, Any]], keys: Sequence[Mapping[str, Any]]) -> Remains:
    by_ref = {}
    for row in rows:
        body = json.loads(bytes(row["body"]))
        by_ref[str(body.get("ref") or body.get("id") or row["id"])] = row
    return Remains(by_ref, {key["key"]: key["state"] for key in keys})


def sqlite_remains(file: Path, copy: Path) -> Remains:
    """Of an SQLite file, which stays as it is."""
    for end in ("", "-wal"):
        if Path(f"{file}{end}").exists():
            shutil.copyfile(f"{file}{end}", f"{copy}{end}")
        else:
            Path(f"{copy}{end}").unlink(missing_ok=True)
    Path(f"{copy}-shm").unlink(missing_ok=True)
    with closing(sqlite3.connect(copy)) as connection:
        connection.row_factory = sqlite3.Row
        assert [tuple(row) for row in connection.execute("PRAGMA integrity_check")] == [("ok",)]
        return _remains(
            [dict(row) for row in connection.execute(ROWS)], [dict(row) for row in connection.execute(KEYS)]
        )


def postgres_remains(url: str) -> Remains:
    """Of a place in PostgreSQL."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return _remains(connection.execute(ROWS).fetchall(), connection.execute(KEYS).fetchall())


def flaws(remains: Remains, intents: Sequence[Intent], seen: set[str]) -> list[str]:
    """What is not there and should be. `seen` are the references of the requests that the vendor got."""
    found = []
    for intent in intents:
        row = remains.rows.get(intent.ref)
        if intent.acknowledged and row is None and (intent.call_id or intent.kind == "webhook"):
            found.append(f"{intent.ref} ({intent.kind}) was acknowledged, and is not in the store")
        if intent.ref in seen and intent.kind == "payment":
            if intent.ref not in remains.keys:
                found.append(f"{intent.ref} (payment) was sent, and its key has no record")
        elif intent.ref in seen and (row is None or not row["ever_sent"] or not row["tries"]):
            found.append(f"{intent.ref} ({intent.kind}) was sent, and no attempt is on record")
    return found


async def unknown_flaws(copy: Path, remains: Remains) -> list[str]:
    """The writes that were under way, and that the next life would not take for unknown."""
    store = SqliteStore(WORLD, str(copy))
    found = []
    try:
        await store.open(WORLD.wall())
        await store.deliveries.claim("outbox", store.clock.now(), lease_s=60.0, limit=0)
        for delivery_id in remains.unsure:
            delivery = await store.deliveries.find(delivery_id)
            assert delivery is not None
            if delivery.state != "unknown" and (delivery.state, delivery.dead_reason) != ("dead", "poison"):
                found.append(f"{delivery_id} was under way, and is {delivery.state} after the restart")
    finally:
        await store.close()
    return found
