"""The shape of one call: what a method of the adapter takes, what it sends, and which fields of the answer it reads.

Read from the document, one operation at a time. It writes no code and sends nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.scaffold.identifiers import argument, snake, unique
from tidegate.scaffold.result_shape import CallResult, ResultShapes
from tidegate.simulator.document.paging.page_style import PageStyles
from tidegate.simulator.document.path_template import SLOT
from tidegate.simulator.document.resource_operation import ResourceOperation, ResourceOperations
from tidegate.values.documented_example import documented_example
from tidegate.values.json_value import NOTHING
from tidegate.values.value_generator import REQUEST, ValueGenerator
from tidegate.vendor.facts import Facts

ARGUMENTS_MAX = 12
"""A method of more arguments is left to a person."""

FORM = "application/x-www-form-urlencoded"
SEED = 1

_TAG = re.compile(r"<[^<>]{0,200}>")
_OWN_HEADERS = frozenset({"authorization", "accept", "content-type", "user-agent", "idempotency-key"})


class Unshaped(ValueError):
    """An operation that no plain method can be written for; the text says why."""


@dataclass(frozen=True, slots=True)
class CallArgument:
    """One argument. `wire` is its name in the request; `sample` a value that the document allows; `many` a list."""

    name: str
    wire: str
    place: Literal["path", "query", "header", "body", "page"]
    type: str
    sample: Any
    joined: bool = False
    """True where the items of a list go into one value with commas between."""


@dataclass(frozen=True, slots=True)
class PathObject:
    """An object that a path goes through: the argument that names it, its kind, and those around it by parameter."""

    argument: str
    kind: str
    around: tuple[tuple[str, str], ...]

    @property
    def state(self) -> str:
        """The state of the vendor in which there is one."""
        return f"{'an' if self.kind[0].lower() in 'aeiou' else 'a'} {self.kind} exists"


@dataclass(frozen=True, slots=True)
class CallShape:
    """One call."""

    operation: Operation
    name: str
    does: str
    kind: str
    objects: tuple[PathObject, ...]
    """The objects that its path goes through, the outermost first."""
    arguments: tuple[CallArgument, ...]
    body: Literal["", "json", "form"]
    whole: bool
    """True where the one argument of the body is the body."""
    result: CallResult
    says: str

    def of(self, *places: str) -> list[CallArgument]:
        """The arguments that stand at these places."""
        return [one for one in self.arguments if one.place in places]


class CallShapes:
    """The shapes of a document's operations."""

    def __init__(self, document: Document, facts: Facts) -> None:
        self._document = document
        self.resources = ResourceOperations(document, facts.resources)
        self._pages = PageStyles(document, facts.resources.pages)
        self._generator = ValueGenerator(SEED, document.schemas)
        self._own = _OWN_HEADERS | ({facts.versioning.header.lower()} if facts.versioning else set())
        self._own |= {facts.idempotency.header.lower()} if facts.idempotency else set()
        self._names: dict[str, str] = {}
        self._results = ResultShapes(document, self.resources)

    def of(self, operation: Operation) -> CallShape:
        """The shape. Raises Unshaped, and DocumentError where the document is unsound there."""
        resource = self.resources.of(operation)
        arguments: list[CallArgument] = [*self._parameters(operation, resource)]
        body, whole, fields = self._body(operation, {one.name for one in arguments})
        arguments += fields
        if len(arguments) > ARGUMENTS_MAX:
            raise Unshaped(f"it takes {len(arguments)} arguments")
        name = self._names.get(operation.id)
        if name is None:
            name = self._names[operation.id] = unique(snake(operation.id), set(self._names.values()))
        result = self._results.of(operation, resource)
        sentence = _sentence(operation)
        objects = tuple(self._objects(operation, resource, arguments))
        return CallShape(
            operation, name, resource.does, resource.kind, objects, tuple(arguments), body, whole, result, sentence
        )

    def _objects(
        self, operation: Operation, resource: ResourceOperation, arguments: Sequence[CallArgument]
    ) -> Iterator[PathObject]:
        path, by_wire = self.resources.model.paths[operation.id], {one.wire: one.name for one in arguments}
        for end in range(1, len(path.key) + 1):
            kind = self.resources.model.at.get(path.key[:end]) if path.key[end - 1] == SLOT else None
            place = path.key[:end].count(SLOT)
            if kind is None or kind.single or not kind.id_param or (end == len(path.key) and resource.does == "put"):
                continue
            outer = path.params[: place - 1]
            around = [(within, by_wire[wire]) for within, wire in zip(kind.within, outer, strict=False)]
            yield PathObject(by_wire[path.params[place - 1]], kind.name, tuple(around))

    # --- what it takes -------------------------------------------------------------------------------------------

    def _parameters(self, operation: Operation, resource: ResourceOperation) -> Iterator[CallArgument]:
        taken: set[str] = set()
        listed = {(one["in"], one["name"]): one for one in self._document.parameters(operation)}
        inside = self.resources.model.paths[operation.id].params
        wanted = [("path", name, listed.get(("path", name), {"name": name, "schema": {"type": "string"}}))
                  for name in inside]  # fmt: skip
        wanted += [
            (place, name, one)
            for (place, name), one in listed.items()
            if place in ("query", "header") and one.get("required") is True and name.lower() not in self._own
        ]
        for place, name, parameter in wanted:
            made = self._argument(operation, str(place), name, parameter, taken)
            taken.add(made.name)
            yield made
        style = self._pages.of(resource) if resource.does == "list" else None
        for name in (style.parameter, style.limit) if style is not None else ():
            if name and ("query", name) in listed and ("query", name, listed["query", name]) not in wanted:
                taken.add(given := argument(name, taken))
                yield CallArgument(given, name, "page", "str | None", None)

    def _argument(
        self, operation: Operation, place: str, name: str, parameter: Mapping[str, Any], taken: set[str]
    ) -> CallArgument:
        if place == "query" and "content" in parameter:
            raise Unshaped(f"the query parameter {name} is a document of its own")
        schema = parameter.get("schema", parameter)
        sample = self._generator.value(
            name, schema, operation.id, REQUEST, documented_example(self._document, parameter)
        )
        if isinstance(sample, dict) or (isinstance(sample, list) and place != "query"):
            raise Unshaped(f"the parameter {name} in the {place} is no plain value")
        if place == "path":
            sample = _segment(sample)
        joined = isinstance(sample, list) and (
            parameter.get("explode") is False or parameter.get("collectionFormat", "") in ("csv", "ssv", "pipes")
        )
        kind = {"path": "path", "query": "query"}.get(place, "header")
        wire = name
        return CallArgument(argument(name, taken), wire, kind, _type_of(sample), sample, joined)  # type: ignore[arg-type]  # one of the three

    def _body(
        self, operation: Operation, taken: set[str]
    ) -> tuple[Literal["", "json", "form"], bool, list[CallArgument]]:
        content = self._document.request_content(operation)
        media = next((kind for kind in content if "json" in kind), FORM if FORM in content else "")
        if content and not media:
            raise Unshaped(f"its body is {', '.join(content)}")
        if not content or (not content[media] and operation.method in ("GET", "DELETE")):
            return "", False, []
        sample = self._sample(operation, media, content[media])
        if not sample and operation.method in ("GET", "HEAD", "DELETE"):  # a body that nobody looks for
            return "", False, []
        form: Literal["json", "form"] = "form" if media == FORM else "json"
        if not isinstance(sample, dict):
            return form, True, [CallArgument(argument("content", taken), "", "body", _type_of(sample), sample)]
        fields: list[CallArgument] = []
        for wire, value in sample.items():
            made = CallArgument(argument(wire, taken), wire, "body", _type_of(value), value)
            taken.add(made.name)
            fields.append(made)
        return form, False, fields

    def _sample(self, operation: Operation, media: str, schema: Any) -> Any:
        """The smallest body that the schema takes; with the document's example where that is not enough."""
        if not schema:
            return {}
        entry = self._document.body_content(operation).get(media)
        example = documented_example(self._document, entry) if entry is not None else NOTHING
        check = self._document.schemas.validator(schema, of="request")
        smallest = self._generator.value("", schema, operation.id, REQUEST, NOTHING)
        if check.is_valid(smallest) and (example is NOTHING or not isinstance(smallest, dict)):
            return smallest
        full = self._generator.value("", schema, operation.id, REQUEST, example)
        if isinstance(smallest, dict) and isinstance(full, dict):
            kept = {name: full.get(name, value) for name, value in smallest.items()}
            return kept if check.is_valid(kept) else smallest if check.is_valid(smallest) else full
        return full


def shaped(shapes: CallShapes, operation: Operation) -> CallShape | None:
    """The shape; None where there is none."""
    try:
        return shapes.of(operation)
    except (Unshaped, DocumentError):
        return None


def _segment(sample: Any) -> str:
    """A path's segment that the gateway takes."""
    text = str(sample) if sample is not None else ""
    return text if text and text.isascii() and text.isprintable() and text not in (".", "..") else "sample-1"


def _type_of(sample: Any) -> str:
    match sample:
        case bool():
            return "bool"
        case int():
            return "int"
        case float():
            return "float"
        case str():
            return "str"
        case list():
            return "Sequence[object]"
        case dict():
            return "Mapping[str, object]"
        case _:
            return "object"


def _sentence(operation: Operation) -> str:
    """The first sentence of what the document says of an operation, on one line."""
    for name in ("summary", "description"):
        written = operation.node.get(name)
        if isinstance(written, str) and written.strip():
            line = " ".join(_TAG.sub("", written[:2_000]).split()).partition(". ")[0]
            plain = "".join(char for char in line if char.isprintable()).replace("\\", "/").replace('"', "'")
            if plain:
                return (plain if len(plain) <= 90 else plain[:87].rstrip() + "…").rstrip(".")
    return f"{operation.method} {operation.template}"
