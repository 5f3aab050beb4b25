"""The page of the audit log on the admin port: rows as they are stored, so that whoever reads them can check the chain.

    GET /audit?after=&limit=&target=&what=

Each row comes with its exact text and its digest; `head` and `start` say where the chain ends and begins. 400 what
cannot be meant, 503 where the store does not answer. Nothing is changed here.
"""

import dataclasses

from tidegate.configfile.wording import nearest
from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.proxy.audit.audited import AUDITED
from tidegate.proxy.desk.delivery_query import Misread, parse_query
from tidegate.proxy.desk.page import Page, json_page, not_allowed, refusal
from tidegate.proxy.store.audit.audit_log import ROWS_MAX
from tidegate.proxy.store.store import Store
from tidegate.proxy.store.store_error import StoreError

AUDIT = "/audit"
_FIELDS = ("after", "limit", "target", "what")


@dataclasses.dataclass(frozen=True, slots=True)
class AuditDesk:
    """What the admin port needs of a running proxy to show the log, and to record what people do there."""

    store: Store
    recorder: AuditRecorder


@dataclasses.dataclass(frozen=True, slots=True)
class AuditQuery:
    """The rows that are asked for."""

    after: int = 0
    limit: int = ROWS_MAX
    target: str = ""
    what: str = ""


async def audit_page(store: Store, method: str, query: str) -> Page:
    """The page for a request."""
    if method not in ("GET", "HEAD"):
        return not_allowed("GET, HEAD")
    asked = read_audit_query(query)
    if isinstance(asked, Misread):
        return refusal(400, asked.why)
    try:
        head = await store.audit.head()
        rows = await store.audit.rows(after=asked.after, limit=asked.limit, target=asked.target, what=asked.what)
    except StoreError:
        return refusal(503, "the store does not answer now; /readyz says why")
    shown = [dataclasses.asdict(row) for row in rows if row.n <= head.n]  # not what came meanwhile
    start = {"n": head.start_n, "digest": head.start_digest}
    return json_page(200, {"rows": shown, "head": {"n": head.n, "digest": head.digest}, "start": start})


def read_audit_query(query: str) -> AuditQuery | Misread:
    """A query string → what it asks for."""
    given = parse_query(query)
    if isinstance(given, Misread):
        return given
    for name, values in given.items():
        if name not in _FIELDS:
            return Misread(f"there is no {name[:40]!r} here{nearest(name[:40], _FIELDS)}; known: {', '.join(_FIELDS)}")
        if len(values) > 1:
            return Misread(f"{name} stands there more than once")
    one = {name: values[0] for name, values in given.items()}
    numbers = {"after": 0, "limit": ROWS_MAX}
    for name, otherwise in numbers.items():
        text = one.get(name, str(otherwise))
        if not (text.isascii() and text.isdecimal() and len(text) <= 15):
            return Misread(f"{name} is a whole number")
        numbers[name] = int(text)
    if not 1 <= numbers["limit"] <= ROWS_MAX:
        return Misread(f"limit is between 1 and {ROWS_MAX}")
    what = one.get("what", "")
    if what and what not in AUDITED:
        return Misread(f"nothing called {what[:40]!r} is recorded{nearest(what[:40], AUDITED)}")
    return AuditQuery(numbers["after"], numbers["limit"], one.get("target", ""), what)
