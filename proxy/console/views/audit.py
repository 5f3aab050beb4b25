"""The audit log, the newest first: who did what to what, when, and why."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from tidegate.configfile.wording import nearest
from tidegate.proxy.audit.audited import AUDITED
from tidegate.proxy.console.view import PageData, PageFailure, PageRequest, View
from tidegate.proxy.desk.port.audit_pages import AuditDesk
from tidegate.proxy.store.audit.audit_chain import AuditRow

ROWS = 50
"""Of one page."""
TEXT_CHARS_MAX = 256
COLUMNS = frozenset({"n", "wall", "what", "who", "target", "reason"})
"""What stands in a column of its own; the rest is the row's other facts."""
_NUMBER = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True)
class AuditedRow:
    """One row of the log, read."""

    n: int
    wall: float | None
    what: str
    means: str
    who: str
    target: str
    reason: str
    facts: Mapping[str, Any]
    digest: str


def audit_view(audit: AuditDesk) -> View:
    """The page at `/audit`."""

    async def show(request: PageRequest) -> PageData | PageFailure:
        what, target = request.query.get("what", ""), request.query.get("target", "").strip()
        before, failure = request.query.get("before", ""), None
        if what and what not in AUDITED:
            failure = f"nothing called {what[:40]!r} is recorded{nearest(what[:40], AUDITED)}"
        if before and not _NUMBER.fullmatch(before):
            failure = "before is the number of a row"
        if len(target) > TEXT_CHARS_MAX:
            failure = f"a target has at most {TEXT_CHARS_MAX} characters"
        if failure is not None:
            return PageFailure(400, failure)
        head = await audit.store.audit.head()
        end = min(int(before), head.n + 1) if before else head.n + 1
        rows = await audit.store.audit.newest(before=end, limit=ROWS + 1, target=target, what=what)
        return PageData({
            "rows": audited_rows(rows[:ROWS]),
            "older": rows[ROWS - 1].n if len(rows) > ROWS else None,
            "newest": not before,
            "head": head,
            "what": what,
            "target": target,
            "kinds": AUDITED,
        })  # fmt: skip

    return View("/audit", "Audit log", "audit.html", show, menu=True)


def audited_rows(rows: Sequence[AuditRow]) -> list[AuditedRow]:
    """Rows as they are stored → as they are shown. One that cannot be read is shown as its text."""
    return [_read(row) for row in rows]


def _read(row: AuditRow) -> AuditedRow:
    try:
        line = orjson.loads(row.line)
    except orjson.JSONDecodeError:
        line = None
    if not isinstance(line, dict):
        return AuditedRow(row.n, None, "unreadable", "this row cannot be read", "", "", row.line[:200], {}, row.digest)
    what, wall, facts = str(line.get("what", "")), line.get("wall"), line.get("facts")
    rest = {name: value for name, value in line.items() if name not in COLUMNS | {"facts"}}
    return AuditedRow(
        row.n, wall if isinstance(wall, float | int) else None, what, AUDITED.get(what, ""), str(line.get("who", "")),
        str(line.get("target", "")), str(line.get("reason", "")),
        rest | (facts if isinstance(facts, dict) else {}), row.digest,
    )  # fmt: skip
