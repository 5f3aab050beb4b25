"""Operations on resources: what each does to which kind of object, read from its method, path and schemas.

`GET /x` lists, `POST /x` creates, `GET|POST|PUT|PATCH|DELETE /x/{id}` retrieves, updates and deletes, and
`POST /x/{id}/verb` acts. What fits none of these is answered with a sample. The vendor file may say otherwise. Which
kinds there are is simulator.document.resource_model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tidegate.openapi.document import Document, Operation
from tidegate.simulator.document.documented_answer import At, DocumentedAnswer, chosen, inside, list_at, object_at
from tidegate.simulator.document.path_template import SLOT, PathTemplate
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.simulator.request.parameters import Resolve, Schema
from tidegate.simulator.values.string_values import plain_name
from tidegate.vendor.resource_facts import Does, ObjectOperation, ResourceFacts


@dataclass(frozen=True, slots=True)
class ResourceOperation:
    """One operation.

    `kind` is the name of the kind that it is about, empty for a sample; `action` the verb of `act`; `id_param` the
    parameter that names the object, and `within` those that name the objects around it, outermost first, empty where
    the object itself tells. `at` leads to the object, or to the list, in the answer.
    """

    id: str
    does: Does
    kind: str
    action: str
    id_param: str
    status: int
    """Of an answer that is no refusal."""
    answer: Schema
    streams: bool = False
    """True where the answer can come as an event stream: where the request says `stream: true`."""
    downloads: bool = False
    """True where the answer may be the very file that the object in the path stands for."""
    leaves_trace: bool = False
    """True where a deleted object can still be retrieved, marked as deleted."""
    within: tuple[str, ...] = ()
    at: At = ()
    documented: DocumentedAnswer | None = None
    inner: Any = None
    """The schema of the object in the answer, or of one object of the list."""
    same: bool = False
    """True where that is the very schema of the kind."""
    declared: ObjectOperation | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    """Parameters of a list, and the fields that they filter by."""

    @property
    def media(self) -> str:
        """The media type that the document names for the answer, empty where it names none."""
        return self.documented.media if self.documented is not None else ""


class ResourceOperations:
    """The operations of a document, each read when it is first asked for."""

    def __init__(self, document: Document, facts: ResourceFacts | None = None) -> None:
        self._document = document
        self._made: dict[str, ResourceOperation] = {}
        self.resolve: Resolve = document.follow
        self.model = ResourceModel(document, facts or ResourceFacts())
        self._declared = {
            id_: (name, operation)
            for name, kind in self.model.facts.objects.items()
            for id_, operation in kind.operations.items()
        }

    @property
    def kinds(self) -> Mapping[str, ResourceKind]:
        """Every kind by its name."""
        return self.model.named

    @property
    def document(self) -> Document:
        """The document."""
        return self._document

    def of(self, operation: Operation) -> ResourceOperation:
        """The operation as one on resources. Raises DocumentError where the document is unsound there."""
        if operation.id not in self._made:
            self._made[operation.id] = self._make(operation)
        return self._made[operation.id]

    def _make(self, operation: Operation) -> ResourceOperation:
        path, documented = self.model.paths[operation.id], self.model.documented(operation)
        does, kind, declared = self._does(operation, path, documented)
        schema = documented.schema if documented.schema is not None else {}
        at, inner = self._place(does, kind, declared, schema, path)
        if does == "list" and (at is None or (declared is None and self._is_full(schema, at))):
            does = "sample"
        if does == "sample":
            kind = None
        if does != "list" and not self._has_fields(inner):
            inner = None  # nothing in it that could tell of an object
        return ResourceOperation(
            id=operation.id,
            does=does,
            kind=kind.name if kind is not None else "",
            action=path.key[-1] if does == "act" and not path.is_object else "",
            id_param=self._id_param(does, kind, path, declared),
            status=documented.status,
            answer=self._document.follow(schema),
            streams=documented.streams,
            downloads=operation.method == "GET" and path.key[-2:-1] == (SLOT,) and self._is_bytes(documented),
            leaves_trace=does == "delete" and kind is not None and self._traced(kind),
            within=self._within(kind, path, declared) if kind is not None else (),
            at=at or (),
            documented=documented,
            inner=inner,
            same=kind is not None and self._is_as_stored(inner, kind),
            declared=declared,
            filters=self.model.filters(operation, kind) if does == "list" and kind is not None else {},
        )

    def _is_as_stored(self, inner: Any, kind: ResourceKind) -> bool:
        """True where an object of the kind is shown as it is; a discriminator wants its word in it."""
        if inner is None or "discriminator" in self._document.schemas.plain(inner):
            return False
        return chosen(self._document, inner) is kind.schema

    def _has_fields(self, schema: Any) -> bool:
        return schema is not None and bool(
            self._document.schemas.plain(chosen(self._document, schema)).get("properties")
        )

    def _is_bytes(self, answer: DocumentedAnswer) -> bool:
        """True where an answer is no JSON, or says only that it is a text."""
        if not answer.is_json:
            return bool(answer.media)
        return self._document.schemas.plain(answer.schema or {}).get("type") == "string"

    # --- what it does --------------------------------------------------------------------------------------------

    def _does(
        self, operation: Operation, path: PathTemplate, answer: DocumentedAnswer
    ) -> tuple[Does, ResourceKind | None, ObjectOperation | None]:
        if operation.id in self._declared:
            name, declared = self._declared[operation.id]
            return declared.does, self.model.named.get(name), declared
        if path.is_object:
            kind = self.model.at.get(path.key)
            return _on_object(operation.method, kind), kind, None
        kind, single = self.model.of_collection(path.key), self.model.at.get(path.key)
        if single is not None and single.single:
            return _on_single(operation.method), single, None
        if operation.method == "GET":
            at = list_at(self._document, answer.schema or {}, path.word)
            if at is None:
                return "sample", None, None
            kind = kind or self.model.like(self._item(answer.schema, at))
            return ("list", kind, None) if kind is not None else ("sample", None, None)
        if operation.method == "POST" and kind is not None and self._makes(answer, path):
            return "create", kind, None
        return self._under_object(operation, path, answer)

    def _makes(self, answer: DocumentedAnswer, path: PathTemplate) -> bool:
        """True where the answer is one object and not, say, a list of them."""
        return answer.schema is None or list_at(self._document, answer.schema, path.word) is None

    def _under_object(
        self, operation: Operation, path: PathTemplate, answer: DocumentedAnswer
    ) -> tuple[Does, ResourceKind | None, ObjectOperation | None]:
        """A verb after an object, or a way of its own to make an object of a known kind."""
        around = self.model.at.get(path.key[:-1]) if path.key[-2:-1] == (SLOT,) else None
        like = self.model.like(answer.schema) if answer.schema is not None else None
        changes = like is around or not answer.media
        if around is not None and operation.method in ("POST", "PUT", "PATCH") and changes:
            return "act", around, None
        ending = len(path.key) > 1 and path.key[-2] == SLOT and path.key[-1] != SLOT
        if like is not None and ending and not like.within and path.params[-1:] == (like.id_param,):
            return "act", like, None
        alike = like is not None and (path.word in like.home or like.marked)
        if operation.method == "POST" and like is not None and alike and self._binds(like, path):
            return "create", like, None
        return "sample", None, None

    @staticmethod
    def _binds(kind: ResourceKind, path: PathTemplate) -> bool:
        """True where the objects around a new one are known: from the path, or from the object itself."""
        return all(name in path.params or name in kind.facts.within or _field(kind, name) for name in kind.within)

    def _item(self, schema: Any, at: At) -> Any:
        return self._document.schemas.plain(inside(self._document, schema, at)).get("items", {})

    def _is_full(self, schema: Any, at: At) -> bool:
        """True where a page cannot be empty, or does not hold objects: a sample will do better."""
        level = self._document.schemas.plain(inside(self._document, schema, at))
        item = chosen(self._document, level.get("items", {}))
        plain = self._document.schemas.plain(item)
        return level.get("minItems", 0) > 0 or plain.get("type") in ("string", "integer", "number", "boolean")

    # --- where its parts are -------------------------------------------------------------------------------------

    def _place(
        self, does: Does, kind: ResourceKind | None, declared: ObjectOperation | None, schema: Any, path: PathTemplate
    ) -> tuple[At | None, Any]:
        if kind is None or not schema:
            return ((), None)
        if does == "list":
            at = _steps(declared.at) if declared and declared.at is not None else None
            if at is None:
                at = list_at(self._document, schema, path.word, surely=declared is not None)
            return at, None if at is None else self._item(schema, at)
        if declared is not None and declared.at is not None:
            return _steps(declared.at), inside(self._document, schema, _steps(declared.at))
        if does == "delete" or kind.single:
            return (), schema
        word = kind.name if declared is not None else path.word
        return object_at(self._document, schema, word)

    @staticmethod
    def _within(kind: ResourceKind, path: PathTemplate, declared: ObjectOperation | None) -> tuple[str, ...]:
        """The path parameter for each object around; empty where the path has none."""
        given = declared.within if declared is not None else {}
        count = kind.home.count(SLOT) - (0 if kind.single else 1)
        names = list(path.params[:count]) if path.key[: len(kind.home) - 1] == kind.home[:-1] else []
        return (
            *(
                given.get(name) or (names[place] if place < len(names) else name if name in path.params else "")
                for place, name in enumerate(kind.within)
            ),
        )

    @staticmethod
    def _id_param(does: Does, kind: ResourceKind | None, path: PathTemplate, declared: ObjectOperation | None) -> str:
        if declared is not None and declared.id is not None:
            return declared.id
        if kind is None or kind.single or does in ("create", "list", "sample"):
            return ""
        return path.params[-1] if path.params else ""

    def _traced(self, kind: ResourceKind) -> bool:
        """True where what retrieves such an object can also answer that it was deleted."""
        operation = self.model.methods.get(kind.home, {}).get("GET")
        answer = self.model.documented(operation) if operation is not None else None
        choices = self._document.schemas.plain(answer.schema).get("anyOf", ()) if answer and answer.schema else ()
        return any("deleted" in self._document.schemas.plain(choice).get("properties", {}) for choice in choices)


def _on_object(method: str, kind: ResourceKind | None) -> Does:
    if kind is None:
        return "sample"
    table: dict[str, Does] = {"GET": "retrieve", "HEAD": "retrieve", "PATCH": "update", "DELETE": "delete"}
    collection_makes = kind.made and not kind.facts.always
    if method == "PUT":
        return "put"
    if method == "POST":
        return "update" if collection_makes else "put"
    return table.get(method, "sample")


def _on_single(method: str) -> Does:
    table: dict[str, Does] = {"GET": "retrieve", "PUT": "put", "PATCH": "put", "POST": "put", "DELETE": "delete"}
    return table.get(method, "sample")


def _field(kind: ResourceKind, param: str) -> str:
    return kind.names.get(plain_name(param), "")


def _steps(pointer: str) -> At:
    return (*[step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]],)
