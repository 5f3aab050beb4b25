"""The hash chain of the audit log: each row's digest covers its text and the digest of the row before it.

Whoever changes a row, takes one out, or puts one in, breaks the chain there and makes all later digests wrong. Whoever
cuts its end leaves a whole chain that is too short: so a head, kept elsewhere, says how far it went. It refuses to know
where rows are stored.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

BEGIN = "0" * 64
"""The digest before the first row."""
NUMBER = '{"n":'
"""The beginning of a row's text; its number follows."""
LINE_BYTES_MAX = 16_384
"""Of one row. The facts of a longer one are left out, and it says so."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """What is to be recorded. No value of a secret may stand in it; `fingerprint` is keyed (AuditRecorder)."""

    what: str
    """One of tidegate.proxy.audit.audited.AUDITED."""
    who: str
    """A person, an app, or `tidegate` where the proxy did it by itself."""
    wall: float
    target: str = ""
    """What it was done to, like `delivery:<id>`, `vendor:stripe`, `breaker:stripe/default`."""
    reason: str = ""
    call_id: str = ""
    secret: str = ""
    """The reference of a secret, like `env:STRIPE_KEY`."""
    version: str = ""
    fingerprint: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """JSON values."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row as it is stored: its number, its text (JSON in one line, exactly as it was hashed), its digest."""

    n: int
    line: str
    digest: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The end of a chain, and its start: the row before the oldest that is kept."""

    n: int
    digest: str
    start_n: int = 0
    start_digest: str = BEGIN


@dataclass(frozen=True, slots=True)
class Break:
    """The first row that does not fit, and why."""

    n: int
    why: str


def digest_of(before: str, line: str) -> str:
    """SHA-256 over the digest before, a line feed, and the row's text, in hex."""
    return sha256(f"{before}\n{line}".encode()).hexdigest()


def line_of(entry: AuditEntry, n: int) -> str:
    """The text of a row. Empty values are left out; every character is ASCII."""
    return f"{NUMBER}{n}{tail_of(entry)}"


def tail_of(entry: AuditEntry) -> str:
    """The text of a row after NUMBER and its number, which a store may know alone."""
    document: dict[str, Any] = {"wall": round(entry.wall, 6), "what": entry.what, "who": entry.who}
    for name in ("target", "reason", "call_id", "secret", "version", "fingerprint"):
        if value := getattr(entry, name):
            document[name] = value
    line = json.dumps(document | dict(entry.facts and {"facts": entry.facts}), separators=(",", ":"))
    if len(line) > LINE_BYTES_MAX:
        document["reason"] = entry.reason[:500]
        line = json.dumps(document | {"facts": {"left_out": f"{len(line)} bytes"}}, separators=(",", ":"))
    return "," + line.removeprefix("{")


def next_row(head: AuditHead, entry: AuditEntry) -> AuditRow:
    """The row that follows on `head`."""
    line = line_of(entry, head.n + 1)
    return AuditRow(head.n + 1, line, digest_of(head.digest, line))


def after(head: AuditHead, row: AuditRow) -> AuditHead:
    """The head once `row` stands there."""
    return AuditHead(row.n, row.digest, head.start_n, head.start_digest)


class ChainWalk:
    """A walk along a chain, some rows at a time. `broken` names the first row that does not fit."""

    def __init__(self, start_n: int = 0, start_digest: str = BEGIN) -> None:
        self.n, self.digest, self.rows = start_n, start_digest, 0
        self.broken: Break | None = None
        self.anchors: dict[int, str] = {}
        """Digests that are known from elsewhere, by row: each is compared when the walk comes to it."""

    def go(self, rows: Iterable[AuditRow]) -> None:
        """Walk over some more rows. Nothing is looked at after the first that does not fit."""
        for row in rows:
            if self.broken is not None:
                return
            why = self._misfit(row)
            if why:
                self.broken = Break(row.n, why)
                return
            self.n, self.digest, self.rows = row.n, row.digest, self.rows + 1

    def end(self, head_n: int, head_digest: str) -> Break | None:
        """What is wrong once no more rows come, where the chain is said to end at `head_n`."""
        if self.broken is None and self.n < head_n:
            self.broken = Break(self.n + 1, f"it is not there; the chain went on to row {head_n}")
        if self.broken is None and (self.n, self.digest) != (head_n, head_digest):
            self.broken = Break(self.n, f"the chain is said to end at row {head_n} with another digest")
        return self.broken

    def _misfit(self, row: AuditRow) -> str:
        if row.n != self.n + 1:
            return f"it follows on row {self.n}, so rows are missing, or stand twice"
        if digest_of(self.digest, row.line) != row.digest:
            return "its text, or a row before it, is not what was hashed"
        try:
            n = json.loads(row.line).get("n")
        except (ValueError, AttributeError, RecursionError):
            return "its text is no JSON document"
        if n != row.n:
            return f"its text says that it is row {n!r}"
        if self.anchors.get(row.n, row.digest) != row.digest:
            return "its digest is not the one that is known from elsewhere"
        return ""
