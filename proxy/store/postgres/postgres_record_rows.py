"""The rows of records, written one or many in a statement: calls that begin, and calls that end.

It decides nothing: see tidegate.proxy.store.postgres.postgres_records.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.resilience.idempotency_record import KEEP_AS, resend_safe_s
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.postgres.postgres_connections import Connection
from tidegate.proxy.store.records import LEASE_MARGIN_S, NO_ANSWER, UNKNOWN_KEPT_S, KeyedCall, SettledAnswer


class RecordRow(NamedTuple):
    """A record of a call that begins: its columns, those aside that are the same for all."""

    app: str
    vendor: str
    operation: str
    key: str
    vendor_key: str
    fingerprint: str
    call_id: str
    began_wall: float
    lease_until: float
    keep_until: float
    resend_until: float
    boot: int
    keep_s: float
    credential: str


class CallEnd(NamedTuple):
    """How a call ended. See Records.finish."""

    outcome: Outcome
    answer: SettledAnswer
    now: StoreTime
    digest: str
    settled: bool

    @property
    def size(self) -> int:
        """Bytes that are stored of it, about."""
        return len(self.answer.body) + len(self.answer.headers)


_COLUMNS = ", ".join(RecordRow._fields)
_TEXTS, _NUMBERS = ", ".join(["%s::text[]"] * 7), ", ".join(["%s::float8[]"] * 4)
_NEW = "ON CONFLICT (app, vendor, operation, key) DO NOTHING RETURNING call_id"
_INSERT = f"""
INSERT INTO records ({_COLUMNS}, state) VALUES ({", ".join(["%s"] * len(RecordRow._fields))}, 'running') {_NEW}"""  # noqa: S608 - names of columns
_INSERT_MANY = f"""
INSERT INTO records ({_COLUMNS}, state)
SELECT *, 'running' FROM unnest({_TEXTS}, {_NUMBERS}, %s::bigint[], %s::float8[], %s::text[]) {_NEW}"""  # noqa: S608 - as above
_SET = """
UPDATE records AS r SET state = v.state, ended_wall = v.wall, lease_until = 0, status = v.status, headers = v.headers,
    body = v.body, body_kept = v.body_kept, digest = CASE r.digest WHEN '' THEN v.digest ELSE r.digest END,
    keep_until = v.least + CASE v.state WHEN 'unknown' THEN {unknown_s} ELSE r.keep_s END
FROM {values} AS v (call_id, state, wall, status, headers, body, body_kept, digest, least)
WHERE r.call_id = v.call_id AND r.state = 'running' RETURNING r.call_id"""
_KINDS = ("text", "text", "float8", "int", "bytea", "bytea", "bool", "text", "float8")
_SETTLE = _SET.format(unknown_s=UNKNOWN_KEPT_S, values=f"(VALUES ({', '.join(f'%b::{kind}' for kind in _KINDS)}))")
_SETTLE_MANY = _SET.format(unknown_s=UNKNOWN_KEPT_S, values=f"unnest({', '.join(f'%b::{kind}[]' for kind in _KINDS)})")


def row_of(call: KeyedCall, now: StoreTime, boot: int) -> RecordRow:
    """The record of a call that begins now, in a boot."""
    return RecordRow(
        call.app,
        call.vendor,
        call.operation,
        call.key,
        call.vendor_key,
        call.fingerprint,
        call.call_id,
        began_wall=now.wall,
        lease_until=now.least + call.longest_s + LEASE_MARGIN_S,
        keep_until=now.least + UNKNOWN_KEPT_S,  # until it is settled it may become unknown
        resend_until=now.most + resend_safe_s(call.key_retention_s),
        boot=boot,
        keep_s=call.keep_s,
        credential=call.credential,
    )


async def inserted(connection: Connection, rows: Sequence[RecordRow]) -> frozenset[str]:
    """Write records down, those aside whose key has one. Returns the call ids of those that were written."""
    if len(rows) == 1:
        cursor = await connection.execute(_INSERT, rows[0])
    else:  # in the order of their keys: two proxies that wait for each other's would wait for ever
        cursor = await connection.execute(_INSERT_MANY, [list(column) for column in zip(*sorted(rows), strict=True)])
    return frozenset(call_id for (call_id,) in await cursor.fetchall())


async def settled(connection: Connection, ends: Sequence[tuple[str, CallEnd]]) -> frozenset[str]:
    """Settle the records that run. Returns the call ids of those that did. None of them may be `not applied`."""
    values = [_values(call_id, end) for call_id, end in ends]
    if len(values) == 1:
        cursor = await connection.execute(_SETTLE, values[0])
    else:
        cursor = await connection.execute(_SETTLE_MANY, [list(column) for column in zip(*sorted(values), strict=True)])
    return frozenset(call_id for (call_id,) in await cursor.fetchall())


def _values(call_id: str, end: CallEnd) -> tuple[str, str, float, int, bytes, bytes, bool, str, float]:
    state = KEEP_AS[end.outcome]
    assert state is not None
    answer = end.answer if state != "unknown" else NO_ANSWER
    return (
        call_id, state, end.now.wall, answer.status, answer.headers, answer.body, answer.body_kept, end.digest,
        end.now.least,
    )  # fmt: skip
