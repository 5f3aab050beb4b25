"""A vendor's OpenAPI document, indexed: operations by id, method and path → operation, schemas when they are asked for.

Reads OpenAPI 3.x and Swagger 2.0, of one file or several. A document is data from somebody else: what is unsound in it
costs one operation and leaves a diagnostic, never the whole document. It is never walked as a whole (Stripe's is 10¹⁰
nodes as a tree), and `$ref`s are followed one at a time (tidegate.openapi.references). It does not validate; `tidegate
check` does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tidegate.json_pointer import token_of
from tidegate.openapi.diagnostic import Diagnostic, diagnosed
from tidegate.openapi.document_cache import DocumentCache
from tidegate.openapi.document_file import DocumentError, read_file
from tidegate.openapi.files.yaml_values import Progress
from tidegate.openapi.operations.operation_reader import METHODS, Operation, OperationReader
from tidegate.openapi.operations.query_string import PLACE as WHOLE_QUERY
from tidegate.openapi.operations.query_string import spread
from tidegate.openapi.operations.sequential_media import SequentialMedia
from tidegate.openapi.operations.swagger_content import SwaggerContent
from tidegate.openapi.operations.variants import Variants
from tidegate.openapi.references import Outside, References
from tidegate.openapi.routes import PARAMETER, Routes
from tidegate.openapi.schema_types import choices_of, types_of
from tidegate.openapi.schemas import Schemas

__all__ = ["METHODS", "Diagnostic", "Document", "DocumentError", "Match", "Operation", "is_status"]

Json = dict[str, Any]

_STATUS = re.compile(r"[1-5](?:[0-9][0-9]|[xX][xX])", re.ASCII)

OWN_HEADERS = frozenset({"accept-encoding", "connection", "content-length", "host", "transfer-encoding"})
"""Headers that HTTP libraries write by themselves (RFC 9110 §7.2, §7.6.1, §8.6, §12.5.3; RFC 9112 §6.1): what a
document says of them binds no app."""

_PLACES = ("path", "query", WHOLE_QUERY, "header", "cookie", "body", "formData")


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
        references = References(root, name, path, read, names=self.siblings_count)
        self.resolve = references.resolve
        """The target of a `$ref`. Raises DocumentError."""
        self.learn = references.learn
        """Learns the names (`$id`) of the main file where a schema has one."""
        self.name_of = references.name_of
        """A reference that leads to a node which stands in no file."""
        self.literal = references.literal
        """What stands in a file that an example names. Raises DocumentError."""
        self.follow = references.follow
        """The node itself, or what its `$ref` leads to in the end; deeper ones stay. Raises DocumentError."""
        self.other_files: Sequence[Path] = references.others
        """The files beside the main one that were asked for so far. It grows: they are read when they are needed."""
        self.schemas = Schemas(self)
        self._noted: set[Diagnostic] = set()
        self._operations: dict[str, Operation] = {}
        self._routes: Routes[Operation] = Routes()
        self._swagger = SwaggerContent(root)
        self._sequential = SequentialMedia()
        self.shared_routes: dict[str, list[Operation]] = {}
        """Operations of one method and path, by the id of the first, which `match` gives for all of them."""
        self._variants: dict[str, Variants] = {}
        for operation in OperationReader(root, self.follow, self._note, self._lost).operations():
            self._operations[operation.id] = operation
            first = self._routes.add(operation.method, operation.template, operation)
            if first is not None:
                self.shared_routes.setdefault(first.id, [first]).append(operation)
                if "#" not in operation.template and "#" not in first.template:
                    self._note("D005", operation.template, operation.id)

    @classmethod
    def load(cls, path: Path, *, progress: Progress | None = None) -> "Document":
        """Read a JSON or YAML file. Raises DocumentError. `progress` hears of YAML that no start has read before."""
        cache = DocumentCache.of_this_user()

        def read(file: Path) -> Any:
            return read_file(file, cache=cache, progress=progress)

        root = read(path)
        if isinstance(root, dict) and "paths" not in root and isinstance(root.get("webhooks"), dict):
            root = {**root, "paths": {}}  # as OpenAPI 3.1 may have it
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

    def meant(self, match: Match, headers: Mapping[str, str], query: str, body: bytes) -> Match:
        """The match of the very operation that is meant, where several have its method and path."""
        first = match.operation.id
        if first not in self.shared_routes:
            return match
        if first not in self._variants:
            self._variants[first] = Variants(self, self.shared_routes[first])
        operation = self._variants[first].meant(headers, query, body)
        if operation is match.operation:
            return match
        names = PARAMETER.findall(operation.template.partition("#")[0].partition("?")[0])
        return Match(operation, dict(zip(names, match.params.values(), strict=False)))

    # --- parts of an operation -------------------------------------------------------------------------------------

    def parameters(self, operation: Operation) -> tuple[Json, ...]:
        """Path, query, header and cookie parameters; an operation's own win over those of its path (name and place)."""
        merged: dict[tuple[str, str], Json] = {}
        for holder in (operation.shared, operation.node):
            listed = self._followed(operation, holder.get("parameters"))
            for entry in listed if isinstance(listed, list) else ():
                for parameter in self._parameters(operation, entry):
                    merged[str(parameter["name"]), str(parameter["in"])] = parameter
        return tuple(parameter for (_, place), parameter in merged.items() if place not in ("body", "formData"))

    def _parameters(self, operation: Operation, entry: object) -> tuple[Json, ...]:
        """The parameters that an entry stands for: several where it is the query as a form; none if it is unsound."""
        parameter = self._parameter(operation, entry)
        if parameter is None or parameter["in"] != WHOLE_QUERY:
            return () if parameter is None else (parameter,)
        try:
            return spread(parameter, self.content(self.follow(entry)), self.schemas.plain)
        except DocumentError as error:
            self._lost(operation.template, error)
            return ()

    def _parameter(self, operation: Operation, entry: object) -> Json | None:
        """A Parameter Object with a name and a place; None, and a note, for anything else."""
        parameter = self._followed(operation, entry)
        if parameter is None:
            return None
        if isinstance(parameter, dict) and isinstance(parameter.get("name"), str) and parameter.get("in") in _PLACES:
            return self._with_schema(operation, parameter) if "content" in parameter else parameter
        self._note("D015", operation.template, operation.id)
        return None

    def _with_schema(self, operation: Operation, parameter: Json) -> Json:
        """A parameter with the schema of its media type beside that, as one of its own.

        A plain value in a type that is no JSON (`*/*`, `text/plain`) is written as it is: such a parameter has the
        schema alone.
        """
        content = self._followed(operation, parameter["content"])
        media, entry = next(iter(content.items()), ("", None)) if isinstance(content, dict) else ("", None)
        followed = self._followed(operation, entry)
        entry = followed if isinstance(followed, dict) else {}
        schema = entry.get("schema", {})
        if "json" in media or self._is_nested(schema):
            return {"schema": schema, **parameter}
        own = {name: value for name, value in parameter.items() if name != "content"}
        shown = {name: entry[name] for name in ("example", "examples") if name in entry}
        return {"schema": schema, **shown, **own}

    def _is_nested(self, schema: Any) -> bool:
        """Whether a schema, or one of its alternatives, is for lists or objects."""
        level = self.schemas.plain(schema)
        choices = map(self.schemas.plain, choices_of(level))
        return any({"array", "object"} & {*types_of(one)} or "properties" in one for one in (level, *choices))

    def request_content(self, operation: Operation) -> Json:
        """Media type → schema of the request's body, `$ref`s in place. Empty where the operation takes none."""
        if self.swagger2:
            return self._swagger_content(operation)
        return {kind: media.get("schema", {}) for kind, media in self.body_content(operation).items()}

    def body_content(self, operation: Operation) -> Json:
        """Media type → Media Type Object of the request's body; Swagger 2.0 has none."""
        return self.content(self.follow(operation.node.get("requestBody")))

    def responses(self, operation: Operation) -> Json:
        """The Response Objects by status, or `$ref`s to them; empty where none are listed. Raises DocumentError."""
        listed = self.follow(operation.node.get("responses"))
        return listed if isinstance(listed, dict) else {}

    def response(self, operation: Operation, status: int) -> Json | None:
        """The Response Object for a status: the exact one, then its class (`4XX`), then `default`."""
        responses = self.responses(operation)
        for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
            if key in responses:
                response = self.follow(responses[key])
                return response if isinstance(response, dict) else None
        return None

    def response_schema(self, operation: Operation, status: int) -> Json | None:
        """The first listed schema of the answer with this status. Its own `$ref` is followed, deeper ones stay."""
        described = self.described(self.response(operation, status))
        schema = self.follow(next(iter(described.values()), None))
        return schema if isinstance(schema, dict) else None

    def answer_schemas(self, operation: Operation, status: str) -> Json:
        """Media type → schema of the answer that is listed under this very key. Raises DocumentError."""
        return self.described(self.follow(self.responses(operation)[status]))

    def described(self, response: object) -> Json:
        """Media type → schema of a Response Object; Swagger 2.0 has one schema, of what is taken for JSON."""
        if not self.swagger2:
            return {kind: media.get("schema", {}) for kind, media in self.content(response).items()}
        return {"application/json": response["schema"]} if isinstance(response, dict) and "schema" in response else {}

    def content(self, holder: object) -> Json:
        """Media type → Media Type Object of a Request Body, Response, Header or Parameter Object."""
        content = self.follow(holder.get("content")) if isinstance(holder, dict) else None
        named = content.items() if isinstance(content, dict) else ()
        followed = {kind: self.follow(media) for kind, media in named}
        return {kind: self._sequential.whole(kind, one) for kind, one in followed.items() if isinstance(one, dict)}

    # --- reading ---------------------------------------------------------------------------------------------------

    def _swagger_content(self, operation: Operation) -> Json:
        listed = self._followed(operation, operation.node.get("parameters"))
        parameters = [self._parameter(operation, entry) for entry in (listed if isinstance(listed, list) else ())]
        entries = [entry for entry in parameters if entry is not None]
        return self._swagger.of(operation.id, operation.node, entries)

    def _followed(self, operation: Operation, node: Any) -> Any:
        """The node, or what its reference leads to; None, and a note, where that is nothing."""
        try:
            return self.follow(node)
        except DocumentError as error:
            self._lost(operation.template, error)
            return None

    def _note(self, code: str, template: str, detail: str = "") -> None:
        diagnostic = diagnosed(code, f"#/paths/{token_of(template)}", detail)
        if diagnostic not in self._noted:
            self._noted.add(diagnostic)
            self.diagnostics.append(diagnostic)

    def _lost(self, template: str, error: DocumentError) -> None:
        """Note a reference that leads nowhere."""
        code = "D018" if isinstance(error, Outside) else "D002"
        self._note(code, template, str(error).removeprefix(f"{self.name}: "))


def is_status(key: str) -> bool:
    """Whether a key of Responses Objects is a status, a class of statuses or `default`."""
    return key == "default" or _STATUS.fullmatch(key) is not None
