"""One change between two states of a vendor's API, and where schemas stand in operations. No behaviour but words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tidegate.contracts.drift.documents.schema_pairs import SchemaPair
from tidegate.drift.change_kinds import KINDS, ChangeKind, Direction

Part = Literal["operation", "parameter", "body", "status", "media", "header", "security", "schema"]
"""What of an operation a change is about."""

STEPS_MAX = 60
"""A pointer has so many steps at most."""
SHOWN_MAX = 120
"""So many characters of a value are shown."""


@dataclass(frozen=True, slots=True)
class SchemaPlace:
    """Where in an operation a pair of schemas stands."""

    operation: str
    direction: Literal["request", "response"]
    where: Literal["body", "parameter", "header"]
    at: str
    """`body`, `query limit`, `200`, `200 header X-Total`."""
    media: str
    pair: SchemaPair


@dataclass(slots=True)
class DocumentChange:
    """One change. `operations` are the ids of all that it reaches, in the old document's words where it had them."""

    kind: ChangeKind
    direction: Direction
    part: Part
    operations: tuple[str, ...]
    at: str = ""
    """The parameter (`query limit`), the status, the header (`200 X-Total`), the media type (`200 text/csv`)."""
    pointer: str = ""
    """Of a schema's change: a JSON Pointer into the value, `*` for each item. The first of many, where it is shared."""
    schema: str = ""
    """The name of the schema in the document, where it has one."""
    subject: str = ""
    """The property that came or went."""
    old: Any = None
    new: Any = None
    hint: str = ""
    pair: SchemaPair | None = field(default=None, repr=False)

    @property
    def place(self) -> str:
        """The place in words: operation, direction, pointer."""
        first = self.operations[0] if self.operations else "the whole API"
        parts = [first, self.at]
        if self.part == "schema":
            parts = [first, f"{self.direction} {self.at}".replace("request body", "request"), self.pointer or "/"]
        more = len(self.operations) - 1
        text = " ".join(part for part in parts if part)
        return f"{text} and {more} more" if more > 0 else text

    @property
    def sentence(self) -> str:
        """What happened, in a sentence without the place."""
        subject = self.subject or (self.pointer.rpartition("/")[2] if self.pointer else "") or self.at or "it"
        text = f"{subject} {self.kind.means}"
        if self.old is not None and self.new is not None:
            text += f": {shown(self.old)} → {shown(self.new)}"
        elif self.new is not None:
            text += f": {shown(self.new)}"
        elif self.old is not None:
            text += f" (was {shown(self.old)})"
        return f"{text}; {self.hint}" if self.hint else text

    def document(self) -> Mapping[str, Any]:
        """As JSON."""
        return {
            "kind": self.kind.name, "direction": self.direction, "part": self.part, "operations": [*self.operations],
            "at": self.at, "pointer": self.pointer, "schema": self.schema, "subject": self.subject, "old": self.old,
            "new": self.new, "says": self.sentence,
        }  # fmt: skip


def changed(name: str, part: Part, operation: str, at: str = "", *, old: Any = None, new: Any = None,
            hint: str = "") -> DocumentChange:  # fmt: skip
    """A change of an operation, by the name of its kind."""
    kind = KINDS[name]
    return DocumentChange(kind, kind.direction, part, (operation,), at, old=old, new=new, hint=hint)


def pointer_to(steps: Sequence[str]) -> str:
    """The JSON Pointer of a way into a value; of a longer one than STEPS_MAX, its beginning."""
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in steps[:STEPS_MAX])


def shown(value: Any) -> str:
    """A value in few characters."""
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"
