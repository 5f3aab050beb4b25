"""What each operation of the document does to which kind of object, read from its method, path and schemas.

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

    operation: str
    does: Does
    kind: str
    action: str
    id_param: str
    status: int
    """Of an answer that is no refusal."""
    answer: Schema
    streams: bool = False
    """Whether the answer can come as an event stream: where the request says `stream: true`."""
    downloads: bool = False
    """Whether the answer may be the very file that the object in the path stands for."""
    leaves_trace: bool = False
    """Whether a deleted object can still be retrieved, marked as deleted."""
    within: tuple[str, ...] = ()
    at: At = ()
    told: DocumentedAnswer | None = None
    inner: Any = None
    """The schema of the object in the answer, or of one object of the list."""
    same: bool = False
    """Whether that is the very schema of the kind."""
    declared: ObjectOperation | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    """Parameters of a list, and the fields that they filter by."""

    @property
    def media(self) -> str:
        """The media type that the document names for the answer, empty where it names none."""
        return self.told.media if self.told is not None else ""


class ResourceOperations:
    """Every operation's shape, made when it is first asked for."""

    def __init__(self, document: Document, facts: ResourceFacts | None = None) -> None:
        self._document = document
        self._made: dict[str, ResourceOperation] = {}
        self.resolve: Resolve = document.follow
        self.known = ResourceModel(document, facts or ResourceFacts())
        self._declared = {
            id_: (name, one) for name, kind in self.known.facts.objects.items() for id_, one in kind.operations.items()
        }

    @property
    def kinds(self) -> Mapping[str, ResourceKind]:
        """Every kind by its name."""
        return self.known.named

    @property
    def document(self) -> Document:
        """The document."""
        return self._document

    def of(self, operation: Operation) -> ResourceOperation:
        """The shape of an operation. Raises DocumentError where the document is unsound there."""
        if operation.id not in self._made:
            self._made[operation.id] = self._make(operation)
        return self._made[operation.id]

    def _make(self, operation: Operation) -> ResourceOperation:
        path, told = self.known.paths[operation.id], self.known.told(operation)
        does, kind, one = self._does(operation, path, told)
        schema = told.schema if told.schema is not None else {}
        at, inner = self._place(does, kind, one, schema, path)
        if does == "list" and (at is None or (one is None and self._is_full(schema, at))):
            does = "sample"
        if does == "sample":
            kind = None
        if does != "list" and not self._has_fields(inner):
            inner = None  # nothing in it that could tell of an object
        return ResourceOperation(
            operation=operation.id,
            does=does,
            kind=kind.name if kind is not None else "",
            action=path.key[-1] if does == "act" and not path.is_object else "",
            id_param=self._id_param(does, kind, path, one),
            status=told.status,
            answer=self._document.follow(schema),
            streams=told.streams,
            downloads=operation.method == "GET" and path.key[-2:-1] == (SLOT,) and self._is_bytes(told),
            leaves_trace=does == "delete" and kind is not None and self._traced(kind),
            within=self._within(kind, path, one) if kind is not None else (),
            at=at or (),
            told=told,
            inner=inner,
            same=kind is not None and self._is_as_stored(inner, kind),
            declared=one,
            filters=self.known.filters(operation, kind) if does == "list" and kind is not None else {},
        )

    def _is_as_stored(self, inner: Any, kind: ResourceKind) -> bool:
        """Whether an object of the kind is shown as it is; a discriminator wants its word in it."""
        if inner is None or "discriminator" in self._document.schemas.plain(inner):
            return False
        return chosen(self._document, inner) is kind.schema

    def _has_fields(self, schema: Any) -> bool:
        return schema is not None and bool(
            self._document.schemas.plain(chosen(self._document, schema)).get("properties")
        )

    def _is_bytes(self, told: DocumentedAnswer) -> bool:
        """Whether an answer is no JSON, or says only that it is a text."""
        if not told.media or "json" not in told.media:
            return bool(told.media)
        return self._document.schemas.plain(told.schema or {}).get("type") == "string"

    # --- what it does --------------------------------------------------------------------------------------------

    def _does(
        self, operation: Operation, path: PathTemplate, told: DocumentedAnswer
    ) -> tuple[Does, ResourceKind | None, ObjectOperation | None]:
        if operation.id in self._declared:
            name, one = self._declared[operation.id]
            return one.does, self.known.named.get(name), one
        if path.is_object:
            kind = self.known.at.get(path.key)
            return _on_object(operation.method, kind), kind, None
        kind, single = self.known.of_collection(path.key), self.known.at.get(path.key)
        if single is not None and single.single:
            return _on_single(operation.method), single, None
        if operation.method == "GET":
            at = list_at(self._document, told.schema or {}, path.word)
            if at is None:
                return "sample", None, None
            kind = kind or self.known.like(self._item(told.schema, at))
            return ("list", kind, None) if kind is not None else ("sample", None, None)
        if operation.method == "POST" and kind is not None and self._makes(told, path):
            return "create", kind, None
        return self._under_object(operation, path, told)

    def _makes(self, told: DocumentedAnswer, path: PathTemplate) -> bool:
        """Whether the answer is one object and not, say, a list of them."""
        return told.schema is None or list_at(self._document, told.schema, path.word) is None

    def _under_object(
        self, operation: Operation, path: PathTemplate, told: DocumentedAnswer
    ) -> tuple[Does, ResourceKind | None, ObjectOperation | None]:
        """A verb after an object, or a way of its own to make an object of a known kind."""
        around = self.known.at.get(path.key[:-1]) if path.key[-2:-1] == (SLOT,) else None
        like = self.known.like(told.schema) if told.schema is not None else None
        changes = like is around or not told.media
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
        """Whether the objects around a new one are known: from the path, or from the object itself."""
        return all(name in path.params or name in kind.facts.within or _field(kind, name) for name in kind.within)

    def _item(self, schema: Any, at: At) -> Any:
        return self._document.schemas.plain(inside(self._document, schema, at)).get("items", {})

    def _is_full(self, schema: Any, at: At) -> bool:
        """Whether a page cannot be empty, or does not hold objects: a sample will do better."""
        level = self._document.schemas.plain(inside(self._document, schema, at))
        item = chosen(self._document, level.get("items", {}))
        plain = self._document.schemas.plain(item)
        return level.get("minItems", 0) > 0 or plain.get("type") in ("string", "integer", "number", "boolean")

    # --- where its parts are -------------------------------------------------------------------------------------

    def _place(
        self, does: Does, kind: ResourceKind | None, one: ObjectOperation | None, schema: Any, path: PathTemplate
    ) -> tuple[At | None, Any]:
        if kind is None or not schema:
            return ((), None)
        if does == "list":
            at = _steps(one.at) if one and one.at is not None else None
            if at is None:
                at = list_at(self._document, schema, path.word, surely=one is not None)
            return at, None if at is None else self._item(schema, at)
        if one is not None and one.at is not None:
            return _steps(one.at), inside(self._document, schema, _steps(one.at))
        if does == "delete" or kind.single:
            return (), schema
        word = kind.name if one is not None else path.word
        return object_at(self._document, schema, word)

    @staticmethod
    def _within(kind: ResourceKind, path: PathTemplate, one: ObjectOperation | None) -> tuple[str, ...]:
        """The path parameter for each object around; empty where the path has none."""
        given = one.within if one is not None else {}
        count = kind.home.count(SLOT) - (0 if kind.single else 1)
        names = list(path.params[:count]) if path.key[: len(kind.home) - 1] == kind.home[:-1] else []
        return (
            *(
                given.get(name) or (names[place] if place < len(names) else name if name in path.params else "")
                for place, name in enumerate(kind.within)
            ),
        )

    @staticmethod
    def _id_param(does: Does, kind: ResourceKind | None, path: PathTemplate, one: ObjectOperation | None) -> str:
        if one is not None and one.id is not None:
            return one.id
        if kind is None or kind.single or does in ("create", "list", "sample"):
            return ""
        return path.params[-1] if path.params else ""

    def _traced(self, kind: ResourceKind) -> bool:
        """Whether what retrieves such an object can also answer that it was deleted."""
        operation = self.known.methods.get(kind.home, {}).get("GET")
        told = self.known.told(operation) if operation is not None else None
        choices = self._document.schemas.plain(told.schema).get("anyOf", ()) if told and told.schema else ()
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
