"""The operations of a document, read from its Path Items one after the other; what is unsound in one is left out.

References in the place of all paths, of a Path Item or of an operation are followed; a document of many files has them
on each of these levels.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tidegate.json_pointer import token_of
from tidegate.openapi.document_file import DocumentError

Json = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
"""The methods that are fields of a Path Item Object (OpenAPI 3.2)."""
_OTHERS = "additionalOperations"
"""Its field for all other methods, each written as it is sent."""
SEGMENTS_MAX = 100
"""A path template has so many segments at most."""
TEMPLATE_MAX = 4_096
"""A path template has so many characters at most."""

_STEERS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Control characters, ends of lines, and marks of direction: no request has them, and a name is printed."""

Noting = Callable[[str, str, str], None]
"""Takes a code, a path template, and what exactly is wrong."""
Lost = Callable[[str, DocumentError], None]
"""Takes a path template, and the error of a reference that leads nowhere."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method and path template. `index` is its place in the document, `node` its Operation Object as it stands."""

    id: str
    method: str
    template: str
    deprecated: bool
    index: int
    node: Json
    shared: Json
    """The Path Item Object around it, for parameters that all its methods share."""

    @property
    def pointer(self) -> str:
        """Where it stands in the document."""
        field = self.method.lower()
        field = field if field in METHODS else f"{_OTHERS}/{token_of(self.method)}"
        return f"#/paths/{token_of(self.template)}/{field}"


class OperationReader:
    """Reads the operations of one document. `follow` raises DocumentError."""

    def __init__(self, root: Json, follow: Callable[[Any], Any], note: Noting, lost: Lost) -> None:
        self._root = root
        self._follow = follow
        self._note = note
        self._lost = lost
        self._ids: set[str] = set()

    def _paths(self) -> Json:
        """The Path Items by their templates, or `$ref`s to them."""
        try:
            listed = self._follow(self._root.get("paths"))
        except DocumentError as error:
            self._lost("", error)
            return {}
        return listed if isinstance(listed, dict) else {}

    def operations(self) -> Iterator[Operation]:
        """Every operation that can be read, in the document's order."""
        index = 0
        for template, item in self._paths().items():
            shared = self._path_item(template, item)
            for method, written in self._methods(template, shared):
                node = self._operation_node(template, method, written)
                if node is None:
                    continue
                yield Operation(
                    self._id(node, method, template),
                    method,
                    template,
                    node.get("deprecated") is True,
                    index,
                    node,
                    shared,
                )
                index += 1

    def _methods(self, template: str, shared: Json) -> Iterator[tuple[str, Any]]:
        """The methods of a Path Item as they are sent, each with its Operation Object or a `$ref` to one."""
        yield from ((method.upper(), shared[method]) for method in METHODS if method in shared)
        try:
            others = self._follow(shared.get(_OTHERS))
        except DocumentError as error:
            self._lost(template, error)
            return
        for method, written in others.items() if isinstance(others, dict) else ():
            if method.lower() not in METHODS:
                yield method, written

    def _path_item(self, template: str, item: Any) -> Json:
        """The Path Item Object; empty, and a note, where it cannot be served."""
        if template.startswith("x-"):
            return {}  # an extension (OpenAPI 3.1, Paths Object)
        if not template.startswith("/") or re.search(r"\{\s*\}", template) or _STEERS.search(template):
            self._note("D001", template, template)
            return {}
        if len(template) > TEMPLATE_MAX or template.count("/") > SEGMENTS_MAX:
            self._note("D022", f"{template[:60]}…", f"a path of {len(template)} characters")
            return {}
        try:
            shared = self._beside(item)
        except DocumentError as error:
            self._lost(template, error)
            return {}
        if isinstance(shared, dict):
            return shared
        self._note("D003", template, "")
        return {}

    def _operation_node(self, template: str, method: str, node: Any) -> Json | None:
        """The Operation Object; None, and a note, where it cannot be served."""
        try:
            target = self._beside(node)
        except DocumentError as error:
            self._lost(template, error)
            return None
        if isinstance(target, dict):
            return target
        self._note("D004", template, method)
        return None

    def _beside(self, node: Any) -> Any:
        """What a reference leads to, with what stands beside the reference (OpenAPI 3.1, Path Item Object)."""
        target = self._follow(node)
        if target is not node and isinstance(target, dict) and len(node) > 1:
            return {**target, **{key: value for key, value in node.items() if key != "$ref"}}
        return target

    def _id(self, node: Json, method: str, template: str) -> str:
        written, derived = node.get("operationId"), f"{method} {template}"
        if not isinstance(written, str) or not written:
            return derived
        if written in self._ids or _STEERS.search(written):
            self._note("D006", template, f"{written}, now {derived}")
            return derived
        self._ids.add(written)
        return written
