"""Rows of new deliveries are written: as many as there are in one statement, with their bodies and their counts.

A statement for each would cost more than what it writes: each is one more turn through SQLite's machine, and between
two of them the thread lets go of the interpreter's lock, which a busy loop then keeps for itself. It refuses to know
why a delivery is accepted.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from functools import cache

from tidegate.proxy.policies.delivery.delivery import NewDelivery

ROWS_PER_STATEMENT = (128, 64, 16, 4, 1)
"""So many rows at once, the most that fit: a few statements, which stay prepared."""
BODY_ALONE_BYTES = 16 * 1024
"""A longer body has a statement to itself: SQLite copies what is bound, and keeps it while that stays prepared."""

_GIVEN = (
    "seq", "id", "box", "app", "vendor", "operation", "key", "fingerprint", "method", "destination", "accepted",
    "accepted_wall", "deadline", "keep_s", "trace", "bytes",
)  # fmt: skip
"""Columns that are bound, in this order."""
_RARE = {
    "order_key": "''", "ordering": "'block'", "skip_after": "0", "priority": "0", "first_not_before": "0",
    "first_state": "'queued'", "blocked": "0", "ripe": "1",
}  # fmt: skip
"""Column → what most rows have there. Where one row of a statement has something else, they are bound, too."""
_USUAL = ("", "block", 0, 0, 0.0, "queued", False)
_SAME = {"state": "first_state", "resting": "first_state", "not_before": "first_not_before"}
_SAME |= {"updated_wall": "accepted_wall"}
"""Column → the one that it begins as."""
_LAST = "SELECT seq FROM sqlite_sequence WHERE name = 'deliveries'"
_WRITTEN = "SELECT seq FROM deliveries WHERE seq > ?"
_COUNT = """
INSERT INTO delivery_counts VALUES (?, ?, ?, ?, '', ?, ?)
    ON CONFLICT DO UPDATE SET rows = rows + excluded.rows, bytes = bytes + excluded.bytes"""
_ALARM = "INSERT INTO delivery_alarms (seq, alarm_state, alarm_reason) VALUES (?, 'parked', '')"


NewRow = tuple[NewDelivery, float, int, bool]
"""A delivery, the age of the store when it is accepted, the length of its headers and body, if it is blocked."""


def insert(connection: sqlite3.Connection, rows: Sequence[NewRow]) -> list[int]:
    """Write rows down, in their order: the number of each, 0 for one whose id or key is known already."""
    found = connection.execute(_LAST).fetchone()
    last = 0 if found is None else int(found[0])
    written = 0
    for begin, end in _shares(len(rows)):
        some = rows[begin:end]
        usual = all(map(_is_usual, some))
        values = _values(last + 1 + begin, some, usual=usual)
        written += connection.execute(_into_deliveries(len(some), usual=usual), values).rowcount
    seqs = list(range(last + 1, last + 1 + len(rows)))
    if written != len(rows):
        there = {row[0] for row in connection.execute(_WRITTEN, (last,))}
        seqs = [seq if seq in there else 0 for seq in seqs]
    _insert_beside(connection, [(seq, row) for seq, row in zip(seqs, rows, strict=True) if seq])
    return seqs


def _shares(count: int) -> Iterator[tuple[int, int]]:
    """So many rows, statement by statement: the place of its first one, and the place behind its last one."""
    done = 0
    for size in ROWS_PER_STATEMENT:
        while count - done >= size:
            yield done, done + size
            done += size


def _is_usual(row: NewRow) -> bool:
    new, _, _, blocked = row
    here = (new.order_key, new.order, new.skip_after, new.priority, new.not_before, new.state, blocked)
    return here == _USUAL


def _values(seq: int, rows: Sequence[NewRow], *, usual: bool) -> list[object]:
    """What is bound. No bool is: sqlite3 looks for an adapter for whatever is no int, float, or str."""
    values: list[object] = []
    for new, age, size, blocked in rows:
        values += (
            seq, new.id, new.box, new.app, new.vendor, new.operation, new.key, new.fingerprint, new.method,
            new.destination, age, new.accepted_wall, new.deadline, new.keep_s, new.trace, size,
        )  # fmt: skip
        if not usual:
            values += (
                new.order_key, new.order, new.skip_after, new.priority, new.not_before, new.state, int(blocked),
                int(new.not_before <= age),
            )  # fmt: skip
        seq += 1
    return values


def _insert_beside(connection: sqlite3.Connection, rows: Sequence[tuple[int, NewRow]]) -> None:
    """Write down what stands beside the rows: their bodies, their number, the alarm of one that waits for approval."""
    bodies: list[object] = []
    kinds: dict[tuple[str, ...], tuple[int, int]] = {}
    for seq, (new, _, size, _) in rows:
        if size > BODY_ALONE_BYTES:
            connection.execute(_into_bodies(1), (seq, new.headers, new.body))
        else:
            bodies += (seq, new.headers, new.body)
        kind: tuple[str, ...] = (new.box, new.app, new.vendor, new.state)
        count, total = kinds.get(kind, (0, 0))
        kinds[kind] = count + 1, total + size
        if new.state == "parked":
            connection.execute(_ALARM, (seq,))
    for begin, end in _shares(len(bodies) // 3):
        connection.execute(_into_bodies(end - begin), bodies[3 * begin : 3 * end])
    for kind, sums in kinds.items():
        connection.execute(_COUNT, (*kind, *sums))


@cache
def _into_deliveries(count: int, *, usual: bool) -> str:
    bound = _GIVEN if usual else (*_GIVEN, *_RARE)
    names = (*_RARE, *_GIVEN, *_SAME, "ever_sent")
    lines = []
    for first in range(1, count * len(bound), len(bound)):
        at = _RARE | {name: f"?{first + place}" for place, name in enumerate(bound)}
        at |= {name: at[as_] for name, as_ in _SAME.items()}
        at["ever_sent"] = f"{at['first_state']} = 'unknown'"
        lines.append(f"({', '.join(at[name] for name in names)})")
    return f"INSERT INTO deliveries ({', '.join(names)}) VALUES {', '.join(lines)} ON CONFLICT DO NOTHING"


@cache
def _into_bodies(count: int) -> str:
    return f"INSERT INTO delivery_bodies VALUES {', '.join(['(?, ?, ?)'] * count)}"
