"""What was seen of one operation, or of what may turn out to be one: counts and names, each bounded.

Two of them that are one operation are joined into one. No path, and no value, is in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tidegate.proxy.discovery.sighting import Sighting

NAMES_MAX = 32
"""Of each kind of name so many are kept; what comes after is counted with the calls alone."""

NAMED = (
    "statuses", "apps", "queried", "sent_types", "answered_types", "key_headers", "limits", "auth", "operations",
)  # fmt: skip
"""The kinds of names. `operations` are those of a vendor's document, where a vendor file serves the calls."""
COUNTED = ("calls", "keyed", "retry_after", "repeats", "unsafe")


@dataclass(slots=True)
class OperationRecord:
    """See the module."""

    calls: int = 0
    keyed: int = 0
    """Calls with an idempotency key."""
    retry_after: int = 0
    """Answers with Retry-After."""
    repeats: int = 0
    unsafe: int = 0
    """Writes that were sent again although an earlier try may have been carried out, without its key."""
    names: dict[str, dict[str, int]] = field(default_factory=dict)
    """Kind of name → name → how often."""

    def of(self, kind: str) -> Mapping[str, int]:
        """The names of a kind, the one that was seen most often first."""
        names = self.names.get(kind, {})
        return dict(sorted(names.items(), key=lambda item: (-item[1], item[0])))

    def add(self, seen: Sighting) -> None:
        """Count a call."""
        self.calls += 1
        self.keyed += bool(seen.key_header)
        self.retry_after += seen.retry_after
        self._count("statuses", (str(seen.status or "none"),))
        self._count("apps", (seen.app,))
        self._count("queried", seen.queried)
        self._count("sent_types", (seen.sent_type,))
        self._count("answered_types", (seen.answered_type,))
        self._count("key_headers", (seen.key_header,))
        self._count("limits", seen.limits)
        self._count("auth", (seen.auth,))
        self._count("operations", (seen.operation,))

    def join(self, other: "OperationRecord") -> None:
        """Count what another has counted."""
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for kind, names in other.names.items():
            for name, times in names.items():
                self._count(kind, (name,), times)

    def document(self) -> dict[str, object]:
        """As JSON."""
        return {name: getattr(self, name) for name in COUNTED} | {kind: self.of(kind) for kind in NAMED}

    def _count(self, kind: str, names: Iterable[str], times: int = 1) -> None:
        for name in names:
            if not name:
                continue
            known = self.names.setdefault(kind, {})
            if name in known or len(known) < NAMES_MAX:
                known[name] = known.get(name, 0) + times


def record_from(document: Mapping[str, object]) -> OperationRecord:
    """The record that a document is of."""
    record = OperationRecord()
    for name, value in document.items():
        if name in COUNTED and isinstance(value, int):
            setattr(record, name, value)
        elif name in NAMED and isinstance(value, dict):
            record.names[name] = {str(key): int(times) for key, times in value.items()}
    return record
