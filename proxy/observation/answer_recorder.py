"""Takes sampled answers off the way of calls: each costs its call one append, and is looked at later, one in a turn.

Bounded: so many bytes may wait, one more answer is dropped and counted. What is made of them is the matter of
tidegate.drift; their bytes are gone once they are looked at.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import orjson

from tidegate.content_coding import decoded
from tidegate.drift.vendor_watch import ObservedDrift, SampledAnswer, VendorWatch
from tidegate.openapi.document import Document
from tidegate.world.world import World

FLUSH_S = 0.5
BODY_BYTES_MAX = 131_072
"""A larger answer is not looked at: it would hold up the calls that come for more than a millisecond."""
WAITING_BYTES_MAX = 2 * 1024 * 1024
NOTED_EVERY_S = 1.0
"""What was found is written into the log at most so often; the admin port shows all of it."""

Note = Callable[[str, Mapping[str, str | float]], object]


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that waits to be looked at. `target` is empty where the request was for no object of its own."""

    operation: str
    status: int
    body: bytes
    coding: str
    target: str
    wall: float


class AnswerRecorder:
    """See the module. One for each proxy."""

    def __init__(self, world: World) -> None:
        self.watches: dict[str, VendorWatch] = {}
        self.notes: dict[str, Note] = {}
        self.redact: Callable[[str], str] = str
        """Takes secrets out of an answer before anything of it is kept: a vendor may echo one in a word."""
        self.dropped = 0
        self.found: Counter[str] = Counter()
        """Vendor → how many things were found for the first time."""
        self.unread = 0
        """Answers that were no JSON after all."""
        self._world = world
        self._waiting: deque[tuple[str, KeptAnswer]] = deque()
        self._bytes = 0
        self._timer: asyncio.TimerHandle | None = None
        self._noted = float("-inf")

    def watch(self, vendor: str, document: Document, personal: frozenset[str], note: Note) -> None:
        """Watch a vendor from now on, or with another document."""
        self.notes[vendor] = note
        known = self.watches.get(vendor)
        if known is None:
            self.watches[vendor] = VendorWatch(document, personal)
        else:
            known.change(document, personal)

    def add(self, vendor: str, answer: KeptAnswer) -> None:
        """Keep an answer until there is time for it."""
        size = len(answer.body)
        if size > BODY_BYTES_MAX or self._bytes + size > WAITING_BYTES_MAX:
            self.dropped += 1
            return
        self._bytes += size
        self._waiting.append((vendor, answer))
        if self._timer is None:
            self._timer = self._world.call_later(FLUSH_S, self._look_at_one)

    def flush(self) -> None:
        """Look at all that waits."""
        while self._waiting:
            self._look(*self._waiting.popleft())

    def close(self) -> None:
        """Look at nothing more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._waiting.clear()

    def overview(self) -> Mapping[str, Any]:
        """Everything that was found, as JSON."""
        self.flush()
        vendors = {name: watch.overview() for name, watch in self.watches.items()}
        return {"dropped": self.dropped, "unread": self.unread, "vendors": vendors}

    def _look_at_one(self) -> None:
        self._timer = None
        if self._waiting:
            self._look(*self._waiting.popleft())
        if self._waiting:
            self._timer = self._world.call_later(0.0, self._look_at_one)

    def _look(self, vendor: str, kept: KeptAnswer) -> None:
        self._bytes -= len(kept.body)
        watch = self.watches.get(vendor)
        text = decoded(kept.body, kept.coding, BODY_BYTES_MAX)
        if watch is None or text is None:
            self.unread += watch is not None
            return
        try:
            document = orjson.loads(self.redact(text.decode()))
        except ValueError:  # no UTF-8, or no JSON
            self.unread += 1
            return
        about = crc32(kept.target.encode("utf-8", "surrogateescape")) + 1 if kept.target else 0
        answer = SampledAnswer(kept.operation, kept.status, document, crc32(text), about, kept.wall)
        for found in watch.look(answer):
            self.found[vendor] += 1
            self._tell(vendor, found)

    def _tell(self, vendor: str, found: ObservedDrift) -> None:
        now = self._world.now()
        if now - self._noted < NOTED_EVERY_S:
            return
        self._noted = now
        facts: dict[str, str | float] = {
            "operation": found.operation, "status": float(found.status), "kind": found.kind, "pointer": found.pointer,
            "says": found.says,
        }  # fmt: skip
        self.notes[vendor]("the vendor's answers have changed", facts)
