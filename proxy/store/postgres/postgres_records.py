"""Keyed calls and unknown outcomes as rows of PostgreSQL: the transactions around a decision about a record.

See tidegate.proxy.store.records for what they promise. A new key is one statement, which the unique key decides between
all proxies; every other call waits for the record's row. What was asked and not answered may have been done all the
same: a call that was not begun, as far as its proxy knows, is taken back, and one that could not be settled is settled
later.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import fields, replace
from typing import Any

from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.call.reply import RawHeaders
from tidegate.proxy.policies.resilience.idempotency_record import (
    RUNNING_RETRY_MAX_S,
    Begin,
    Decision,
    IdempotencyRecord,
    Resume,
    Running,
    decide,
)
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.postgres.postgres_batches import BYTES_MAX, ITEMS_MAX, PostgresBatches
from tidegate.proxy.store.postgres.postgres_connections import Connection, PostgresConnections
from tidegate.proxy.store.postgres.postgres_late_work import LateWork
from tidegate.proxy.store.postgres.postgres_record_rows import CallEnd, RecordRow, inserted, row_of, settled
from tidegate.proxy.store.records import (
    SWEEP_ROWS_MAX,
    UNKNOWN_KEPT_S,
    KeyedCall,
    StoredCall,
    settled_answer,
)
from tidegate.proxy.store.store_clock import StoreClock
from tidegate.proxy.store.store_error import StoreError

_RECORD = tuple(field.name for field in fields(IdempotencyRecord))
"""The columns of a record are named like its fields."""
_SELECT = (
    f"SELECT {', '.join(_RECORD)}, id, body_kept, resumed FROM records "  # noqa: S608 - column names
    "WHERE app = %s AND vendor = %s AND operation = %s AND key = %s FOR UPDATE"
)
_RESUME = """
UPDATE records SET state = 'running', call_id = %s, lease_until = %s, boot = %s, resumed = true WHERE id = %s"""
_WEAR = "UPDATE records SET credential = %s WHERE call_id = %s AND state = 'running'"
_FREE = "DELETE FROM records WHERE call_id = %s AND state = 'running' AND (NOT resumed OR %s)"
_TAKE_BACK = "DELETE FROM records WHERE call_id = ANY(%s) AND state = 'running' AND NOT resumed"
_LEAVE_UNKNOWN = """
UPDATE records SET state = 'unknown', lease_until = 0, status = 0, ended_wall = %s, keep_until = %s
WHERE call_id = ANY(%s) AND state = 'running' AND resumed"""
_FIND = """
SELECT app, vendor, operation, CASE WHEN state = 'running' AND lease_until = 0 THEN 'unknown' ELSE state END,
    status, began_wall, ended_wall, true, credential
FROM records WHERE call_id = %(id)s OR id = (SELECT record FROM earlier_calls WHERE call_id = %(id)s)
UNION ALL
SELECT app, vendor, operation, 'unknown', 0, began_wall, ended_wall, false, ''
FROM unkeyed_unknowns WHERE call_id = %(id)s"""
_NOTE = """
INSERT INTO unkeyed_unknowns VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (call_id) DO UPDATE SET ended_wall = excluded.ended_wall, keep_until = excluded.keep_until"""
_SWEEPS = tuple(
    f"DELETE FROM {table} WHERE {key} IN "  # noqa: S608 - names from the tuple below
    f"(SELECT {key} FROM {table} WHERE keep_until <= %s LIMIT %s FOR UPDATE SKIP LOCKED)"
    for table, key in (("records", "id"), ("unkeyed_unknowns", "call_id"))
)
TRIES_MAX = 5
"""A record may be freed between the two statements that would make it and read it; so often they are tried."""


class PostgresRecords:
    """See Records. `boot` tells the number of the proxy's life, of which PostgresBoots knows."""

    def __init__(self, connections: PostgresConnections, clock: StoreClock, boot: Callable[[], int]) -> None:
        self.now = clock.now
        """See Records.now."""
        self._connections, self._boot = connections, boot
        self._late: LateWork[CallEnd] = LateWork()
        self._begins: PostgresBatches[RecordRow, bool] = PostgresBatches(connections, _begun)
        self._ends: PostgresBatches[tuple[str, CallEnd], bool] = PostgresBatches(connections, _ended)

    async def begin(self, call: KeyedCall, now: StoreTime) -> Decision:
        """See Records.begin."""
        row = row_of(call, now, self._boot())

        async def work(connection: Connection) -> Decision:
            for number in range(TRIES_MAX):
                if number and await inserted(connection, [row]):
                    return Begin()
                async with connection.transaction():
                    decision = await self._decided(connection, call, now, row)
                if decision is not None:
                    return decision
            return Running(RUNNING_RETRY_MAX_S)  # each time somebody else had just begun

        try:
            if await self._begins.run(row):
                return Begin()
            return await self._connections.ask(work)
        except StoreError as error:
            if error.unsure:
                self._late.take_back(call.call_id, row.lease_until)
            raise
        except BaseException:  # cancelled: it may be under way
            self._late.take_back(call.call_id, row.lease_until)
            raise

    async def finish(
        self,
        call_id: str,
        outcome: Outcome,
        *,
        now: StoreTime,
        settled: bool = False,
        status: int = 0,
        headers: RawHeaders = (),
        body: bytes = b"",
        whole: bool = True,
        digest: str = "",
    ) -> bool:
        """See Records.finish. What the store cannot take now is settled when it can."""
        end = CallEnd(outcome, settled_answer(status, headers, body, whole=whole), now, digest, settled)

        async def work(connection: Connection, *, again: bool) -> bool:
            return await _finished(connection, call_id, end) or (again and await _is_over(connection, call_id))

        try:
            if outcome is not Outcome.NOT_APPLIED:
                return await self._ends.run((call_id, end), end.size)
            return await self._connections.run(work)
        except StoreError as error:
            if error.trouble:
                self._late.settle(call_id, end, end.size)
            raise

    async def wear(self, call_id: str, credential: str) -> bool:
        """See Records.wear."""

        async def work(connection: Connection) -> bool:
            return (await connection.execute(_WEAR, (credential, call_id))).rowcount > 0

        return await self._connections.ask(work)

    async def note_unknown(
        self, call_id: str, app: str, vendor: str, operation: str, *, began_wall: float, now: StoreTime
    ) -> None:
        """See Records.note_unknown."""
        row = (call_id, app, vendor, operation, began_wall, now.wall, now.least + UNKNOWN_KEPT_S)

        async def work(connection: Connection) -> None:
            await connection.execute(_NOTE, row)

        await self._connections.ask(work)

    async def find_call(self, call_id: str) -> StoredCall | None:
        """See Records.find_call."""

        async def work(connection: Connection) -> tuple[Any, ...] | None:
            return await (await connection.execute(_FIND, {"id": call_id})).fetchone()

        row = await self._connections.ask(work)
        return None if row is None else StoredCall(call_id, *row[:7], keyed=row[7], credential=row[8])

    async def sweep(self, now: StoreTime) -> int:
        """See Records.sweep."""

        async def work(connection: Connection) -> int:
            return sum([(await connection.execute(query, (now.least, SWEEP_ROWS_MAX))).rowcount for query in _SWEEPS])

        return await self._connections.ask(work)

    async def settle(self) -> None:
        """Wait until what was asked for has been carried out."""
        await self._begins.settle()
        await self._ends.settle()

    async def catch_up(self, now: StoreTime) -> None:
        """Take back what may have begun and was not, and settle what could not be settled. Raises StoreError."""
        self._late.forget(now.least)
        calls = self._late.taken_back
        if calls:

            async def take_back(connection: Connection) -> None:
                await connection.execute(_TAKE_BACK, (list(calls),))
                await connection.execute(_LEAVE_UNKNOWN, (now.wall, now.least + UNKNOWN_KEPT_S, list(calls)))

            await self._connections.ask(take_back)
        while ends := self._late.some(ITEMS_MAX, BYTES_MAX):
            await self._connections.ask(_settling(ends))
            for call_id, _ in ends:
                self._late.settled(call_id)

    async def _decided(
        self, connection: Connection, call: KeyedCall, now: StoreTime, row: RecordRow
    ) -> Decision | None:
        """The decision about a call whose key has a record; None where it has none any more."""
        query = (call.app, call.vendor, call.operation, call.key)
        found = await (await connection.execute(_SELECT, query, binary=True)).fetchone()
        if found is None:
            return None
        record = IdempotencyRecord(*found[: len(_RECORD)])
        place, body_kept, resumed = found[len(_RECORD) :]
        if record.state == "running" and record.call_id == call.call_id:  # begun already, and the answer was lost
            return Resume(record.vendor_key, record.digest, record.credential) if resumed else Begin()
        if record.state == "running" and self._late.is_taken_back(record.call_id):
            if not resumed:
                return await _begun_anew(connection, place, row)
            record = replace(record, lease_until=0.0)
        if record.state in ("done", "failed") and not body_kept:
            record = replace(record, state="unknown")
        decision = decide(record, call.fingerprint, now)
        if isinstance(decision, Begin):  # a record that no longer counts
            return await _begun_anew(connection, place, row)
        if isinstance(decision, Resume):
            await connection.execute(
                "INSERT INTO earlier_calls VALUES (%s, %s) ON CONFLICT DO NOTHING", (record.call_id, place)
            )
            await connection.execute(_RESUME, (call.call_id, row.lease_until, self._boot(), place))
        return decision


async def _begun(connection: Connection, rows: Sequence[RecordRow], *, again: bool) -> Sequence[bool]:
    """Whether each call is the first with its key. A second one is decided about alone, and so is a first one again."""
    del again
    new = await inserted(connection, rows)
    return [row.call_id in new for row in rows]


async def _ended(connection: Connection, ends: Sequence[tuple[str, CallEnd]], *, again: bool) -> Sequence[bool]:
    over = await settled(connection, ends)
    return [call_id in over or (again and await _is_over(connection, call_id)) for call_id, _ in ends]


async def _begun_anew(connection: Connection, place: int, row: RecordRow) -> Begin | None:
    """Begin in the place of a record that no longer counts, whose row is locked."""
    await connection.execute("DELETE FROM records WHERE id = %s", (place,))
    return Begin() if await inserted(connection, [row]) else None


async def _finished(connection: Connection, call_id: str, end: CallEnd) -> bool:
    """Settle a record that runs; False where this call has none.

    Where nothing was applied, but an earlier try may have been, whatever became of this one, it stays unknown.
    """
    if end.outcome is Outcome.NOT_APPLIED:
        if (await connection.execute(_FREE, (call_id, end.settled))).rowcount:
            return True
        end = end._replace(outcome=Outcome.UNKNOWN)
    return bool(await settled(connection, [(call_id, end)]))


def _settling(ends: Sequence[tuple[str, CallEnd]]) -> Callable[[Connection], Awaitable[None]]:
    async def settle(connection: Connection) -> None:
        for call_id, end in ends:
            await _finished(connection, call_id, end)

    return settle


async def _is_over(connection: Connection, call_id: str) -> bool:
    """Whether a call was settled when that was asked before, and the answer was lost."""
    query = "SELECT state <> 'running' FROM records WHERE call_id = %s"
    row = await (await connection.execute(query, (call_id,))).fetchone()
    return row is None or bool(row[0])
