"""The journal: every request that reached the vendor, when, what it changed and how it was answered.

The chaos judge reads it, so it says only what happened and judges nothing. Bounded: the oldest entries are forgotten,
the counters are not.
"""

import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import islice
from typing import Any, Self

from tidegate.redaction.redactor import Redactor
from tidegate.redaction.secret_names import hidden_fields
from tidegate.simulator.record.sent_request import SentRequest
from tidegate.values.json_value import Obj

ENTRIES_MAX = 200_000

CONTENTS_MAX = 1_000
"""Requests whose content is kept: the last ones."""


@dataclass(slots=True)
class JournalEntry:
    """One request.

    `at` counts seconds since the start of the run, `wall` since 1970. `status` is what was answered, 0 where nothing
    was; `answered` says whether the whole answer was put on the wire; `replayed` whether it is the kept answer of an
    earlier request under the same key, `played` whether it comes from a cassette. `effects` are the changes that
    this request made.
    """

    n: int
    at: float
    wall: float
    method: str
    path: str
    operation: str = ""
    app: str = ""
    key: str = ""
    tag: str = ""
    """The sender's own name of the call (Call-Tag), by which a judge knows a call's requests again."""
    request_id: str = ""
    status: int = 0
    faults: tuple[str, ...] = ()
    answered: bool = False
    replayed: bool = False
    played: bool = False
    took_s: float = 0.0
    effects: list[Obj] = field(default_factory=list)
    webhook_faults: tuple[str, ...] = ()
    """The faults of the webhooks that this request brought."""
    refused: str = ""
    """Why the vendor refused it: the reason's name and its sentence; empty where it did not."""
    carried_out: bool = False
    """Whether the vendor did what was asked, whatever it answered then: not so for a refusal or a stored answer."""
    sent: SentRequest | None = None
    """What the app sent; None of a request that is not one of the last CONTENTS_MAX."""

    def described(self) -> dict[str, Any]:
        """The entry as data. Times are rounded to a microsecond."""
        return {
            "n": self.n,
            "at": round(self.at, 6),
            "wall": round(self.wall, 6),
            "method": self.method,
            "path": self.path,
            "operation": self.operation,
            "app": self.app,
            "key": self.key,
            "tag": self.tag,
            "request_id": self.request_id,
            "status": self.status,
            "faults": [*self.faults, *self.webhook_faults],
            "answered": self.answered,
            "replayed": self.replayed,
            "played": self.played,
            "took_s": round(self.took_s, 6),
            "effects": self.effects,
            "refused": self.refused,
            "carried_out": self.carried_out,
        }

    def shown(self, redactor: Redactor) -> dict[str, Any]:
        """The entry as data for people: with what the app sent, and without secrets."""
        shown = self.described()
        shown["refused"] = redactor.text(hidden_fields(self.refused))
        shown["sent"] = self.sent.described(redactor) if self.sent is not None else None
        return shown


_FILTERS = ("operation", "status", "fault", "key", "app")
_STATUS = re.compile(r"[0-9*?x]{1,3}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """A filter of entries, each field a pattern: `Post*`, `4*` or `4xx`, `drift*`, `***4242`."""

    operation: str = "*"
    status: str = "*"
    fault: str = "*"
    key: str = "*"
    app: str = "*"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """From a query. Raises ValueError for a status that none can be."""
        given = {name: query[name] for name in _FILTERS if name in query}
        if not _STATUS.fullmatch(given.get("status", "*")):
            raise ValueError(f"status is {given['status']!r}; write one like 404, 4xx or 0 for no answer")
        if "status" in given:
            given["status"] = given["status"].lower().replace("x", "?")
        return cls(**given)

    def matches(self, entry: JournalEntry) -> bool:
        """True where the entry passes the filter."""
        return (
            fnmatchcase(entry.operation, self.operation)
            and fnmatchcase(str(entry.status), self.status)
            and fnmatchcase(entry.key, self.key)
            and fnmatchcase(entry.app, self.app)
            and (self.fault == "*" or self._hit(entry))
        )

    def _hit(self, entry: JournalEntry) -> bool:
        return any(fnmatchcase(name, self.fault) for name in (*entry.faults, *entry.webhook_faults))


EVERYTHING = JournalFilter()


class Journal:
    """The last `most` entries, oldest first. `log`, where set, is given each request when it is over."""

    log: Callable[[JournalEntry], None] | None = None

    def __init__(self, most: int = ENTRIES_MAX) -> None:
        self._entries: deque[JournalEntry] = deque(maxlen=most)
        self._with_content: deque[JournalEntry] = deque()
        self._last = 0
        self.counters: Counter[str] = Counter()

    def arrive(
        self, at: float, wall: float, method: str, path: str, headers: Mapping[str, str] | None = None
    ) -> JournalEntry:
        """A request has come in. Its `headers` are kept while it is one of the last, and so is its body."""
        self._last += 1
        entry = JournalEntry(self._last, at, wall, method, path)
        self._entries.append(entry)
        if headers is not None:
            entry.sent = SentRequest(headers)
            self._with_content.append(entry)
            if len(self._with_content) > CONTENTS_MAX:
                self._with_content.popleft().sent = None
        self.counters["requests"] += 1
        return entry

    def close(self, entry: JournalEntry) -> None:
        """A request is over: count what became of it."""
        counters = self.counters
        counters[f"status {entry.status}" if entry.status else "no answer"] += 1
        if entry.operation:
            counters[f"operation {entry.operation}"] += 1
        for name in entry.faults:
            counters[f"fault {name}"] += 1

    def changed(self, effects: Iterable[Obj]) -> None:
        """Count changes. Apart from `close`, because a change may come when its request is long over."""
        for effect in effects:
            self.counters[f"effect {effect['kind']}"] += 1

    def webhook(self, n: int, faults: Iterable[str]) -> None:
        """Faults hit a webhook. `n` is the request that brought it, 0 where the vendor acted by itself."""
        names = (*(f"webhook {name}" for name in faults),)
        for name in names:
            self.counters[f"fault {name}"] += 1
        if self.forgotten < n <= self._last:
            entry = self._entries[n - self.forgotten - 1]
            entry.webhook_faults = (*entry.webhook_faults, *names)

    @property
    def entries(self) -> list[JournalEntry]:
        """All entries that are stored."""
        return list(self._entries)

    @property
    def last(self) -> int:
        """The number of the newest entry, 0 where there is none."""
        return self._last

    @property
    def forgotten(self) -> int:
        """The number of entries that are no longer stored."""
        return self._last - len(self._entries)

    def since(self, n: int, limit: int, wanted: JournalFilter = EVERYTHING) -> list[JournalEntry]:
        """At most `limit` of the wanted entries numbered above `n`, oldest first."""
        newer: Iterator[JournalEntry] = islice(self._entries, max(0, n - self.forgotten), None)
        if wanted != EVERYTHING:
            newer = filter(wanted.matches, newer)
        return list(islice(newer, limit))

    def end(self, entry: JournalEntry) -> None:
        """Nothing more will happen to this request."""
        if self.log is not None:
            self.log(entry)

    def clear(self) -> None:
        """Begin again from number 1, counters too."""
        self._entries.clear()
        self._with_content.clear()
        self.counters.clear()
        self._last = 0
