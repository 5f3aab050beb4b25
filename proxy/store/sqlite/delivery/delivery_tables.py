"""The tables of deliveries, their indexes, and the triggers that count them.

A delivery's row is narrow, because it is written anew with each step; what is long stands in tables beside it. Whether
a row is live, due, or in the way of others is computed from it by SQLite itself, so that it cannot drift. So is what
there is of each kind: triggers count it in the transaction that changes it. Only new rows are counted by whoever writes
them (delivery_insert), once for all of a kind. `blocked` alone is kept by hand: a row that is blocked is surely not the
first of its order key, and one that is not is looked at again before it is leased (delivery_order).
"""

import sqlite3
from collections.abc import Iterable

from tidegate.proxy.policies.delivery.delivery import DUE, LIVE


def _is_one_of(states: Iterable[str]) -> str:
    """Whether a row is in one of these states. A list behind IN is a table of its own, made with each statement."""
    return "(" + " OR ".join(f"state = '{state}'" for state in states) + ")"


COMPUTED = {
    "live": _is_one_of(LIVE),
    "due": f"blocked = 0 AND {_is_one_of(DUE)}",
    "unsent": f"ever_sent = 0 AND {_is_one_of(('queued', 'waiting'))}",
    "leased": _is_one_of(("leased", "sending")),
    "holds": f"order_key <> '' AND {_is_one_of(LIVE)} AND NOT (ordering = 'skip' AND attempts >= skip_after)",
    "rank": "-priority",
}
"""Column → what SQLite computes it from, with each row that is written: what settles it most often stands first."""
_COLUMNS = tuple(f"{name} INTEGER GENERATED ALWAYS AS ({term}) VIRTUAL" for name, term in COMPUTED.items())

TABLES = (
    f"""
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    box TEXT NOT NULL, app TEXT NOT NULL, vendor TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    fingerprint TEXT NOT NULL, method TEXT NOT NULL, destination TEXT NOT NULL,
    accepted REAL NOT NULL, accepted_wall REAL NOT NULL, deadline REAL NOT NULL, keep_s REAL NOT NULL,
    order_key TEXT NOT NULL, ordering TEXT NOT NULL, skip_after INTEGER NOT NULL, priority INTEGER NOT NULL,
    first_not_before REAL NOT NULL, first_state TEXT NOT NULL, trace TEXT NOT NULL, bytes INTEGER NOT NULL,
    state TEXT NOT NULL, resting TEXT NOT NULL, blocked INTEGER NOT NULL, ripe INTEGER NOT NULL,
    not_before REAL NOT NULL, updated_wall REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0, leases_lost INTEGER NOT NULL DEFAULT 0, ever_sent INTEGER NOT NULL,
    lease_token INTEGER NOT NULL DEFAULT 0, lease_until REAL NOT NULL DEFAULT 0, boot INTEGER NOT NULL DEFAULT 0,
    dead_reason TEXT NOT NULL DEFAULT '', detail TEXT NOT NULL DEFAULT '', status INTEGER NOT NULL DEFAULT 0,
    reference TEXT NOT NULL DEFAULT '', keep_until REAL NOT NULL DEFAULT 0,
    {", ".join(_COLUMNS)},
    UNIQUE (box, app, vendor, operation, key)
)""",
    """
CREATE TABLE IF NOT EXISTS delivery_bodies (
    seq INTEGER PRIMARY KEY REFERENCES deliveries (seq) ON DELETE CASCADE, headers BLOB NOT NULL, body BLOB NOT NULL
)""",
    """
CREATE TABLE IF NOT EXISTS delivery_answers (
    seq INTEGER PRIMARY KEY REFERENCES deliveries (seq) ON DELETE CASCADE,
    answer_headers BLOB NOT NULL, answer_body BLOB NOT NULL
)""",
    """
CREATE TABLE IF NOT EXISTS delivery_attempts (
    seq INTEGER NOT NULL REFERENCES deliveries (seq) ON DELETE CASCADE, n INTEGER NOT NULL,
    lease_token INTEGER NOT NULL, began_wall REAL NOT NULL, ended_wall REAL NOT NULL DEFAULT 0,
    outcome TEXT NOT NULL DEFAULT '', status INTEGER NOT NULL DEFAULT 0, problem TEXT NOT NULL DEFAULT '',
    call_id TEXT NOT NULL, late INTEGER NOT NULL DEFAULT 0, began REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (seq, n)
) WITHOUT ROWID""",
    """
CREATE TABLE IF NOT EXISTS delivery_former_keys (
    box TEXT NOT NULL, app TEXT NOT NULL, vendor TEXT NOT NULL, operation TEXT NOT NULL, key TEXT NOT NULL,
    seq INTEGER NOT NULL REFERENCES deliveries (seq) ON DELETE CASCADE,
    PRIMARY KEY (box, app, vendor, operation, key)
) WITHOUT ROWID""",
    """
CREATE TABLE IF NOT EXISTS delivery_alarms (
    n INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL REFERENCES deliveries (seq) ON DELETE CASCADE,
    alarm_state TEXT NOT NULL, alarm_reason TEXT NOT NULL
)""",
    """
CREATE TABLE IF NOT EXISTS delivery_counts (
    box TEXT NOT NULL, app TEXT NOT NULL, vendor TEXT NOT NULL, state TEXT NOT NULL, dead_reason TEXT NOT NULL,
    rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY (box, app, vendor, state, dead_reason)
) WITHOUT ROWID""",
)

INDEXES = (
    # What may be leased, and what may be once its time comes.
    "CREATE INDEX IF NOT EXISTS deliveries_ripe ON deliveries (box, rank, app, vendor, seq) WHERE due AND ripe = 1",
    "CREATE INDEX IF NOT EXISTS deliveries_unripe ON deliveries (box, not_before) WHERE due AND ripe = 0",
    "CREATE INDEX IF NOT EXISTS deliveries_leased ON deliveries (box, lease_until) WHERE leased",
    "CREATE INDEX IF NOT EXISTS deliveries_unsent ON deliveries (box, deadline) WHERE unsent",
    """
CREATE INDEX IF NOT EXISTS deliveries_awaiting ON deliveries (box, deadline)
    WHERE state = 'parked' AND first_state = 'parked' AND ever_sent = 0""",
    # The order of a key: who is in the way, and who waits for that.
    "CREATE INDEX IF NOT EXISTS deliveries_holding ON deliveries (box, app, vendor, order_key, seq) WHERE holds",
    "CREATE INDEX IF NOT EXISTS deliveries_blocked ON deliveries (box, app, vendor, order_key, seq) WHERE blocked = 1",
    # The ends, and what people look at.
    "CREATE INDEX IF NOT EXISTS deliveries_ended ON deliveries (keep_until) WHERE NOT live",
    "CREATE INDEX IF NOT EXISTS deliveries_by_kind ON deliveries (box, app, vendor, state, dead_reason, seq)",
    "CREATE INDEX IF NOT EXISTS delivery_alarms_by_row ON delivery_alarms (seq)",
    "CREATE INDEX IF NOT EXISTS delivery_former_keys_by_seq ON delivery_former_keys (seq)",
)

_COUNT_IN = """
    INSERT INTO delivery_counts VALUES (new.box, new.app, new.vendor, new.state, new.dead_reason, 1, new.bytes)
        ON CONFLICT DO UPDATE SET rows = rows + 1, bytes = bytes + excluded.bytes;"""
_COUNT_OUT = """
    UPDATE delivery_counts SET rows = rows - 1, bytes = bytes - old.bytes
        WHERE box = old.box AND app = old.app AND vendor = old.vendor AND state = old.state
        AND dead_reason = old.dead_reason;"""

TRIGGERS = (
    f"""
CREATE TRIGGER IF NOT EXISTS deliveries_counted_over AFTER UPDATE OF state, dead_reason, bytes ON deliveries
    WHEN old.state <> new.state OR old.dead_reason <> new.dead_reason OR old.bytes <> new.bytes
BEGIN {_COUNT_OUT} {_COUNT_IN} END""",
    """
CREATE TRIGGER IF NOT EXISTS deliveries_alarming AFTER UPDATE OF state ON deliveries
    WHEN new.state IN ('dead', 'parked') AND old.state <> new.state
BEGIN INSERT INTO delivery_alarms (seq, alarm_state, alarm_reason) VALUES (new.seq, new.state, new.dead_reason); END""",
    f"""
CREATE TRIGGER IF NOT EXISTS deliveries_counted_out AFTER DELETE ON deliveries BEGIN {_COUNT_OUT} END""",
)


def make_tables(connection: sqlite3.Connection) -> None:
    """Make what is not there, within the transaction that is open."""
    for statement in TABLES + INDEXES + TRIGGERS:
        connection.execute(statement)


def compute_anew(connection: sqlite3.Connection) -> None:
    """Compute what a state means as in a new file. Indexes and triggers are gone until `make_tables`."""
    of_rows = "SELECT type, name FROM sqlite_master WHERE type IN ('index', 'trigger') AND tbl_name = 'deliveries'"
    for kind, name in connection.execute(f"{of_rows} AND sql IS NOT NULL").fetchall():
        connection.execute(f"DROP {kind} {name}")
    for name in COMPUTED:
        connection.execute(f"ALTER TABLE deliveries DROP COLUMN {name}")
    for column in _COLUMNS:
        connection.execute(f"ALTER TABLE deliveries ADD COLUMN {column}")
