"""What a vendor posts to an app, as its document describes it: method, media type, headers, query, and a body.

The body is one of the schema, with the object that it is about. Where it goes, and when, is decided elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.schema_types import choices_of
from tidegate.simulator.answer.header_values import is_sendable, simple
from tidegate.simulator.answer.media_types import JSON, concrete, is_json
from tidegate.simulator.answer.written_body import written
from tidegate.simulator.document.documented_answer import CHOICES_MAX, chosen
from tidegate.simulator.document.envelope import object_at
from tidegate.simulator.document.path_template import singular
from tidegate.simulator.merge.schema_merge import SchemaMerge
from tidegate.values.documented_example import documented_example
from tidegate.values.json_value import NOTHING, Obj
from tidegate.values.string_values import moment, plain_name
from tidegate.values.value_generator import ANSWER, FULL, ValueGenerator

_NAMES = frozenset({"event", "type", "eventtype", "eventname", "topic", "action", "trigger", "name"})
_MOMENTS = frozenset({"timestamp", "time", "createdat", "created", "sentat", "occurredat", "eventtime", "date"})
"""Plain names of fields that name an event, and of those that say when it was."""


_NOT_SENT = frozenset({
    "host", "content-type", "content-length", "transfer-encoding", "connection", "accept", "authorization",
})  # fmt: skip
"""Headers that belong to the wire, or that OpenAPI says are none of a description's (3.1, Parameter Object)."""

METHODS = ("post", "put", "patch", "get", "delete")
"""Methods of requests that vendors send, the usual first."""

PARAMETERS_MAX = 100
"""So many parameters of a post are looked at."""


@dataclass(frozen=True, slots=True)
class DocumentedPost:
    """A request that the vendor sends: its method, its media type, and what goes with the body."""

    method: str = "POST"
    body: Any = None
    media: str = JSON
    schema: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    query: str = ""


class DocumentedPayload:
    """The bodies that one document describes for what its vendor posts."""

    def __init__(self, document: Document, generator: ValueGenerator) -> None:
        self.document = document
        self._generator = generator
        self._merge = SchemaMerge(document.schemas, generator.inner)

    def operations(self, name: str, item: Any) -> list[Operation]:
        """The operations of a Path Item that is no path's, the usual method first. Raises DocumentError."""
        shared = self.document.follow(item)
        methods = [method for method in METHODS if method in shared] if isinstance(shared, dict) else []
        nodes = ((method, self.document.follow(shared[method])) for method in methods)
        return [
            Operation(f"{name} {method}", method.upper(), name, deprecated=False, index=0, node=node, shared=shared)
            for method, node in nodes
            if isinstance(node, dict)
        ]

    def post(
        self, operation: Operation, about: Obj, *, event: str, kind: str, name: str, wall: int, schema: Any = None
    ) -> DocumentedPost:
        """The request of an operation: `about` is the object, of this kind, to which `event` has happened.

        Its body is None where the document describes none. `name` is what its own values are made from, `wall` the
        moment, `schema` the alternative of the body's that is meant. Raises DocumentError.
        """
        kind_of, media = self.content(operation)
        schema = media.get("schema", {}) if schema is None else schema
        body = self._body(media, schema, about, event, kind, name, wall) if kind_of else None
        headers: dict[str, str] = {}
        query: list[tuple[str, str]] = []
        for parameter in self.document.parameters(operation)[:PARAMETERS_MAX]:
            value = self._parameter(parameter, event, name)
            if value is NOTHING:
                continue
            if parameter["in"] == "query":
                query.append((parameter["name"], simple(value)))
            elif parameter["in"] == "header" and is_sendable(parameter["name"]):
                headers[parameter["name"]] = simple(value)
        return DocumentedPost(operation.method, body, kind_of or JSON, schema, headers, urlencode(query))

    def content(self, operation: Operation) -> tuple[str, Mapping[str, Any]]:
        """The media type of an operation's body, JSON before others, and its Media Type Object; empty for none."""
        content = self.document.body_content(operation)
        kind = next(filter(is_json, content), next(iter(content), ""))
        media = content.get(kind, {})
        return concrete(kind, self.document.schemas.plain(media.get("schema", {}))) if kind else "", media

    def event_words(self, schema: Any) -> Iterator[tuple[str, Any]]:
        """The words that a body of this schema may say has happened, each with the alternative that says it."""
        plain = self.document.schemas.plain
        for choice in choices_of(plain(schema))[:CHOICES_MAX] or [schema]:
            for name, node in plain(choice).get("properties", {}).items():
                inner = plain(node)
                listed = inner.get("enum", [inner.get("const")]) if plain_name(name) in _NAMES else ()
                yield from ((word, choice) for word in listed if isinstance(word, str))

    def written(self, media: str, schema: Any, body: Any) -> bytes:
        """A body in a media type. `schema` is what the document says of it, None for nothing."""
        return written(media, body, {} if schema is None else schema, self.document.schemas.plain)

    def _parameter(self, parameter: Mapping[str, Any], event: str, name: str) -> Any:
        """The value of a parameter that must be sent or of which the document shows one; NOTHING for any other."""
        about, schema = parameter["name"], parameter.get("schema", {})
        if about.lower() in _NOT_SENT:
            return NOTHING
        level, example = self.document.schemas.plain(schema), documented_example(self.document, parameter)
        if example is not NOTHING:
            return example
        is_set = any(word in level for word in ("example", "examples", "default", "const", "enum"))
        if not is_set and parameter.get("required") is not True:
            return NOTHING
        if not is_set and event and plain_name(about).endswith(("event", "topic", "eventtype", "eventname")):
            return event
        return self._generator.value(about, schema, f"{name}:{about}", FULL)

    def _body(
        self, media: Mapping[str, Any], schema: Any, about: Obj, event: str, kind: str, name: str, wall: int
    ) -> Any:
        made = self._generator.value("", schema, name, ANSWER, documented_example(self.document, media))
        if not isinstance(made, dict):
            return made
        word = kind.rsplit("/", 1)[-1]
        told = self._told(schema, about, event, word, wall)
        at, inner = object_at(self.document, schema, word, likes=(frozenset(about),))
        if not at:
            return self._merge.filled(schema, made, {**about, **told})
        return self._placed(self._merge.filled(schema, made, told), at, inner, about)

    def _placed(self, made: Any, at: tuple[str, ...], inner: Any, about: Obj) -> Any:
        """The body with the object at its place."""
        if not at:
            return self._merge.filled(inner, made if isinstance(made, dict) else {}, about)
        held = made if isinstance(made, dict) else {}
        return {**held, at[0]: self._placed(held.get(at[0]), at[1:], inner, about)}

    def _told(self, schema: Any, about: Obj, event: str, word: str, wall: int) -> Obj:
        """What the body says of the event: its name, its moment, and the id of the object by the kind's name."""
        plain = self.document.schemas.plain
        stem = plain_name(singular(word.lower()))
        told: Obj = {}
        identifier = about.get("id", about.get("uuid"))
        for key, node in plain(chosen(self.document, schema)).get("properties", {}).items():
            level, bare = plain(node), plain_name(key)
            fixed = "enum" in level or "const" in level
            words = level.get("enum", (level.get("const"),))
            if bare in _NAMES and event and (event in words if fixed else key not in about):
                told[key] = event
            elif bare in _MOMENTS and key not in about:
                told[key] = moment(wall, level, key)
            elif bare in (f"{stem}id", f"{stem}uuid", "objectid", "resourceid", "entityid") and identifier is not None:
                told[key] = identifier
        return told
