"""The places of an operation's objects: in its answer, in the items of its list, and in its request.

It knows which kind the operation is about, and not what it does with it.
"""

from collections.abc import Mapping
from typing import Any

from tidegate.json_pointer import steps_of
from tidegate.openapi.document import Document, Operation
from tidegate.openapi.schema_types import types_of
from tidegate.simulator.document.answered_objects import is_bytes, is_like
from tidegate.simulator.document.documented_answer import CHOICES_MAX, At, DocumentedAnswer, chosen, inside, is_untyped
from tidegate.simulator.document.envelope import DEPTH_MAX, Names, below, is_of_type, list_at, object_at
from tidegate.simulator.document.path_template import SLOT, PathTemplate, singular
from tidegate.simulator.document.resource_kind import ResourceKind, is_open
from tidegate.values.string_values import plain_name
from tidegate.vendor.resource_facts import Does, ObjectOperation

WHOLES = frozenset({"attributes", "fields", "properties", "relationships"})
"""Parts of an object that have all of its fields."""

_SHOWING = ("create", "retrieve", "update", "put", "act")


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
        if kind.single and chosen(self._document, schema) is kind.schema:
            return (), schema
        if does == "delete":  # it shows what was deleted, or only that it was
            at, node = self.of_object(kind, schema, path.word)
            return (at, node) if is_like(chosen(self._document, node), kind.schema) else ((), schema)
        return self.of_object(kind, schema, kind.name if declared is not None else path.word)

    def of_shown(self, does: Does, kind: ResourceKind | None, answer: DocumentedAnswer, inner: Any) -> tuple[Any, bool]:
        """The schema of the object in an answer, None where that tells of none; and whether it takes any field.

        `inner` is what was found. An answer that may be anything shows the object itself.
        """
        if kind is not None and does in _SHOWING and is_untyped(self._document, answer):
            inner = kind.schema
        opens = kind is not None and kind.open and is_open(self._document, inner)
        plain = self._document.schemas.plain
        has_fields = inner is not None and bool(plain(chosen(self._document, inner)).get("properties"))
        return (inner if does == "list" or opens or has_fields else None), opens

    def of_object(self, kind: ResourceKind, schema: Any, word: str) -> tuple[At, Any]:
        """The place of an object of the kind: it has the kind's very schema there, or most of its fields."""
        if is_like(chosen(self._document, schema), kind.schema):
            return (), schema
        ids = frozenset(plain_name(name) for name in (*kind.id_at[-1:], kind.id_param) if name)
        likes = (frozenset(kind.fields),) if kind.fields else ()
        return object_at(self._document, schema, word, ids=ids, likes=likes)

    def shows(self, kind: ResourceKind, schema: Any) -> bool:
        """True where an answer is an object of the kind, bare or in an envelope: it has that very schema."""
        if not schema or not kind.fields:
            return False
        return is_like(chosen(self._document, self.of_object(kind, schema, kind.name)[1]), kind.schema)

    def switches(self, kind: ResourceKind, word: str) -> bool:
        """True where the kind's objects have a switch that an action of this name sets: `locked` for `lock`."""
        begun = (name for plain, name in kind.names.items() if plain.removeprefix("is").startswith(plain_name(word)))
        return any("boolean" in types_of(self._document.schemas.plain(kind.fields[name])) for name in begun)

    def is_object(self, kind: ResourceKind, schema: Any) -> bool:
        """True where a schema has mostly the fields of the kind's objects."""
        fields = self._document.schemas.plain(chosen(self._document, schema)).get("properties", {})
        return bool(fields) and 2 * len(fields.keys() & kind.fields.keys()) > len(fields)

    def item(self, schema: Any, at: At) -> Any:
        """The schema of the items of a list at this place of an answer."""
        return self._document.schemas.plain(inside(self._document, schema, at)).get("items", {})

    def is_full(self, schema: Any, at: At) -> bool:
        """True where a page cannot be empty, or does not hold objects: a sample will do better."""
        level = self._document.schemas.plain(inside(self._document, schema, at))
        item = chosen(self._document, level.get("items", {}))
        plain = self._document.schemas.plain(item)
        return level.get("minItems", 0) > 0 or plain.get("type") in ("string", "integer", "number", "boolean")

    def in_request(self, operation: Operation, kind: ResourceKind) -> At:
        """Where the object's fields stand in the request: in the envelope that most of them are in."""
        fields = frozenset(kind.fields)
        bodies = self._document.request_content(operation).values()
        places = (request_at(self._document, body, fields) for body in bodies)
        return next((at for at in places if at), ())

    def part_in_request(self, operation: Operation, kind: ResourceKind) -> tuple[At, str, Names] | None:
        """Where the request has the fields of a part that has all of the object's, the part, and these fields.

        None where it has the object's own, or the part itself.
        """
        plain = self._document.schemas.plain
        for part in kind.fields.keys() & WHOLES:
            fields = frozenset(plain(chosen(self._document, kind.fields[part])).get("properties", {}))
            for body in self._document.request_content(operation).values():
                at = request_at(self._document, body, fields)
                sent = (
                    frozenset(plain(inside(self._document, body, at)).get("properties", {})) if fields else frozenset()
                )
                if len(sent & fields) > len(sent & kind.fields.keys()) and part not in at:
                    return at, part, sent & fields
        return None

    def list_in_request(self, operation: Operation, kind: ResourceKind) -> At | None:
        """Where the request has a list of objects of the kind; None where it is about one.

        A list under a name of the object's says something else where the object has none there: which fields to show.
        """
        plain = self._document.schemas.plain
        lists = {name for name, node in kind.fields.items() if is_of_type(plain(node), "array")}
        places = []
        for body in self._document.request_content(operation).values():
            sent = plain(chosen(self._document, body)).get("properties", {})
            others = {name for name in sent.keys() - lists if is_of_type(plain(sent[name]), "array")}
            places.append(list_in_request(self._document, body, frozenset(kind.fields.keys() - others)))
        return next((at for at in places if at is not None), None)

    def ids_in_request(self, operation: Operation, kind: ResourceKind) -> At | None:
        """Where the request, its body or its query, has a list of ids of objects of the kind; None for nowhere."""
        plain = self._document.schemas.plain
        bodies = self._document.request_content(operation).values()
        queries = {
            entry["name"]: entry.get("schema", entry)
            for entry in self._document.parameters(operation)
            if entry.get("in") == "query"
        }
        for level in (*[plain(chosen(self._document, body)) for body in bodies], {"properties": queries}):
            if is_of_type(level, "array"):
                return () if _is_scalar(plain(level.get("items", {}))) else None
            for name, node in level.get("properties", {}).items():
                inner = plain(node)
                listed = is_of_type(inner, "array") and _is_scalar(plain(inner.get("items", {})))
                listed = listed or (name in queries and types_of(inner) == ["string"])  # `ids=1,2`
                if listed and plain_name(name) in _plurals(kind):
                    return (name,)
        return None

    def downloads(
        self, operation: Operation, path: PathTemplate, kind: ResourceKind | None, answer: DocumentedAnswer
    ) -> bool:
        """True where the answer may be the very file, or the value, that an object is."""
        if kind is not None and not kind.fields and not kind.open and answer.media:
            same = [one for one in self._document.operations.values() if one.template == operation.template]
            writers = [one for one in same if one.method in ("PUT", "POST")]
            sent = [body for one in writers for body in self._document.request_content(one).values()]
            if operation.method in ("GET", "PUT", "POST") and answer.schema is not None and answer.schema in sent:
                return True
        return operation.method == "GET" and SLOT in path.key[-2:] and is_bytes(self._document, answer)

    def id_in_query(self, operation: Operation, kind: ResourceKind) -> str:
        """The parameter of the query that names a new object, as `jobId` does (AIP-133); empty where none does."""
        wanted = f"{plain_name(singular(kind.name.rpartition('/')[2].lower()))}id"
        entries = self._document.parameters(operation) if kind.id_at else ()
        named = (one["name"] for one in entries if one.get("in") == "query" and plain_name(one["name"]) == wanted)
        return next(named, "")

    def has_id(self, operation: Operation, kind: ResourceKind) -> bool:
        """True where the request may say which object it is about."""
        bodies = self._document.request_content(operation).values()
        levels = (self._document.schemas.plain(chosen(self._document, body)) for body in bodies)
        return any(kind.id_field in level.get("properties", {}) for level in levels)

    def sent_fields(self, operation: Operation, kind: ResourceKind, at: At) -> frozenset[str]:
        """The fields that the request may hold; all of the kind's where the document does not say."""
        bodies = self._document.request_content(operation).values()
        plain = self._document.schemas.plain
        wholes = [plain(inside(self._document, body, at)) for body in bodies]
        parts = [part for level in wholes for word in ("oneOf", "anyOf") for part in level.get(word, ())]
        levels = (plain(chosen(self._document, part)) for part in (*wholes, *parts[:CHOICES_MAX]))
        return frozenset({name for level in levels for name in level.get("properties", {})} or kind.fields)

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
    """The place in a request of the list of what several objects are made of; None where it is about one.

    It is about one, too, where an object beside the list has as many of the fields: `data`, with `included`.
    """
    level = document.schemas.plain(chosen(document, schema))
    if is_of_type(level, "array"):
        return () if _alike(document, level, fields) else None
    properties = level.get("properties", {})
    if fields & properties.keys():
        return None
    one = inside(document, schema, request_at(document, schema, fields))
    least = len(fields & document.schemas.plain(one).get("properties", {}).keys())
    places = below(document, properties, 1, "array")
    return next((at for at, inner in places if _alike(document, inner, fields) > least), None)


def _alike(document: Document, level: Mapping[str, Any], fields: Names) -> int:
    """How many of the fields the entries of a list have, maybe in a wrapper: `requests: [{"book": {…}}]` (AIP-233)."""
    item = document.schemas.plain(chosen(document, level.get("items", {}))).get("properties", {})
    wrapped = below(document, item, 1, "object", into=lambda name: name not in fields)
    return max(
        len(fields & level.get("properties", {}).keys())
        for level in ({"properties": item}, *(one for _, one in wrapped))
    )


def _is_scalar(level: Mapping[str, Any]) -> bool:
    return bool({"string", "integer"} & {*types_of(level)})


def _plurals(kind: ResourceKind) -> set[str]:
    """Plain names under which a request may list ids of a kind: `ids`, `skus`, `orderIds`, `orders`."""
    word = plain_name(kind.name.rsplit("/", 1)[-1])
    single = plain_name(singular(kind.name.rsplit("/", 1)[-1].lower()))
    names = {"id", f"{single}id", *(plain_name(name) for name in (*kind.id_at[-1:], kind.id_param) if name)}
    return {f"{name}s" for name in names} | {word, "keys"}


def steps(pointer: str) -> At:
    """The names of a JSON Pointer; a text without a slash is one name."""
    if not pointer.startswith("/"):
        return (pointer,) if pointer else ()
    return (*steps_of(pointer),)
