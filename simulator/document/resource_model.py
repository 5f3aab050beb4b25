"""The kinds of objects that a document is about, found from its paths, schemas and the vendor file.

A path that ends with a parameter names one object; the same path without it is its collection. What a vendor marks as
one kind (`x-resourceId`, or the only value of the property `object`) is one, wherever its paths are; else every
collection is a kind of its own. What an operation does to them is simulator.document.resource_operation.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property, partial
from typing import Any

from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.openapi.schema_types import types_of
from tidegate.simulator.document.answered_objects import AnsweredObjects, makes_one
from tidegate.simulator.document.documented_answer import At, DocumentedAnswer, answer_of, chosen, inside
from tidegate.simulator.document.envelope import list_at, object_at
from tidegate.simulator.document.id_place import id_at, is_told
from tidegate.simulator.document.operation_places import steps
from tidegate.simulator.document.path_template import SLOT, PathTemplate, TemplateKey, read_template, singular
from tidegate.simulator.document.resource_kind import ResourceKind, is_open, mark_of
from tidegate.simulator.document.same_kind import KindPlaces, is_same
from tidegate.values.documented_example import kind_example, part_of
from tidegate.values.json_value import NOTHING
from tidegate.values.string_values import plain_name
from tidegate.vendor.resource_facts import ObjectFacts, ResourceFacts, is_kind_pattern


class ResourceModel:
    """Every kind of one document. An unsound operation is left out here; whoever asks for it is told."""

    def __init__(self, document: Document, facts: ResourceFacts) -> None:
        self.document = document
        self.facts = facts
        self.paths: dict[str, PathTemplate] = {}
        self.methods: dict[TemplateKey, dict[str, Operation]] = {}
        self.named: dict[str, ResourceKind] = {}
        self.at = KindPlaces()
        """By the key of one object, or of a place that holds a single one."""
        self._objects = AnsweredObjects(document, self.paths, self.methods)
        self._documented: dict[tuple[str, int | None], DocumentedAnswer] = {}
        for operation in document.operations.values():
            path = self.paths[operation.id] = read_template(operation.template)
            if path.is_object or "#" not in operation.template:  # with a fragment it is one of several, told apart
                self.methods.setdefault(path.key, {}).setdefault(operation.method, operation)
        self._declared = {
            read_template(declared.path).key: name for name, declared in facts.objects.items() if declared.path
        }
        for key in sorted(self.methods, key=lambda key: key[-1] != SLOT):  # objects first, in the document's order
            with suppress(DocumentError):
                self._learn(key)
        for name, declared in facts.objects.items():
            if name and name not in self.named and not is_kind_pattern(name):
                with suppress(DocumentError):
                    self._add_declared(name, declared)

    def documented(self, operation: Operation, status: int | None = None) -> DocumentedAnswer:
        """The answer of an operation, as documented, with a status or the usual one. Raises DocumentError."""
        mark = (operation.id, status)
        if mark not in self._documented:
            self._documented[mark] = answer_of(self.document, operation, status)
        return self._documented[mark]

    def id_field_at(self, key: TemplateKey) -> str:
        """The field of the id of the objects of a path, empty where there are none."""
        return self.at[key].id_field if key in self.at else ""

    def of_collection(self, key: TemplateKey) -> ResourceKind | None:
        """The kind whose objects are in this collection."""
        return self.at.get((*key, SLOT))

    def like(self, schema: Any) -> ResourceKind | None:
        """The one kind whose objects have this very schema, None where several have or none."""
        node = chosen(self.document, schema)
        mark = mark_of(self.document, node)
        if mark in self.named:
            return self.named[mark]
        if "properties" not in self.document.schemas.plain(node):
            return None
        kinds = [kind for kind in self.named.values() if kind.schema is node and not kind.single]
        return kinds[0] if len(kinds) == 1 else None

    # --- learning ------------------------------------------------------------------------------------------------

    def _learn(self, key: TemplateKey) -> None:
        here = self.methods[key]
        if key[-1] == SLOT:
            self._learn_objects(key, here)
            return
        # `/x` with `/x/{id}` is that kind's collection, which is learnt there. Without, it is a collection of objects
        # that have no address, or the single object of its place, like `/account`.
        below = self.methods.get((*key, SLOT))
        answer = self.documented(here["GET"]) if "GET" in here else None
        is_list = answer is not None and list_at(self.document, answer.schema or {}, key[-1]) is not None
        if below is None and ("POST" in here or is_list) and self._learn_elsewhere(key, here):
            return
        if below is None and "POST" in here and is_list:
            self._learn_unaddressed(key, here)
        elif below is None and not is_list and ("GET" in here or "PUT" in here):
            operation = here.get("GET") or here["PUT"]
            answer = self.documented(operation)
            sent = here.keys() & {"PUT", "PATCH", "POST"}  # nobody writes into the others
            at, node = self._objects.at(answer.schema, key[-1], key) if answer.schema and sent else ((), answer.schema)
            self._add(self._unused(key), key, operation, node, answer, at=at, single=True)

    def _learn_objects(self, key: TemplateKey, here: Mapping[str, Operation]) -> None:
        operation = next((here[method] for method in ("GET", "PATCH", "PUT", "POST") if method in here), None)
        shown = operation or here.get("DELETE") or next(iter(here.values()))
        answer = self.documented(shown) if operation else None
        word = "".join(key[-2:-1])  # empty for `/{id}`
        at, node = self._objects.at(answer.schema, word, key, key[:-1]) if answer and answer.schema else ((), None)
        # What the vendor marks as one kind is one, wherever its paths are; the shortest path is its home.
        mark = mark_of(self.document, node) if node is not None else ""
        known = self.named.get(mark) if mark else None
        if not mark and key not in self._declared:
            known = next((kind for kind in self.at.elsewhere(key) if is_same(self.document, kind, node)), None)
        if known is not None and not known.within:
            self.at[key] = known
            known.made = known.made or "POST" in self.methods.get(key[:-1], ())
            return
        count = len(self.paths[shown.id].params)
        mark = known.name if known is not None and not mark and count == 1 else mark
        name = self._declared.get(key) or (mark if known is None or count == 1 else "") or self._unused(key[:-1])
        kind = self._add(name, key, shown, node, answer, at=at)
        post = self.methods.get(key[:-1], {}).get("POST")
        making = self.documented(post) if post is not None else None
        alike = making is not None and bool(making.schema) and self.document.follow(making.schema) is kind.schema
        kind.made = kind.made or alike or makes_one(self.document, making, word) or "PUT" in here
        if post is not None and making is not None:
            told = node if alike or not making.schema else self._objects.at(making.schema, word, key, key[:-1])[1]
            kind.nameless = not is_told(self.document, kind.id_at, post, making, told)
        if kind.example is NOTHING and kind.id_field:
            tried = *here.values(), *self.methods.get(key[:-1], {}).values()
            kind.find_example = partial(
                kind_example, self.document, self.documented, tried, kind.id_field, kind.id_param
            )
        self._learn_filters(kind, key[:-1])

    def _learn_unaddressed(self, key: TemplateKey, here: Mapping[str, Operation]) -> None:
        """Objects that are made and listed, but have no path of their own."""
        answer = self.documented(here["POST"])
        if answer.schema is not None and list_at(self.document, answer.schema, key[-1]) is not None:
            return
        known = self.like(answer.schema) if answer.schema is not None else None
        if known is not None and mark_of(self.document, chosen(self.document, answer.schema)):
            self.at[(*key, SLOT)] = known
            return
        at, node = self._objects.at(answer.schema, key[-1], key) if answer.schema else ((), None)
        kind = self._add(self._unused(key), (*key, SLOT), here["POST"], node, answer, at=at, id_param="")
        kind.made = True
        self._learn_filters(kind, key)

    def _learn_elsewhere(self, key: TemplateKey, here: Mapping[str, Operation]) -> bool:
        """True where a collection without paths of objects holds those of a kind that has them elsewhere."""
        for kind in self.at.elsewhere((*key, SLOT)):
            answers = [self.documented(here[method]) for method in ("POST", "GET") if method in here]
            nodes = [
                node for answer in answers if answer.schema for node in self._objects.about(answer.schema, key[-1])
            ]
            if (
                not kind.within
                and ("POST" in here or kind.made)
                and any(is_same(self.document, kind, node) for node in nodes)
            ):
                self.at[(*key, SLOT)] = kind
                kind.made = kind.made or "POST" in here
                return True
        return False

    def _add(
        self,
        name: str,
        key: TemplateKey,
        operation: Operation,
        node: Any,
        answer: DocumentedAnswer | None,
        *,
        at: At = (),
        single: bool = False,
        id_param: str | None = None,
    ) -> ResourceKind:
        params = self.paths[operation.id].params
        facts = self.facts.of(name)
        node = chosen(self.document, node) if node is not None else None
        fields = self._objects.fields(node)
        last = id_param if id_param is not None else params[-1] if params and not single else ""
        place = steps(facts.id) if facts.id else () if single else self._id_at(operation, fields, last, key, node)
        kind = ResourceKind(
            name=name,
            home=key,
            within=params if single or id_param == "" else params[:-1],
            id_param=last,
            id_field=place[0] if len(place) == 1 else "",
            id_at=place,
            schema=node,
            fields=fields,
            example=part_of(answer.example, at) if answer is not None else NOTHING,
            address=operation.template if key[-1:] == (SLOT,) and self.paths[operation.id].key == key else "",
            single=single,
            open=is_open(self.document, node),
            marked=name == mark_of(self.document, node),
            facts=facts,
            names={plain_name(field): field for field in fields},
        )
        self._enter(kind, key)
        return kind

    def _enter(self, kind: ResourceKind, key: TemplateKey) -> None:
        before = self.named.get(kind.name)
        if before is not None:  # the same kind with a shorter way to it
            kind.made, kind.filters = before.made, before.filters
            for place in [place for place, other in self.at.items() if other is before]:
                self.at[place] = kind
        self.named[kind.name] = kind
        self.at[key] = kind

    def _id_at(self, operation: Operation, fields: Mapping[str, Any], param: str, key: TemplateKey, node: Any) -> At:
        marked, opens = bool(mark_of(self.document, node)), is_open(self.document, node)
        return id_at(self.document, operation, fields, param, key, marked=marked, is_open=opens)

    def _add_declared(self, name: str, facts: ObjectFacts) -> None:
        """A kind whose operations are listed in the vendor file."""
        listed = [(self.document.operations.get(id_), declared) for id_, declared in facts.operations.items()]
        shown = next(
            ((op, declared) for op, declared in listed if op is not None and declared.does in ("create", "retrieve")),
            None,
        )
        if shown is None:
            return
        operation, declared = shown
        answer = self.documented(operation)
        at = steps(declared.at) if declared.at is not None else object_at(self.document, answer.schema, name)[0]
        kind = self._add(
            name, ("", name), operation, inside(self.document, answer.schema, at), answer, at=at, id_param=""
        )
        kind.within = (*facts.within,)
        kind.id_param = declared.id or kind.id_field
        kind.made = any(declared.does in ("create", "put") for declared in facts.operations.values())

    def _learn_filters(self, kind: ResourceKind, collection: TemplateKey) -> None:
        operation = self.methods.get(collection, {}).get("GET")
        if operation is not None:
            kind.filters = {**self.filters(operation, kind), **kind.filters}

    def filters(self, operation: Operation, kind: ResourceKind) -> dict[str, str]:
        """Query parameters of a list that are fields of text of its objects: by these it is indexed."""
        fields = {}
        for entry in self.document.parameters(operation):
            schema = self.document.schemas.plain(entry.get("schema", entry))
            names = (entry["name"], entry["name"].removesuffix("s") if schema.get("type") == "array" else "")
            target = next((kind.names[plain_name(name)] for name in names if plain_name(name) in kind.names), None)
            exactly = entry["name"][-1:] not in "<>"
            if entry.get("in") != "query" or not target or not exactly or schema.get("type") not in ("string", "array"):
                continue
            if {*types_of(self.document.schemas.plain(kind.fields[target]))} <= {"string", "null"}:
                fields[entry["name"]] = target
        return fields

    def _unused(self, key: TemplateKey) -> str:
        """A name that no kind has: the last word of the key, with those before it where that is taken."""
        words = [step for step in key if step != SLOT]
        for count in range(1, len(words) + 1):
            name = "/".join(words[-count:])
            if name and name not in self.named:
                return name
        return "/" + "/".join(key) if words else "root"

    def references(self, kind: ResourceKind) -> dict[str, str]:
        """Fields that hold another object's id, and its kind: they have its name, with or without `_id`."""
        fields = {}
        for name in kind.fields:
            bare = plain_name(name)
            for stem in (bare, bare.removesuffix("id"), bare.removesuffix("sid")):
                target = self._short.get(stem)
                if target is not None and name != kind.id_field and not self._is_word(kind.fields[name]):
                    fields[name] = target
                    break
        return fields

    def _is_word(self, node: Any) -> bool:
        """True where a field has one of a few words, like `role`: that is nobody's id."""
        return "enum" in self.document.schemas.plain(node)

    @cached_property
    def _short(self) -> dict[str, str]:
        """Kinds by their plain names in the singular."""
        names: dict[str, str] = {}
        for name, kind in self.named.items():
            if not kind.single and not kind.within:
                names.setdefault(plain_name(singular(name.rsplit("/", 1)[-1].lower())), name)
        return names
