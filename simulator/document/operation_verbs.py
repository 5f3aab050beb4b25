"""The verbs of operations: what each does to which kind of object, read from its method, its path and its schemas.

`GET /x` lists, `POST /x` creates, `GET|POST|PUT|PATCH|DELETE /x/{id}` retrieves, updates and deletes, `POST
/x/{id}/verb` acts, and `POST /x/batch/verb` does it to many. What fits none of these is answered with a sample. The
vendor file may say otherwise.
"""

import re
from collections.abc import Mapping

from tidegate.openapi.document import Operation
from tidegate.simulator.document.answered_objects import makes_one
from tidegate.simulator.document.documented_answer import At, DocumentedAnswer
from tidegate.simulator.document.envelope import list_at
from tidegate.simulator.document.id_place import sent_id
from tidegate.simulator.document.list_parameters import list_parameters
from tidegate.simulator.document.operation_places import OperationPlaces
from tidegate.simulator.document.path_template import SLOT, PathTemplate, singular
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.document.resource_model import ResourceModel
from tidegate.values.string_values import plain_name
from tidegate.vendor.resource_facts import Does, ObjectOperation

BATCHED: Mapping[str, Does] = {"POST": "create", "PUT": "update", "PATCH": "update", "DELETE": "delete"}
"""Methods of requests about many objects, and what they do where the path has no word for it."""
READS = frozenset({"GET", "QUERY"})
"""Methods that read. A QUERY says in its body what a GET says in its query (OpenAPI 3.2, Path Item Object)."""
_PUTS = frozenset({"upsert", "createorupdate", "createorreplace", "addorupdate", "updateorcreate", "save"})
"""Words by which one object is made where it is not there, and changed where it is."""
_MAKES = frozenset({"create", "new", "add", "register", "signup"})
"""Last words of a path by which one object is made."""
_SEARCHES = frozenset({"search", "query", "list", "find", "filter", "lookup"})
"""Last words of a path by which objects are listed, although the request is a POST."""
_ENDS = frozenset({"delete", "destroy"})
"""Words after an object by which it is deleted, by a request without a body."""
_VERBS: Mapping[Does, frozenset[str]] = {
    "retrieve": frozenset({"read", "get", "retrieve", "fetch", "lookup"}),
    "update": frozenset({"update", "edit", "modify", "patch"}),
    "delete": frozenset({"delete", "archive", "remove", "destroy"}),
}
"""Words of a path by which many objects are read, changed and deleted at once; without one they are made."""


class OperationVerbs:
    """The verbs of one document's operations."""

    def __init__(self, model: ResourceModel, places: OperationPlaces) -> None:
        self._document = model.document
        self._places = places
        self.model = model
        self._declared = {
            id_: (name, operation)
            for name, kind in model.facts.objects.items()
            for id_, operation in kind.operations.items()
        }

    def of(
        self, operation: Operation, path: PathTemplate, answer: DocumentedAnswer
    ) -> tuple[Does, ResourceKind | None, ObjectOperation | None]:
        """What an operation does, to which kind, and what the vendor file declares of it."""
        if operation.id in self._declared:
            name, declared = self._declared[operation.id]
            return declared.does, self.model.named.get(name), declared
        is_object = self.model.names_object(path.key)
        makes_below = operation.method == "POST" and path.key in self.model.collections
        if (is_object and not makes_below) or path.key in self.model.parts:
            end = max(place for place, step in enumerate(path.key) if step == SLOT) + 1
            kind = self.model.at.get(path.key[:end])
            here, around = (self.model.methods.get(key, {}) for key in (path.key, path.key[:-1]))
            puts = is_object and operation.method == "POST" and "PUT" in here and "POST" not in around
            does = _on_object("PUT" if puts else operation.method, kind)
            if does == "put" and is_object and operation.method == "PUT" and self._only_changes(operation, around):
                does = "update"
            return (does if is_object or does == "retrieve" else "update"), kind, None
        if "#" in operation.template:
            return "sample", None, None
        kind, single = self.model.of_collection(path.key), self.model.at.get(path.key)
        if single is not None and single.single:
            return _on_single(operation.method), single, None
        searches = operation.method == "POST" and plain_name(path.word) in _SEARCHES and kind is None
        if searches:
            kind = self.model.of_collection(path.key[:-1])
        elif operation.method == "POST" and kind is not None and self._makes(answer, path, kind):
            return "create", kind, None
        if searches or operation.method in READS:
            like = frozenset(kind.fields) if kind is not None else frozenset()
            at = list_at(self._document, answer.schema or {}, path.word, like=like)
            if at is None:
                return self._under_object(operation, path, answer)
            kind = kind or self.model.like(self._places.item(answer.schema, at))
            return ("list", kind, None) if kind is not None else ("sample", None, None)
        return self._under_object(operation, path, answer)

    def _only_changes(self, operation: Operation, around: Mapping[str, Operation]) -> bool:
        """True for a PUT that makes nothing: others do, it lists a 404, and no 201, which it must answer if it did."""
        codes = {*map(str, self._document.responses(operation))}
        return "POST" in around and "404" in codes and "201" not in codes  # RFC 9110 §9.3.4

    def sent_as(self, kind: ResourceKind, path: PathTemplate) -> str:
        """The field by which a collection's POST must name an object that its path puts below others; else empty."""
        key = path.key[:-1] if path.is_object else path.key
        below = next(iter(self.model.methods.get((*key, SLOT), {}).values()), None)
        post = self.model.methods.get(key, {}).get("POST") if SLOT in key and kind.id_field else None
        if post is None or below is None:
            return ""
        return sent_id(self._document, post, self.model.paths[below.id].params[-1], kind.names)

    def _makes(self, answer: DocumentedAnswer, path: PathTemplate, kind: ResourceKind) -> bool:
        """True where the answer is one object and not, say, a list of them."""
        if answer.schema is not None and self._places.is_object(kind, answer.schema):
            return True
        return makes_one(self._document, answer, path.word)

    def _under_object(
        self, operation: Operation, path: PathTemplate, answer: DocumentedAnswer
    ) -> tuple[Does, ResourceKind | None, ObjectOperation | None]:
        """A verb after an object, or a way of its own to make an object of a known kind."""
        around = self.model.at.get(path.key[:-1]) if path.key[-2:-1] == (SLOT,) else None
        if operation.method == "DELETE" and self.model.of_collection(path.key) is not None:
            around = None  # it is about many objects
        like = self.model.like(answer.schema) if answer.schema is not None else None
        is_end = plain_name(path.word) in _ENDS and operation.method in ("POST", "DELETE")
        if around is not None and is_end and not self._document.request_content(operation):
            return "delete", around, None
        changes = like is around or not answer.media
        if around is not None and self._places.shows(around, answer.schema):
            if operation.method == "GET" and plain_name(path.word) in around.names:
                return "retrieve", around, None
            changes = True
        here = self.model.methods.get(path.key, {})
        is_told = answer.has_404 or (around is not None and self._places.switches(around, path.key[-1]))
        is_switch = bool(answer.media) or (is_told and bool(here.keys() & {"POST", "PUT"}))
        methods = ("POST", "PUT", "PATCH", "DELETE") if is_switch else ("POST", "PUT", "PATCH")
        if around is not None and operation.method in methods and changes:
            return "act", around, None
        ending = len(path.key) > 1 and path.key[-2] == SLOT and path.key[-1] != SLOT
        if like is not None and ending and not like.within and path.params[-1:] == (like.id_param,):
            return "act", like, None
        alike = like is not None and (_is_of(path.word, like) or like.marked)
        if operation.method == "POST" and like is not None and alike and self._binds(like, path):
            return "create", like, None
        return "sample", None, None

    @staticmethod
    def _binds(kind: ResourceKind, path: PathTemplate) -> bool:
        """True where the objects around a new one are known: from the path, or from the object itself."""
        return all(name in path.params or name in kind.facts.within or _field(kind, name) for name in kind.within)

    def of_many(
        self, operation: Operation, path: PathTemplate, does: Does, kind: ResourceKind | None
    ) -> tuple[Does, ResourceKind | None, At | None]:
        """What an operation does to many objects at once, and where the request has them: `/contacts/batch/create`."""
        for end in range(len(path.key), 0, -1):
            found = self.model.of_collection(path.key[:end]) if path.key[end - 1] != SLOT else None
            if found is None:
                continue
            many = self._places.list_in_request(operation, found)
            words = {word.lower() for step in path.key[end:] for word in re.findall(r"[A-Z]?[a-z]+", step)}
            told = next((verb for verb, known in _VERBS.items() if words & known), None)
            verb = told or BATCHED[operation.method]
            if many is None and verb in ("delete", "retrieve") and does == "sample":
                many = self._places.ids_in_request(operation, found)
            if many is not None:
                return verb, found, many
            if does == "sample" and end + 1 == len(path.key) and plain_name(path.word) in _PUTS:
                return ("put", found, None) if self._places.has_id(operation, found) else ("create", found, None)
            if does == "sample" and end == len(path.key) and operation.method == "DELETE" and not told:
                return ("delete" if self._says_which(operation, found) else "sample"), found, None
            if does == "sample" and end == len(path.key) and operation.method in ("PUT", "PATCH"):
                return self._by_own_id(operation, found)
            return does, kind, None
        return does, kind, None

    def _says_which(self, operation: Operation, kind: ResourceKind) -> bool:
        """Whether a DELETE on a collection ends all that its query narrows: no other parameter must be there."""
        others = list_parameters(self._document, operation, kind).others
        needed = {entry["name"] for entry in self._document.parameters(operation) if entry.get("required") is True}
        return needed.isdisjoint(others)

    def _by_own_id(self, operation: Operation, kind: ResourceKind) -> tuple[Does, ResourceKind | None, At | None]:
        """PUT or PATCH on a collection is about the object that the body names; it is made where that may not fail."""
        if not self._places.has_id(operation, kind):
            return "sample", None, None
        makes = operation.method == "PUT" and "404" not in map(str, self._document.responses(operation))
        return ("put" if makes else "update"), kind, None


def _is_of(word: str, kind: ResourceKind) -> bool:
    """True where a path's last word is the kind's own, in the singular or the plural, or says that one is made."""
    single = plain_name(singular(word.lower()))
    return plain_name(word) in _MAKES or any(single == plain_name(singular(step.lower())) for step in kind.home)


def _on_object(method: str, kind: ResourceKind | None) -> Does:
    if kind is None:
        return "sample"
    table: dict[str, Does] = {
        "PATCH": "update",
        "DELETE": "delete",
        **dict.fromkeys(("GET", "HEAD", "QUERY"), "retrieve"),
    }
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
