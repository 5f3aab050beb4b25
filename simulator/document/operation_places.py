"""The places of an operation's objects: in its answer, in the items of its list, and in its request.

It knows which kind the operation is about, and not what it does with it.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.openapi.document import Document, Operation
from tidegate.simulator.document.documented_answer import At, chosen, inside
from tidegate.simulator.document.envelope import DEPTH_MAX, Names, below, is_of_type, list_at, object_at
from tidegate.simulator.document.path_template import PathTemplate
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.values.string_values import plain_name
from tidegate.vendor.resource_facts import Does, ObjectOperation


class OperationPlaces:
    """Places in the answers and requests of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def in_answer(
        self, does: Does, kind: ResourceKind | None, declared: ObjectOperation | None, schema: Any, path: PathTemplate
    ) -> tuple[At | None, Any]:
        """The place of the object, or of the list, and the schema of the object, or of an item."""
        if kind is None or not schema:
            return ((), None)
        if does == "list":
            at = steps(declared.at) if declared and declared.at is not None else None
            if at is None:
                like = frozenset(kind.fields)
                at = list_at(self._document, schema, path.word, surely=declared is not None, like=like)
            return at, None if at is None else self.item(schema, at)
        if declared is not None and declared.at is not None:
            return steps(declared.at), inside(self._document, schema, steps(declared.at))
        if does == "delete" or (kind.single and chosen(self._document, schema) is kind.schema):
            return (), schema
        return self.of_object(kind, schema, kind.name if declared is not None else path.word)

    def of_object(self, kind: ResourceKind, schema: Any, word: str) -> tuple[At, Any]:
        """The place of an object of the kind: it has the kind's very schema there, or most of its fields."""
        if chosen(self._document, schema) is kind.schema:
            return (), schema
        ids = frozenset(plain_name(name) for name in (*kind.id_at[-1:], kind.id_param) if name)
        likes = (frozenset(kind.fields),) if kind.fields else ()
        return object_at(self._document, schema, word, ids=ids, likes=likes)

    def is_object(self, kind: ResourceKind, schema: Any) -> bool:
        """True where a schema has mostly the fields of the kind's objects."""
        fields = self._document.schemas.plain(chosen(self._document, schema)).get("properties", {})
        return bool(fields) and 2 * len(fields.keys() & kind.fields.keys()) > len(fields)

    def item(self, schema: Any, at: At) -> Any:
        """The schema of the items of a list at this place of an answer."""
        return self._document.schemas.plain(inside(self._document, schema, at)).get("items", {})

    def in_request(self, operation: Operation, kind: ResourceKind) -> At:
        """Where the object's fields stand in the request: in the envelope that most of them are in."""
        fields = frozenset(kind.fields)
        bodies = self._document.request_content(operation).values()
        places = (request_at(self._document, body, fields) for body in bodies)
        return next((at for at in places if at), ())

    def list_in_request(self, operation: Operation, kind: ResourceKind) -> At | None:
        """Where the request has a list of objects of the kind; None where it is about one."""
        fields = frozenset(kind.fields)
        bodies = self._document.request_content(operation).values()
        places = (list_in_request(self._document, body, fields) for body in bodies)
        return next((at for at in places if at is not None), None)

    def sent_fields(self, operation: Operation, kind: ResourceKind, at: At) -> frozenset[str]:
        """The fields that the request may hold; all of the kind's where the document does not say."""
        bodies = self._document.request_content(operation).values()
        parts = (chosen(self._document, inside(self._document, body, at)) for body in bodies)
        names = {name for part in parts for name in self._document.schemas.plain(part).get("properties", {})}
        return frozenset(names or kind.fields)

    def expands(self, operation: Operation) -> bool:
        """True where `expand` takes any text: words of the document's own mean something of its own."""
        plain = self._document.schemas.plain
        params = (entry for entry in self._document.parameters(operation) if entry["name"] == "expand")
        bodies = (chosen(self._document, body) for body in self._document.request_content(operation).values())
        levels = [plain(entry.get("schema", entry)) for entry in params]
        levels += [
            plain(fields["expand"])
            for body in bodies
            if "expand" in (fields := self._document.schemas.plain(body).get("properties", {}))
        ]
        lists = [plain(level.get("items", {})) for level in levels if level.get("type") == "array"]
        return any("enum" not in item and "const" not in item for item in lists)

    def texts(self, operation: Operation) -> frozenset[str]:
        """The names of the parameters that are texts."""
        plain, entries = self._document.schemas.plain, self._document.parameters(operation)
        return frozenset(one["name"] for one in entries if plain(one.get("schema", one)).get("type") == "string")


def request_at(document: Document, schema: Any, fields: Names) -> At:
    """The place in a request of what the object with these fields is made of."""
    properties = document.schemas.plain(chosen(document, schema)).get("properties", {})
    best: At = ()
    most = len(fields & properties.keys())
    for at, level in below(document, properties, DEPTH_MAX, "object", into=lambda name: name not in fields):
        shared = len(fields & level.get("properties", {}).keys())
        if shared > most:
            best, most = at, shared
    return best


def list_in_request(document: Document, schema: Any, fields: Names) -> At | None:
    """The place in a request of the list of what several objects are made of; None where it is about one."""
    level = document.schemas.plain(chosen(document, schema))
    if is_of_type(level, "array"):
        return () if _is_alike(document, level, fields) else None
    properties = level.get("properties", {})
    if fields & properties.keys():
        return None
    places = below(document, properties, 1, "array")
    return next((at for at, inner in places if _is_alike(document, inner, fields)), None)


def _is_alike(document: Document, level: Mapping[str, Any], fields: Names) -> bool:
    item = document.schemas.plain(chosen(document, level.get("items", {}))).get("properties", {})
    return bool(fields & item.keys())


def steps(pointer: str) -> At:
    """The names of a JSON Pointer; a text without a slash is one name."""
    if not pointer.startswith("/"):
        return (pointer,) if pointer else ()
    return (*[step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]],)
