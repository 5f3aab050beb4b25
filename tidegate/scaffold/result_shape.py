"""What the adapter reads of an answer: the object, or the list, and a few of its plain fields.

Read from the document's schemas. Which fields an app needs nobody can know: these are those that tell one object from
another, and what state it is in, and a person adds to them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.openapi.document import Document, Operation
from tidegate.scaffold.identifiers import CLASSES_TAKEN, pascal, snake, unique
from tidegate.simulator.document.documented_answer import DocumentedAnswer, answer_of, chosen
from tidegate.simulator.document.envelope import list_at, object_at
from tidegate.simulator.document.resource_operation import ResourceOperation, ResourceOperations

FIELDS_MAX = 6
"""A result has so many fields at most."""

ScalarName = Literal["str", "int", "float", "bool"]
_SCALARS: Mapping[str, ScalarName] = {"string": "str", "integer": "int", "number": "float", "boolean": "bool"}
_FIRST = ("id", "sid", "uuid", "key", "number", "name", "status", "state", "type")


@dataclass(frozen=True, slots=True)
class ResultField:
    """One field that is read. `sure` where the answer always has it."""

    name: str
    wire: str
    type: ScalarName
    sure: bool


@dataclass(frozen=True, slots=True)
class CallResult:
    """What becomes of the answer. `at` leads to the object, or to the list."""

    form: Literal["object", "list", "content", "nothing"]
    class_name: str = ""
    fields: tuple[ResultField, ...] = ()
    at: tuple[str, ...] = ()


class ResultShapes:
    """The results of a document's operations."""

    def __init__(self, document: Document, resources: ResourceOperations) -> None:
        self._document = document
        self._resources = resources
        self._classes: dict[str, tuple[Any, tuple[ResultField, ...]]] = {}

    def of(self, operation: Operation, resource: ResourceOperation) -> CallResult:
        """What becomes of the answer of an operation."""
        documented = answer_of(self._document, operation)
        if not documented.media or documented.status == 204:
            return CallResult("nothing")
        if not documented.is_json or not documented.schema:
            return CallResult("content")
        form, at, inner = self._place(operation, resource, documented)
        if any(not step for step in at):
            return CallResult("content")
        fields = tuple(self._fields(inner)) if inner else ()
        if not fields:
            return CallResult("content")
        return CallResult(form, self._class(resource, operation, inner, fields), fields, at)

    def _place(
        self, operation: Operation, resource: ResourceOperation, documented: DocumentedAnswer
    ) -> tuple[Literal["object", "list"], tuple[str, ...], Any]:
        word = self._resources.model.paths[operation.id].word
        at = resource.at if resource.does == "list" else list_at(self._document, documented.schema, word)
        if at is not None and (resource.does == "list" or operation.method == "GET"):
            level = self._inside(documented.schema, at)
            return "list", at, chosen(self._document, level.get("items", {}))
        if resource.inner is not None and resource.does != "list":
            return "object", resource.at, chosen(self._document, resource.inner)
        place, inner = object_at(self._document, documented.schema, word)
        return "object", place, inner

    def _inside(self, schema: Any, at: Sequence[str]) -> Mapping[str, Any]:
        level = self._document.schemas.plain(schema)
        for step in at:
            level = self._document.schemas.plain(chosen(self._document, level).get("properties", {}).get(step, {}))
        return level

    def _fields(self, schema: Any) -> Iterator[ResultField]:
        level = self._document.schemas.plain(schema)
        properties = level.get("properties", {})
        required = {name for name in level.get("required", ()) if isinstance(name, str)}
        order = sorted(properties, key=lambda name: (_rank(name), name not in required))
        taken: set[str] = set()
        for wire in order:
            plain = self._document.schemas.plain(properties[wire])
            declared = plain.get("type")
            kinds = [declared] if isinstance(declared, str) else list(declared or ())
            scalar = next((_SCALARS[kind] for kind in kinds if kind in _SCALARS), None)
            if scalar is None or len([kind for kind in kinds if kind != "null"]) != 1 or plain.get("writeOnly") is True:
                continue
            name = unique(snake(wire), taken)
            taken.add(name)
            sure = wire in required and "null" not in kinds and _rank(wire) < 4 and scalar in ("str", "int")
            yield ResultField(name, wire, scalar, sure)
            if len(taken) >= FIELDS_MAX:
                return

    def _class(
        self, resource: ResourceOperation, operation: Operation, inner: Any, fields: tuple[ResultField, ...]
    ) -> str:
        """The class of a result: one for each schema that is read."""
        name = pascal(resource.kind or self._resources.model.paths[operation.id].word or operation.id)
        for known, (schema, its_fields) in self._classes.items():
            if its_fields == fields and (schema is inner or known == name):
                return known
        taken = name in CLASSES_TAKEN or name.endswith("Adapter")
        name = unique(f"{name}Record" if taken else name, self._classes)
        self._classes[name] = (inner, fields)
        return name


def _rank(name: str) -> int:
    return _FIRST.index(name) if name in _FIRST else len(_FIRST)
