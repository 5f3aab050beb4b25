"""A vendor of a small document without sockets: requests are read, carried out, and their answers checked.

The words for documents are short, so that a test shows what its document is about.
"""

import json
from typing import Any

import orjson

from tidegate.openapi.document import Document
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_operation import ResourceOperation, ResourceOperations
from tidegate.simulator.merge.schema_merge import Way
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.simulator.objects.service import Service
from tidegate.simulator.request.request_content import RequestContent
from tidegate.simulator.request.request_reader import RequestReaders
from tidegate.values.json_value import NOTHING
from tidegate.values.value_generator import ValueGenerator
from tidegate.vendor.resource_facts import ResourceFacts

WALL = 1_735_689_600
JSON = "application/json"
TEXT: dict[str, Any] = {"type": "string"}
WHOLE: dict[str, Any] = {"type": "integer"}
SWITCH: dict[str, Any] = {"type": "boolean"}
MERGE_PATCH = "application/merge-patch+json"


def fields(*required: str, **properties: Any) -> dict[str, Any]:
    """An object with these properties."""
    return {"type": "object", "properties": properties, **({"required": list(required)} if required else {})}


def listed(items: Any) -> dict[str, Any]:
    """A list of these."""
    return {"type": "array", "items": items}


def query(name: str, **schema: Any) -> dict[str, Any]:
    """A parameter of the query."""
    return {"name": name, "in": "query", "schema": schema or TEXT}


def operation(
    answer: Any = None, body: Any = None, *params: Any, status: int = 200, media: str = JSON
) -> dict[str, Any]:
    """An operation; an `answer` of None has no content."""
    content = {"content": {media: {"schema": answer}}} if answer is not None else {}
    node: dict[str, Any] = {"parameters": list(params), "responses": {str(status): {"description": "", **content}}}
    return {**node, "requestBody": {"content": {media: {"schema": body}}}} if body is not None else node


def collection(
    one: Any, page: Any, body: Any, *params: Any, path: str = "/pets", item: str = "/{id}"
) -> dict[str, Any]:
    """The paths of one kind: made, listed, read, changed, replaced and deleted."""
    return {
        path: {"get": operation(page, None, *params), "post": operation(one, body, status=201)},
        path + item: {
            "get": operation(one),
            "put": operation(one, body),
            "patch": operation(one, body),
            "delete": operation(status=204),
        },
    }


class SmallVendor:
    """The vendor. Answers must be valid by the document, or a test fails here."""

    def __init__(self, paths: dict[str, Any], schemas: Any = None, facts: dict[str, Any] | None = None) -> None:
        components = {"components": {"schemas": schemas or {}}}
        self.document = Document({"openapi": "3.0.3", "paths": paths, **components}, "small")
        declared = ResourceFacts.model_validate_json(orjson.dumps(facts or {}))
        self.operations = ResourceOperations(self.document, declared)
        self._readers = RequestReaders(self.document)
        self.service = Service(
            self.operations,
            {},
            ValueGenerator(1, self.document.schemas),
            api_version=None,
            later=lambda _delay_s, _callback: None,  # type: ignore[arg-type,return-value]  # nothing comes by itself here
            wall=lambda: float(WALL),
            facts=declared,
        )
        self._count = 0

    def kind(self, name: str) -> ResourceKind:
        """A kind by its name."""
        return self.operations.kinds[name]

    def operation(self, method: str, path: str) -> ResourceOperation:
        """The operation for a request."""
        match = self.document.match(method, path)
        assert match is not None
        return self.operations.of(match.operation)

    def ask(self, method: str, path: str, body: Any = None, media: str = JSON) -> OperationResult:
        """One request. Raises errors.VendorError."""
        match = self.document.match(method, path.partition("?")[0])
        assert match is not None
        self._count += 1
        text = body if isinstance(body, str) else json.dumps(body) if body is not None else ""
        headers = {"Content-Type": media} if text else {}
        sent = self._readers.read(
            match.operation, RequestContent(match.params, path.partition("?")[2], headers, text.encode())
        )
        way: Way = "form" if sent.form in ("form", "multipart") else "merge" if media == MERGE_PATCH else "json"
        request = OperationRequest(
            f"n{self._count}",
            WALL + self._count,
            path=path,
            base="http://vendor.test",
            way=way,
            body=sent.body,
            uploads=sent.uploads,
        )
        shape = self.operations.of(match.operation)
        result = self.service.carry_out(shape, match.params, sent.values, request)
        documented = shape.created.documented if shape.created and result.status == 201 else shape.documented
        is_file = result.body is NOTHING or isinstance(result.body, bytes)
        if documented is not None and documented.schema is not None and not is_file:
            assert self.document.schemas.validator(documented.schema, of="answer").errors(result.body) == []
        return result

    def made(self, path: str, body: Any = None) -> Any:
        """The answer to a POST."""
        return self.ask("POST", path, body).body

    def read(self, path: str) -> Any:
        """The answer to a GET."""
        return self.ask("GET", path).body
