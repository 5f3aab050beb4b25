"""Everything that is watched of one vendor's answers: beside its document, and by sketches of their fields. Bounded.

Pure: whoever has answers gives them, one by one, with the time. What is found is told once, and counted from then on.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Literal

from tidegate.drift.answer_sketch import AnswerSketch
from tidegate.drift.document_watch import DocumentWatch
from tidegate.openapi.document import Document

SKETCHES_MAX = 400
"""Operations and statuses with a sketch."""
FIELDS_MAX = 8_000
"""Fields of a vendor with a sketch; each takes about four kilobytes."""
FINDINGS_MAX = 500
"""So many things are told of a vendor; of more, only the number."""


@dataclass(slots=True)
class ObservedDrift:
    """One thing that was found. `first` and `last` are seconds since 1970, `count` how many answers showed it.

    `source` is `document` where the document says otherwise, `answers` where earlier answers were otherwise.
    """

    source: Literal["document", "answers"]
    kind: str
    operation: str
    status: int
    pointer: str
    says: str
    first: float
    last: float
    count: int = 1


@dataclass(frozen=True, slots=True)
class SampledAnswer:
    """An answer to be looked at. `digest` is of its bytes, `about` of the object that was asked for, 0 for none."""

    operation: str
    status: int
    document: Any
    digest: int
    about: int
    wall: float


class VendorWatch:
    """See the module."""

    def __init__(self, document: Document, personal: frozenset[str] = frozenset()) -> None:
        self.findings: dict[tuple[str, str, int, str], ObservedDrift] = {}
        self.untold = 0
        self.answers = 0
        self.fields = 0
        self._personal = personal
        self._sketches: dict[tuple[str, int], AnswerSketch] = {}
        self.document = document
        self._by_document = DocumentWatch(document)

    def change(self, document: Document, personal: frozenset[str]) -> None:
        """Another document comes into force. What is known of answers stays; what was found beside the old one goes."""
        self._personal = personal
        if document is not self.document:
            self.document, self._by_document = document, DocumentWatch(document)
            self.findings = {key: one for key, one in self.findings.items() if one.source == "answers"}

    def look(self, answer: SampledAnswer) -> list[ObservedDrift]:
        """Look at an answer. Returns what was never found before."""
        self.answers += 1
        return [found for found in self._found(answer) if found.count == 1]

    def _found(self, answer: SampledAnswer) -> Iterator[ObservedDrift]:
        operation = self.document.operations.get(answer.operation)
        if operation is not None:
            for one in self._by_document.departures(operation, answer.status, answer.document):
                yield from self._note(answer, "document", one.kind, one.pointer, one.says)
        sketch = self._sketch(answer)
        for change in sketch.add(answer.document, digest=answer.digest, about=answer.about) if sketch else ():
            yield from self._note(answer, "answers", change.change.kind, change.pointer, change.change.says)

    def _note(
        self, answer: SampledAnswer, source: Literal["document", "answers"], kind: str, pointer: str, says: str
    ) -> Iterator[ObservedDrift]:
        key = (kind, answer.operation, answer.status, pointer)
        known = self.findings.get(key)
        if known is not None:
            known.count, known.last, known.says = known.count + 1, answer.wall, says
            if source == "answers":  # it has changed once more
                yield known
        elif len(self.findings) >= FINDINGS_MAX:
            self.untold += 1
        else:
            found = self.findings[key] = ObservedDrift(
                source, kind, answer.operation, answer.status, pointer, says, answer.wall, answer.wall
            )
            yield found

    def _sketch(self, answer: SampledAnswer) -> AnswerSketch | None:
        key = (answer.operation, answer.status)
        sketch = self._sketches.get(key)
        if sketch is None and len(self._sketches) < SKETCHES_MAX:
            sketch = self._sketches[key] = AnswerSketch(self._room, self._personal)
        return sketch

    def _room(self) -> bool:
        if self.fields >= FIELDS_MAX:
            return False
        self.fields += 1
        return True

    def overview(self) -> dict[str, Any]:
        """What was watched and found, as JSON, the newest first."""
        found = sorted(self.findings.values(), key=lambda one: (-one.last, one.operation, one.pointer))
        return {
            "answers": self.answers,
            "fields": self.fields,
            "repeats": sum(sketch.repeats for sketch in self._sketches.values()),
            "unkept": sum(sketch.unkept for sketch in self._sketches.values()),
            "untold": self.untold,
            "findings": [asdict(one) for one in found],
        }
