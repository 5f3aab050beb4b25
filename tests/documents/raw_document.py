"""A document as it stands in its file: references followed by hand, operations in order, no code of the product's.

Only references inside the file are followed: what leads elsewhere is nobody's to judge here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

Json = Mapping[str, Any]

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
HOPS_MAX = 50


class Unreadable(Exception):
    """The document leads nowhere here."""


@dataclass(frozen=True)
class RawOperation:
    """One operation, with what stands in its path item for all of them."""

    method: str
    template: str
    node: Json
    shared: Json

    @property
    def key(self) -> str:
        """Its method and path."""
        return f"{self.method.upper()} {self.template}"


class RawDocument:
    """A parsed file of OpenAPI 3, or of Swagger 2.0 as far as its answers go."""

    def __init__(self, root: Any) -> None:
        self.root: Json = root

    @property
    def is_31(self) -> bool:
        """True from OpenAPI 3.1 on."""
        return str(self.root.get("openapi", "")).startswith("3.1")

    def follow(self, node: Any) -> Any:
        """The node, or what its reference leads to in the end. Raises Unreadable."""
        for _ in range(HOPS_MAX):
            if not isinstance(node, Mapping) or not isinstance(node.get("$ref"), str):
                return node
            node = self.at(node["$ref"])
        raise Unreadable("references in a circle")

    def at(self, reference: str) -> Any:
        """The target of a reference inside the file. Raises Unreadable."""
        file, _, pointer = reference.partition("#")
        if file:
            raise Unreadable(f"another file: {reference}")
        node: Any = self.root
        for step in unquote(pointer).split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            try:
                node = node[int(name)] if isinstance(node, list) else node[name]
            except (KeyError, IndexError, ValueError, TypeError) as error:
                raise Unreadable(f"leads nowhere: {reference}") from error
        return node

    def operations(self) -> Iterator[RawOperation]:
        """Every operation, in the file's order."""
        for template, item in self.root.get("paths", {}).items():
            try:
                shared = self.follow(item)
            except Unreadable:
                continue
            for method in METHODS:
                if isinstance(shared, Mapping) and isinstance(shared.get(method), Mapping):
                    yield RawOperation(method, template, shared[method], shared)

    def parameters(self, operation: RawOperation) -> list[Json]:
        """The parameters, an operation's own in the place of its path's. Raises Unreadable."""
        merged: dict[tuple[Any, Any], Json] = {}
        for entry in (*operation.shared.get("parameters", ()), *operation.node.get("parameters", ())):
            parameter = self.follow(entry)
            merged[parameter.get("name"), parameter.get("in")] = parameter
        return list(merged.values())

    def parameter_schema(self, parameter: Json) -> tuple[Any, bool]:
        """The schema of a parameter, and whether its value is written as JSON. Raises Unreadable.

        One with a media type has its schema there (OpenAPI 3.0, Parameter Object, `content`).
        """
        content = self.follow(parameter.get("content"))
        if not isinstance(content, Mapping) or not content:
            return parameter.get("schema", {}), False
        media, described = next(iter(content.items()))
        schema = self.follow(described).get("schema", {})
        types = self.follow(schema).get("type", ())
        is_plain = types in ("string", "integer", "number", "boolean")
        return schema, "json" in media or not is_plain

    def responses(self, operation: RawOperation) -> dict[str, Json]:
        """The answers by their keys, as OpenAPI 3 writes them, references followed. Raises Unreadable."""
        listed = self.follow(operation.node.get("responses", {}))
        answers = {str(status): self.follow(answer) for status, answer in listed.items() if str(status)[:2] != "x-"}
        if "swagger" not in self.root:
            return answers
        produced = operation.node.get("produces") or self.root.get("produces") or ["application/json"]
        return {
            status: {**answer, "content": {kind: {"schema": answer["schema"]} for kind in produced}}
            if "schema" in answer
            else answer
            for status, answer in answers.items()
        }
