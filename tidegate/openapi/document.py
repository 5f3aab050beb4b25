"""A vendor's OpenAPI document, indexed: operations by id, method and path → operation, schemas when they are asked for.

Reads OpenAPI 3.x and Swagger 2.0, of one file or several. A document is data from somebody else: what is unsound in it
costs one operation and leaves a diagnostic, never the whole document. It is never walked as a whole (Stripe's is 10¹⁰
nodes as a tree), and `$ref`s are followed one at a time (tidegate.openapi.references). It does not validate; `tidegate
check` does.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.openapi.diagnostic import Diagnostic, diagnosed
from tidegate.openapi.document_cache import DocumentCache
from tidegate.openapi.document_file import DocumentError, Progress, read_file
from tidegate.openapi.references import Outside, References
from tidegate.openapi.routes import Routes
from tidegate.openapi.schemas import Schemas

__all__ = ["METHODS", "Diagnostic", "Document", "DocumentError", "Match", "Operation", "is_status"]

Json = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_STATUS = re.compile(r"[1-5](?:[0-9][0-9]|[xX][xX])", re.ASCII)

SEGMENTS_MAX = 100
"""A path template has so many segments at most."""
TEMPLATE_MAX = 4_096
"""A path template has so many characters at most."""

_PLACES = ("path", "query", "header", "cookie", "body", "formData")


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


@dataclass(slots=True)
class Match:
    """An operation, and the values of its path parameters, percent-decoded. Not frozen: one is made for every call."""

    operation: Operation
    params: dict[str, str]


class Document:
    """An indexed document. `root` is the parsed file: treat it as read-only, its parts are given out without a copy."""

    def __init__(
        self, root: Json, name: str = "document", path: Path | None = None, read: Callable[[Path], Any] = read_file
    ) -> None:
        self.root = root
        self.name = name
        self.path = path
        self.swagger2 = str(root.get("swagger", "")).startswith("2")
        self.siblings_count = re.match(r"3\.0\b", str(root.get("openapi", ""))) is None and not self.swagger2
        """True where keywords beside a `$ref` count, as from OpenAPI 3.1 on."""
        self.diagnostics: list[Diagnostic] = []
        references = References(root, name, path, read)
        self.resolve = references.resolve
        """The target of a `$ref`. Raises DocumentError."""
        self.follow = references.follow
        """The node itself, or what its `$ref` leads to in the end; deeper ones stay. Raises DocumentError."""
        self.schemas = Schemas(self)
        self._noted: set[Diagnostic] = set()
        self._operations: dict[str, Operation] = {}
        self._routes: Routes[Operation] = Routes()
        self._forms: dict[str, Json] = {}
        for operation in self._read():
            self._operations[operation.id] = operation
            if not self._routes.add(operation.method, operation.template, operation):
                self._note("D005", operation.template, operation.id)

    @classmethod
    def load(cls, path: Path, *, progress: Progress | None = None) -> "Document":
        """Read a JSON or YAML file. Raises DocumentError. `progress` hears of YAML that no start has read before."""
        cache = DocumentCache.of_this_user()

        def read(file: Path) -> Any:
            return read_file(file, cache=cache, progress=progress)

        root = read(path)
        if not isinstance(root, dict) or not isinstance(root.get("paths"), dict):
            raise DocumentError(f"{path}: this is not an OpenAPI document: it has no `paths`")
        return cls(root, str(path), path, read)

    @property
    def operations(self) -> Mapping[str, Operation]:
        """Every operation by its id (`METHOD /template` where the document gives none), in the document's order."""
        return self._operations

    def match(self, method: str, path: str) -> Match | None:
        """The operation that a request belongs to. HEAD follows GET (RFC 9110 §9.3.2). `path` may carry its query."""
        route = self._routes.find(method, path)
        if route is None:
            if method != "HEAD":
                return None
            route = self._routes.find("GET", path)
            if route is None:
                return None
        return Match(route[0], route[1])

    # --- parts of an operation -------------------------------------------------------------------------------------

    def parameters(self, operation: Operation) -> tuple[Json, ...]:
        """Path, query, header and cookie parameters; an operation's own win over those of its path (name and place)."""
        merged: dict[tuple[str, str], Json] = {}
        for listed in (operation.shared.get("parameters"), operation.node.get("parameters")):
            for entry in listed if isinstance(listed, list) else ():
                parameter = self._parameter(operation, entry)
                if parameter is not None:
                    merged[str(parameter["name"]), str(parameter["in"])] = parameter
        return tuple(parameter for (_, place), parameter in merged.items() if place not in ("body", "formData"))

    def _parameter(self, operation: Operation, entry: object) -> Json | None:
        """A Parameter Object with a name and a place; None, and a note, for anything else."""
        try:
            parameter = self.follow(entry)
        except DocumentError as error:
            self._note(_code(error), operation.template, self._message(error))
            return None
        if isinstance(parameter, dict) and isinstance(parameter.get("name"), str) and parameter.get("in") in _PLACES:
            return parameter
        self._note("D015", operation.template, operation.id)
        return None

    def request_content(self, operation: Operation) -> Json:
        """Media type → schema of the request's body, `$ref`s in place. Empty where the operation takes none."""
        if self.swagger2:
            return self._swagger_content(operation)
        body = self.follow(operation.node.get("requestBody"))
        return _schemas(body)

    def response(self, operation: Operation, status: int) -> Json | None:
        """The Response Object for a status: the exact one, then its class (`4XX`), then `default`."""
        responses = operation.node.get("responses")
        if not isinstance(responses, dict):
            return None
        for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
            if key in responses:
                response = self.follow(responses[key])
                return response if isinstance(response, dict) else None
        return None

    def response_schema(self, operation: Operation, status: int) -> Json | None:
        """The first listed schema of the answer with this status. Its own `$ref` is followed, deeper ones stay."""
        response = self.response(operation, status)
        if response is None:
            return None
        listed = response.get("schema") if self.swagger2 else next(iter(_schemas(response).values()), None)
        schema = self.follow(listed)
        return schema if isinstance(schema, dict) else None

    def answer_schemas(self, operation: Operation, status: str) -> Json:
        """Media type → schema of the answer that is listed under this very key. Raises DocumentError."""
        response = self.follow(operation.node["responses"][status])
        if self.swagger2:
            return (
                {"application/json": response["schema"]} if isinstance(response, dict) and "schema" in response else {}
            )
        return _schemas(response)

    # --- reading ---------------------------------------------------------------------------------------------------

    def _swagger_content(self, operation: Operation) -> Json:
        listed = operation.node.get("parameters")
        parameters = [self._parameter(operation, entry) for entry in (listed if isinstance(listed, list) else ())]
        entries = [entry for entry in parameters if entry is not None]
        consumes = operation.node.get("consumes") or self.root.get("consumes")
        types = [str(kind) for kind in consumes] if isinstance(consumes, list) else []
        fields = {str(entry["name"]): entry for entry in entries if entry["in"] == "formData"}
        if fields:
            schema = self._form_schema(operation, fields)
            files = any(entry.get("type") == "file" for entry in fields.values())
            return dict.fromkeys(types or [_MULTIPART if files else _FORM], schema)
        for entry in entries:
            if entry["in"] == "body":
                return dict.fromkeys(types or ["application/json"], entry.get("schema", {}))
        return {}

    def _form_schema(self, operation: Operation, fields: dict[str, Json]) -> Json:
        """The form fields of Swagger 2.0 as the schema of an object. Made once, so that it is one and the same."""
        if operation.id not in self._forms:
            self._forms[operation.id] = {
                "type": "object",
                "properties": {name: _bare(entry) for name, entry in fields.items()},
                "required": [name for name, entry in fields.items() if entry.get("required") is True],
            }
        return self._forms[operation.id]

    def _note(self, code: str, template: str, detail: str = "") -> None:
        pointer = "#/paths/" + template.replace("~", "~0").replace("/", "~1")
        diagnostic = diagnosed(code, pointer, detail)
        if diagnostic not in self._noted:
            self._noted.add(diagnostic)
            self.diagnostics.append(diagnostic)

    def _message(self, error: DocumentError) -> str:
        return str(error).removeprefix(f"{self.name}: ")

    def _read(self) -> Iterator[Operation]:
        index = 0
        for template, item in self.root["paths"].items():
            if not template.startswith("/") or re.search(r"\{\s*\}", template):
                self._note("D001", template, template)
                continue
            if len(template) > TEMPLATE_MAX or template.count("/") > SEGMENTS_MAX:
                self._note("D022", f"{template[:60]}…", f"a path of {len(template)} characters")
                continue
            try:
                shared = self.follow(item)
            except DocumentError as error:
                self._note(_code(error), template, self._message(error))
                continue
            if not isinstance(shared, dict):
                self._note("D003", template)
                continue
            if isinstance(item, dict) and "$ref" in item and len(item) > 1:
                shared = {**shared, **{key: value for key, value in item.items() if key != "$ref"}}
            for method in METHODS:
                if method not in shared:
                    continue
                if not isinstance(node := shared[method], dict):
                    self._note("D004", template, method)
                    continue
                yield Operation(
                    self._id(node, method, template),
                    method.upper(),
                    template,
                    node.get("deprecated") is True,
                    index,
                    node,
                    shared,
                )
                index += 1

    def _id(self, node: Json, method: str, template: str) -> str:
        written, derived = node.get("operationId"), f"{method.upper()} {template}"
        if not isinstance(written, str) or not written:
            return derived
        if written in self._operations:
            self._note("D006", template, f"{written}, now {derived}")
            return derived
        return written


def is_status(key: str) -> bool:
    """Whether a key of Responses Objects is a status, a class of statuses or `default`."""
    return key == "default" or _STATUS.fullmatch(key) is not None


def _code(error: DocumentError) -> str:
    return "D018" if isinstance(error, Outside) else "D002"


def _bare(parameter: Json) -> Json:
    """The schema that a parameter of Swagger 2.0 is at the same time."""
    return {key: value for key, value in parameter.items() if key not in ("name", "in", "required")}


def _schemas(holder: object) -> Json:
    """Media type → schema of a Request Body or Response Object."""
    content = holder.get("content") if isinstance(holder, dict) else None
    if not isinstance(content, dict):
        return {}
    return {kind: media.get("schema", {}) for kind, media in content.items() if isinstance(media, dict)}
