"""What was known of ends before this start: read out of the audit log, where each announcement is on record.

So an operation is known to end before it is called again, its first announcement keeps its date, and nothing is told
twice because a proxy was restarted.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

import orjson

from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.proxy.policies.resilience.sunset import EndingOperations, SunsetNotice
from tidegate.proxy.store.audit.audit_log import ROWS_MAX, AuditLog

Announced = Callable[[str, SunsetNotice], object]

ENDING = "operation.ending"
"""The kind of the rows."""
ROWS_READ_MAX = 20 * ROWS_MAX
TARGET = "operation:"


def target_of(vendor: str, operation: str) -> str:
    """The target of a row about an operation."""
    return f"{TARGET}{vendor}/{operation}"


def recorded_by(audit: AuditRecorder, vendor: str) -> Announced:
    """What puts a vendor's announcement about an operation on record."""

    def record(operation: str, notice: SunsetNotice) -> None:
        audit.record(ENDING, target=target_of(vendor, operation), **asdict(notice))

    return record


async def recall_endings(log: AuditLog, endings: Mapping[str, EndingOperations]) -> None:
    """Put what is on record into the endings of each vendor, by its name. Raises StoreError."""
    after, read = 0, 0
    while read < ROWS_READ_MAX:
        rows = await log.rows(after=after, what=ENDING)
        for row in rows:
            _recall(orjson.loads(row.line), endings)
        if len(rows) < ROWS_MAX:
            return
        after, read = rows[-1].n, read + len(rows)


def _recall(row: Mapping[str, Any], endings: Mapping[str, EndingOperations]) -> None:
    vendor, _, operation = str(row.get("target", "")).removeprefix(TARGET).partition("/")
    known = endings.get(vendor)
    if known is None or not operation:
        return
    facts, wall = row.get("facts", {}), row.get("wall")
    if not isinstance(wall, int | float) or not isinstance(facts, Mapping):
        return
    known.recall(
        operation,
        SunsetNotice(
            bool(facts.get("deprecated")), _number(facts.get("since")), _number(facts.get("sunset")),
            bool(facts.get("legacy")), str(facts.get("link", "")),
        ),
        float(wall),
    )  # fmt: skip


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
