"""Operations on resources: what each does to which kind of object, read from its method, path and schemas.

`GET /x` lists, `POST /x` creates, `GET|POST|PUT|PATCH|DELETE /x/{id}` retrieves, updates and deletes, `POST
/x/{id}/verb` acts. The rest is answered with a sample. The vendor file may say otherwise; kinds: resource_model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.schema_types import Level
from tidegate.simulator.document.documented_answer import At, DocumentedAnswer, chosen, success_statuses
from tidegate.simulator.document.list_parameters import ListParameters, list_parameters
from tidegate.simulator.document.operation_places import OperationPlaces
from tidegate.simulator.document.operation_verbs import BATCHED, OperationVerbs
from tidegate.simulator.document.parent_fields import ParentField, parent_fields
from tidegate.simulator.document.path_template import SLOT, PathTemplate
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.vendor.resource_facts import Does, ObjectOperation, ResourceFacts

_WRITES = ("create", "update", "put", "act")


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
    status: int
    """Of an answer that is no refusal."""
    answer: Level
    id_param: str = ""
    clears: bool = False
    """True where it deletes all objects of a collection that its query narrows."""
    undoes: bool = False
    """True where it takes back what its action did, as DELETE does."""
    downloads: bool = False
    """True where the answer may be the very file that the object in the path stands for."""
    leaves_trace: bool = False
    """True where a deleted object can still be retrieved, marked as deleted."""
    within: tuple[str, ...] = ()
    at: At = ()
    documented: DocumentedAnswer | None = None
    inner: Any = None
    """The schema of the object in the answer, or of one object of the list."""
    item_at: At = ()
    """Where the object stands in an item of the list."""
    sent_at: At = ()
    """Where the object's fields stand in the request."""
    sent_fields: frozenset[str] = frozenset()
    """The object's fields that the request may hold."""
    sent_part: str = ""
    """The part of the object in which all of its fields are, where the request has them without it."""
    sent_in: frozenset[str] = frozenset()
    """The fields of that part that the request may hold."""
    reserved: frozenset[str] = frozenset()
    """Names in the request that are none of the object's: parameters, and fields that are for something else."""
    opens: bool = False
    """True where the object in the answer may have fields that its schema does not name."""
    replaces: bool = False
    """True where what is sent replaces all that a request could hold, as PUT does (RFC 9110 §9.3.4)."""
    parents: tuple[ParentField, ...] = ()
    """The object's fields that name the objects around it in the path."""
    unnamed: tuple[tuple[str, str], ...] = ()
    """Parameters of objects around, with their places, that neither the object nor its key tells of."""
    is_aliased: bool = False
    """True where a parameter of the path may name an object otherwise than by its id."""
    sent_as: str = ""
    """The field of the request that names what is put below the objects around it: `user_id` for a member."""
    part: At = ()
    """The part of the object that it is about, where that has a path of its own."""
    shows_part: bool = False
    """True where the answer is that part."""
    puts: bool = False
    """True where what is not there is made, of many objects at once."""
    many: At | None = None
    """Where the request has a list of objects that are each dealt with; None where it is about one."""
    created: "ResourceOperation | None" = None
    """The same operation where it has made an object, and the document has another answer for that."""
    same: bool = False
    """True where that is the very schema of the kind."""
    declared: ObjectOperation | None = None
    expands: bool = False
    """True where its parameter `expand` lists fields whose ids are replaced by what they name."""
    parameters: ListParameters = field(default_factory=ListParameters)
    """Those of a list."""

    @property
    def leads(self) -> bool:
        """True where the answer has headers of its own, which may lead to what was made."""
        return self.documented is not None and bool(self.documented.headers)

    @property
    def media(self) -> str:
        """The media type that the document names for the answer, empty where it names none."""
        return self.documented.media if self.documented is not None else ""

    def streams(self, asked: object, accept: str) -> bool:
        """Whether the answer comes as a stream of events; `asked` is whether the request says so."""
        return self.documented is not None and self.documented.streams_to(asked, accept)


class ResourceOperations:
    """The operations of a document, each read when it is first asked for."""

    def __init__(self, document: Document, facts: ResourceFacts | None = None) -> None:
        self._document = document
        self._made: dict[str, ResourceOperation] = {}
        self._places = OperationPlaces(document)
        self.model = ResourceModel(document, facts or ResourceFacts())
        self._verbs = OperationVerbs(self.model, self._places)

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
        does, kind, declared = self._verbs.of(operation, path, documented)
        many = None
        if does in ("sample", "create") and declared is None and operation.method in BATCHED:
            does, kind, many = self._verbs.of_many(operation, path, does, kind)
        statuses = success_statuses(operation)
        creates = does in ("create", "put") and HTTPStatus.CREATED in statuses
        if does == "create" and creates and (made := self.model.documented(operation, HTTPStatus.CREATED)).media:
            documented = made
        if does == "put" and documented.status == HTTPStatus.CREATED:
            other = next((status for status in (HTTPStatus.OK, HTTPStatus.NO_CONTENT) if status in statuses), None)
            documented = self.model.documented(operation, other)
        shaped = self._shaped(operation, does, kind, declared, documented, many)
        if does == "put" and creates and shaped.status != HTTPStatus.CREATED:
            made = self.model.documented(operation, HTTPStatus.CREATED)
            return replace(shaped, created=self._shaped(operation, does, kind, declared, made, None))
        return shaped

    def _shaped(
        self,
        operation: Operation,
        does: Does,
        kind: ResourceKind | None,
        declared: ObjectOperation | None,
        documented: DocumentedAnswer,
        many: At | None,
    ) -> ResourceOperation:
        """The operation with one of its answers."""
        path = self.model.paths[operation.id]
        schema = documented.schema if documented.schema is not None else {}
        at, inner = self._places.in_answer("list" if many is not None else does, kind, declared, schema, path)
        item_at, inner = self._item(kind, inner, path) if does == "list" or many is not None else ((), inner)
        if does == "list" and (at is None or (declared is None and self._places.is_full(schema, at))):
            does = "sample"
        kind = None if does == "sample" else kind
        inner, opens = self._places.of_shown(does, kind, documented, inner)
        return ResourceOperation(
            id=operation.id,
            does=does,
            kind=kind.name if kind else "",
            action=path.key[-1] if does == "act" and path.key[-1] != SLOT else "",
            status=documented.status,
            answer=self._document.follow(schema),
            downloads=self._places.downloads(operation, path, kind, documented),
            leaves_trace=does == "delete" and kind is not None and self._traced(kind),
            at=at or (),
            documented=documented,
            inner=inner,
            item_at=item_at,
            opens=opens,
            many=many if kind else None,
            same=kind is not None and self._is_as_stored(inner, kind),
            declared=declared,
            **self._asked(operation, does, kind),
            **self._named(operation, does, kind, declared, self._fields(schema)),
            **self._sent(operation, does, kind, declared, many),
        )

    def _item(self, kind: ResourceKind | None, inner: Any, path: PathTemplate) -> tuple[At, Any]:
        """The place of the object in an item of a list, and its schema."""
        return self._places.of_object(kind, inner, path.word) if kind is not None and inner is not None else ((), inner)

    def _named(
        self,
        operation: Operation,
        does: Does,
        kind: ResourceKind | None,
        declared: ObjectOperation | None,
        answered: Mapping[str, Any],
    ) -> dict[str, Any]:
        """The parameters that name the object and those around it, and how the object tells of them."""
        path = self.model.paths[operation.id]
        id_param = self._id_param(does, kind, path, declared)
        if does == "create" and declared is None and kind is not None:
            id_param = self._places.id_in_query(operation, kind)
        fields, id_field = (answered, "") if kind is None else (kind.fields, kind.id_field)
        texts = self._places.texts(operation)
        parents = parent_fields(self._document, path, fields, id_param, id_field, self.model.id_field_at, texts)
        if kind is None:
            return {"id_param": id_param, "parents": parents}
        within = self._within(kind, path, declared)
        unnamed = path.unnamed({id_param, *within, *(parent.param for parent in parents)})
        sent_as = self._verbs.sent_as(kind, path) if does in ("create", "retrieve", "delete") else ""
        return {"id_param": id_param, "within": within, "parents": parents, "unnamed": unnamed, "sent_as": sent_as}

    def _sent(
        self,
        operation: Operation,
        does: Does,
        kind: ResourceKind | None,
        declared: ObjectOperation | None,
        many: At | None,
    ) -> dict[str, Any]:
        """What the request has of the object."""
        names = frozenset(entry["name"] for entry in self._document.parameters(operation))
        if kind is not None and (part := self.model.parts.get(self.model.paths[operation.id].key)):
            shows = self.model.is_part(kind, part, self.model.documented(operation).schema)
            return {"part": part, "shows_part": shows, "reserved": names, "replaces": operation.method == "PUT"}
        if does not in _WRITES or kind is None or many is not None:
            return {"puts": many is not None and kind is not None and kind.made and operation.method == "PUT"}
        at, whole = self._places.in_request(operation, kind), self._places.part_in_request(operation, kind)
        if whole is not None:
            at, part_name, inner = whole
            parts = {"sent_at": at, "sent_part": part_name, "sent_in": inner, "sent_fields": frozenset({part_name})}
            return {**parts, "reserved": names, "replaces": operation.method == "PUT" and declared is None}
        replaces = operation.method == "PUT" and does in ("put", "update") and declared is None
        sent = self._places.sent_fields(operation, kind, at)
        others = sent - kind.fields.keys() if kind.fields else frozenset()
        return {"sent_at": at, "sent_fields": sent, "reserved": others | names, "replaces": replaces}

    def _asked(self, operation: Operation, does: Does, kind: ResourceKind | None) -> dict[str, Any]:
        """What the query may ask for, and how the path may ask."""
        asked: dict[str, Any] = {
            "expands": self._places.expands(operation),
            "undoes": does == "act" and operation.method == "DELETE",
            "is_aliased": self.model.at.is_aliased(self.model.paths[operation.id].key),
        }
        asked["clears"] = does == "delete" and self.model.of_collection(self.model.paths[operation.id].key) is kind
        if kind is not None and (does == "list" or asked["clears"]):
            asked["parameters"] = list_parameters(self._document, operation, kind)
        return asked

    def _is_as_stored(self, inner: Any, kind: ResourceKind) -> bool:
        """True where an object of the kind is shown as it is: no word of a discriminator, no bound on other fields."""
        level = self._document.schemas.plain(inner) if inner is not None else {}
        if inner is None or "discriminator" in level or isinstance(level.get("additionalProperties"), Mapping):
            return False
        return chosen(self._document, inner) is kind.schema

    def _fields(self, schema: Any) -> Mapping[str, Any]:
        fields: Mapping[str, Any] = self._document.schemas.plain(chosen(self._document, schema)).get("properties", {})
        return fields

    @staticmethod
    def _within(kind: ResourceKind, path: PathTemplate, declared: ObjectOperation | None) -> tuple[str, ...]:
        """The path parameter for each object around; empty where the path has none."""
        given = declared.within if declared is not None else {}
        count = kind.home.count(SLOT) - (0 if kind.single else 1)
        names = list(path.params[:count]) if kind.is_within(path.key) else []
        usual = (*names, *(name if name in path.params else "" for name in kind.within[len(names) :]))
        return (*(given.get(name) or other for name, other in zip(kind.within, usual, strict=False)),)

    def _id_param(
        self, does: Does, kind: ResourceKind | None, path: PathTemplate, declared: ObjectOperation | None
    ) -> str:
        if declared is not None and declared.id is not None:
            return declared.id
        if kind is None or kind.single or does in ("create", "list", "sample"):
            return ""
        around = (self.model.of_collection(path.key), self.model.of_collection(path.key[:-1]))
        is_own = not path.is_object and any(one is kind for one in around)  # the object itself says which it is
        return kind.id_field if is_own else path.params[-1] if path.params else ""

    def _traced(self, kind: ResourceKind) -> bool:
        """True where what retrieves such an object can also answer that it was deleted."""
        operation = self.model.methods.get(kind.home, {}).get("GET")
        answer = self.model.documented(operation) if operation is not None else None
        choices = self._document.schemas.plain(answer.schema).get("anyOf", ()) if answer and answer.schema else ()
        return any("deleted" in self._document.schemas.plain(choice).get("properties", {}) for choice in choices)
