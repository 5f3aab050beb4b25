"""What each operation of the document does to which kind of object, read from its method, path and schemas.

`GET /x` lists, `POST /x` creates, `GET|POST|PUT|PATCH|DELETE /x/{id}` retrieves, updates and deletes, and
`POST /x/{id}/verb` acts. What fits none of these is answered with a sample. The only file here that asks the document
about its operations.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from tidegate.openapi import Document, DocumentError, Operation
from tidegate.simulator.parameters import Resolve, Schema

Does = Literal["list", "create", "retrieve", "update", "delete", "act", "sample"]


@dataclass(frozen=True, slots=True)
class Shape:
    """One operation.

    `collection` is the template of the list that its objects are in; `kind` the object's name, like `payment_intent`;
    `action` the verb of `act`; `id_param` the path parameter that names the object.
    """

    operation: str
    does: Does
    collection: str
    kind: str
    action: str
    id_param: str
    parameters: Schema
    media: frozenset[str]
    """Media types that the body may have."""
    status: int
    """Of an answer that is no refusal."""
    answer: Schema
    streams: bool = False
    """Whether the answer can come as an event stream: where the request says `stream: true`."""
    leaves_trace: bool = False
    """Whether a deleted object can still be retrieved, marked as deleted."""


@dataclass(slots=True)
class Kind:
    """One kind of object: its fields' schemas, and which query parameter filters its list by which field."""

    name: str
    filters: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Schema] = field(default_factory=dict)


class Shapes:
    """Every operation's shape, made when it is first asked for."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._made: dict[str, Shape] = {}
        self.resolve: Resolve = document.follow
        self.kinds: dict[str, Kind] = {}
        self._collections: dict[str, Kind] = {}
        reads = [operation for operation in document.operations.values() if operation.method == "GET"]
        for operation in reads:
            with suppress(DocumentError):  # costs this operation; whoever asks for it is told
                self._learn(operation)
        for operation in reads:
            if operation.template in self._collections:
                with suppress(DocumentError):
                    self._learn_filters(operation)

    def of(self, operation: Operation) -> Shape:
        """The shape of an operation. Raises DocumentError where the document is unsound there."""
        if operation.id not in self._made:
            self._made[operation.id] = self._make(operation)
        return self._made[operation.id]

    def _learn(self, operation: Operation) -> None:
        collection, parameter, action = _split(operation.template)
        if not parameter or action:
            return
        schema = self._answer(operation)[1]
        schema = self.resolve(schema["anyOf"][0]) if "anyOf" in schema else schema
        properties = schema.get("properties", {})
        if "id" in properties:
            name = _kind_name(schema, collection, self.resolve)
            self._collections[collection] = self.kinds.setdefault(name, Kind(name, fields=properties))

    def _learn_filters(self, operation: Operation) -> None:
        kind = self._collections[operation.template]
        filters = {}
        for param, schema in self._query(operation)["properties"].items():
            name = param.removesuffix("s") if self.resolve(schema).get("type") == "array" else param
            if name in kind.fields and self.resolve(schema).get("type") in ("string", "array"):
                filters[param] = name
        kind.filters = filters

    def _make(self, operation: Operation) -> Shape:
        collection, parameter, action = _split(operation.template)
        status, answer = self._answer(operation)
        kind = self._collections.get(collection)
        does = _does(operation.method, parameter, action) if kind is not None else "sample"
        if does == "list" and "data" not in answer.get("properties", {}):
            does = "sample"  # another kind of list than page_of makes
        reads = operation.method in ("GET", "DELETE", "HEAD")
        body = {} if reads else self._document.request_schema(operation) or {}
        parameters = self._query(operation) if reads else body
        return Shape(
            operation=operation.id,
            does=does,
            collection=collection,
            kind=kind.name if kind else "",
            action=action,
            id_param=parameter,
            parameters=parameters or {"type": "object", "properties": {}, "additionalProperties": False},
            media=frozenset(() if reads else self._document.request_content(operation)),
            status=status,
            answer=answer,
            streams=self._streams(operation, status),
            leaves_trace=does == "delete" and self._traced(collection),
        )

    @staticmethod
    def _streams(operation: Operation, status: int) -> bool:
        listed = operation.node.get("responses")
        answer = listed.get(str(status)) if isinstance(listed, dict) else None
        content = answer.get("content") if isinstance(answer, dict) else None
        return isinstance(content, dict) and "text/event-stream" in content

    def _traced(self, collection: str) -> bool:
        for operation in self._document.operations.values():
            split = _split(operation.template)
            if operation.method == "GET" and split[0] == collection and split[1] and not split[2]:
                choices = self._answer(operation)[1].get("anyOf", ())
                return any("deleted" in self.resolve(choice).get("properties", {}) for choice in choices)
        return False

    def _answer(self, operation: Operation) -> tuple[int, Schema]:
        """The first status of success that the document lists, and its schema."""
        listed = operation.node.get("responses")
        found = sorted(status for status in listed if status[:1] == "2") if isinstance(listed, dict) else []
        status = int(found[0]) if found and found[0].isdecimal() else 200
        schema = self._document.response_schema(operation, status) if found else None
        return status, schema or {}

    def _query(self, operation: Operation) -> dict[str, Any]:
        found = [entry for entry in self._document.parameters(operation) if entry.get("in") == "query"]
        return {
            "type": "object",
            "properties": {entry["name"]: entry.get("schema", {}) for entry in found},
            "required": [entry["name"] for entry in found if entry.get("required")],
            "additionalProperties": False,
        }


def _split(template: str) -> tuple[str, str, str]:
    """`/v1/x/{id}/verb` → (`/v1/x`, `id`, `verb`); what is not there is empty."""
    head, brace, rest = template.partition("/{")
    if not brace or "}" not in rest:
        return template, "", ""
    parameter, _, tail = rest.partition("}")
    return head, parameter, tail.strip("/")


def _does(method: str, parameter: str, action: str) -> Does:
    if action:
        return "act" if method == "POST" and "/" not in action and "{" not in action else "sample"
    table: dict[tuple[str, bool], Does] = {
        ("GET", False): "list",
        ("POST", False): "create",
        ("GET", True): "retrieve",
        ("POST", True): "update",
        ("PUT", True): "update",
        ("PATCH", True): "update",
        ("DELETE", True): "delete",
    }
    return table.get((method, bool(parameter)), "sample")


def _kind_name(schema: Schema, collection: str, resolve: Resolve) -> str:
    if isinstance(name := schema.get("x-resourceId"), str):
        return name
    marks = resolve(schema["properties"].get("object", {})).get("enum", ())
    return str(marks[0]) if marks else collection.rsplit("/", 1)[-1]
