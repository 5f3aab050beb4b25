"""A small document with what real ones have: objects within objects, views, verbs, singles, wrapped answers, pages."""

from typing import Any

import orjson

from tidegate.openapi.document import Document
from tidegate.simulator.document.resource_operation import ResourceOperations
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.simulator.objects.service import Service
from tidegate.values.value_generator import ValueGenerator
from tidegate.vendor.resource_facts import ResourceFacts

WALL = 1_735_689_600


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _answer(schema: Any, status: str = "200", **media: Any) -> dict[str, Any]:
    return {status: {"description": "", "content": {"application/json": {"schema": schema, **media}}}}


def _query(*names: str) -> list[dict[str, Any]]:
    integers = ("limit", "page", "per_page", "offset")
    return [
        {"name": name, "in": "query", "schema": {"type": "integer" if name in integers else "string"}} for name in names
    ]


SCHEMAS: dict[str, Any] = {
    "house": {
        "type": "object",
        "properties": {
            "id": {"type": "string", "example": "hs_1234567890"},
            "name": {"type": "string", "maxLength": 20},
            "status": {"type": "string", "enum": ["sold", "open", "canceled"]},
            "note": {"type": "string", "nullable": True},
            "created_at": {"type": "string", "format": "date-time"},
            "updated_at": {"type": "string", "format": "date-time"},
        },
        "required": ["id", "name", "status"],
    },
    "room": {
        "type": "object",
        "properties": {
            "number": {"type": "integer"},
            "house": {"type": "string"},
            "colour": {"type": "string", "enum": ["red", "blue"]},
        },
        "required": ["number", "house"],
    },
    "key": {
        "type": "object",
        "properties": {"id": {"type": "string", "pattern": "^KY[0-9a-f]{8}$"}, "house": {"type": "string"}},
        "required": ["id", "house"],
    },
    "owner": {"type": "object", "properties": {"login": {"type": "string"}, "age": {"type": "integer"}}},
    "brief": {
        "type": "object", "properties": {"id": {"type": "string"}, "title": {"type": "string"}}, "required": ["title"]
    },
}  # fmt: skip
ROOMS = {
    "type": "object",
    "properties": {"rooms": {"type": "array", "items": _ref("room")}, "total": {"type": "integer"}},
}
ROOM = {"type": "object", "properties": {"room": _ref("room")}}
KEYS = {
    "type": "object",
    "properties": {
        "keys": {"type": "array", "items": _ref("key")},
        "meta": {"type": "object", "properties": {"next_cursor": {"type": "string"}}},
    },
}
BODY = {"content": {"application/json": {"schema": {"type": "object", "properties": {}}}}}
PATHS: dict[str, Any] = {
    "/houses": {
        "get": {
            "parameters": _query("page", "per_page", "status"),
            "responses": _answer({"type": "array", "items": _ref("house")}),
        },
        "post": {"requestBody": BODY, "responses": _answer(_ref("house"), "201")},
    },
    "/houses/{id}": {
        "get": {"responses": _answer(_ref("house"))},
        "patch": {"requestBody": BODY, "responses": _answer(_ref("house"))},
        "delete": {"responses": {"204": {"description": ""}}},
    },
    "/houses/{id}/cancel": {"post": {"responses": _answer(_ref("house"))}},
    "/houses/{id}/brief": {
        "get": {"responses": _answer(_ref("brief"))},
        "put": {"requestBody": BODY, "responses": _answer(_ref("brief"))},
    },
    "/houses/{house}/rooms": {
        "get": {"parameters": _query("offset", "limit"), "responses": _answer(ROOMS)},
        "post": {"requestBody": BODY, "responses": _answer(ROOM, "201")},
    },
    "/houses/{house}/rooms/{room_number}": {
        "get": {"responses": _answer(ROOM)},
        "delete": {"responses": {"204": {"description": ""}}},
    },
    "/keys": {
        "get": {"parameters": _query("cursor", "limit"), "responses": _answer(KEYS)},
        "post": {"requestBody": BODY, "responses": _answer(_ref("key"))},
    },
    "/keys/{id}": {"get": {"responses": _answer(_ref("key"))}},
    "/owners/{username}": {"get": {"responses": _answer(_ref("owner"))}},
    "/stars/{owner}": {
        "get": {"responses": {"204": {"description": ""}}},
        "put": {"responses": {"204": {"description": ""}}},
    },
    "/rpc.houses.shut": {"post": {"requestBody": BODY, "responses": _answer(_ref("house"))}},
}  # fmt: skip


def document() -> Document:
    """The document."""
    return Document({"openapi": "3.0.3", "paths": PATHS, "components": {"schemas": SCHEMAS}}, "houses")


class Street:
    """A vendor of houses without HTTP: operations by method and template, and timers that the test rings."""

    def __init__(self, seed: int = 1, **facts: Any) -> None:
        self.document = document()
        declared = ResourceFacts.model_validate_json(orjson.dumps(facts))
        self.resource_operations = ResourceOperations(self.document, declared)
        self.generator = ValueGenerator(seed, self.document.schemas)
        self.timers: list[Any] = []
        self.service = Service(
            self.resource_operations, {}, self.generator, api_version=None, later=self._later, wall=lambda: float(WALL),
            facts=declared,
        )  # fmt: skip
        self.count = 0

    def _later(self, delay_s: float, callback: Any) -> Any:
        self.timers.append((delay_s, callback))
        return None

    def ask(
        self, operation: str, values: dict[str, Any] | None = None, path: str = "/", **params: str
    ) -> OperationResult:
        """One request. Raises errors.VendorError."""
        self.count += 1
        shape = self.resource_operations.of(self.document.operations[operation])
        outcome = self.service.carry_out(
            shape, params, values or {}, OperationRequest(f"n{self.count}", WALL + self.count, path=path)
        )
        documented = shape.documented
        if documented is not None and documented.schema is not None:
            assert self.document.schemas.validator(documented.schema, of="answer").errors(outcome.body) == []
        return outcome
