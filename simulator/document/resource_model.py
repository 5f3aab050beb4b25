"""The kinds of objects that a document is about, found from its paths, schemas and the vendor file.

A path that ends with a parameter names one object; the same path without it is its collection. What a vendor marks as
one kind (`x-resourceId`, or the only value of the property `object`) is one, wherever its paths are; else every
collection is a kind of its own. What an operation does to them is simulator.document.resource_operation.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import Any, Literal

from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.simulator.document.answered_objects import AnsweredObjects, is_bytes, is_like_part, makes_one, part_at
from tidegate.simulator.document.documented_answer import At, DocumentedAnswer, answer_of, chosen, inside, is_untyped
from tidegate.simulator.document.envelope import list_at, object_at
from tidegate.simulator.document.id_place import Telling, id_at, id_telling, other_id_names, sent_id
from tidegate.simulator.document.list_parameters import text_filters
from tidegate.simulator.document.operation_places import OperationPlaces, steps
from tidegate.simulator.document.parent_fields import KindReferences
from tidegate.simulator.document.path_template import SLOT, PathTemplate, TemplateKey, read_template, unused_name
from tidegate.simulator.document.resource_kind import ResourceKind, is_open, mark_of, size_field, with_variants
from tidegate.simulator.document.same_kind import KindPlaces, is_same, only_like
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
        self.lost: dict[str, Telling | Literal["unmade"]] = {}
        """By operation: why an object that it is to make cannot be read again, or not always, though others can."""
        self.references = KindReferences(document, self.named)
        self.parts: dict[TemplateKey, At] = {}
        """Parts of objects, by the keys of the paths that they have of their own."""
        self._places = OperationPlaces(document)
        self._objects = AnsweredObjects(document, self.paths, self.methods)
        self._documented: dict[tuple[str, int | None], DocumentedAnswer] = {}
        for operation in document.operations.values():
            path = self.paths[operation.id] = read_template(operation.template)
            if path.is_object or "#" not in operation.template:  # with a fragment it is one of several, told apart
                self.methods.setdefault(path.key, {}).setdefault(operation.method, operation)
        self.collections = self._objects.collections(self.documented)
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

    def names_object(self, key: TemplateKey) -> bool:
        """True for the path of one object: it ends with a parameter, and is no collection of what is below that."""
        return key[-1:] == (SLOT,) and not self.collections.get(key)

    def id_field_at(self, key: TemplateKey) -> str:
        """The field of the id of the objects of a path, empty where there are none."""
        return self.at[key].id_field if key in self.at else ""

    def of_collection(self, key: TemplateKey) -> ResourceKind | None:
        """The kind whose objects are in this collection."""
        return self.at.get((*key, SLOT))

    def like(self, schema: Any) -> ResourceKind | None:
        """The one kind whose objects have this very schema, None where several have or none."""
        return only_like(self.document, self.named, schema)

    # --- learning ------------------------------------------------------------------------------------------------

    def _learn(self, key: TemplateKey) -> None:
        here = self.methods[key]
        if self.names_object(key):
            self._learn_objects(key, here)
            return
        if self._learn_part(key, here):
            return
        # `/x` with `/x/{id}` is that kind's collection, which is learnt there. Without, it is a collection of objects
        # that have no address, or the single object of its place, like `/account`.
        below = self.methods.get((*key, SLOT))
        answer = self.documented(here["GET"]) if "GET" in here else None
        is_list = answer is not None and self._objects.is_page(here, answer.schema, key[-1])
        if below is None and ("POST" in here or is_list) and self._learn_elsewhere(key, here):
            return
        if below is None and "POST" in here and is_list:
            self._learn_unaddressed(key, here)
        elif below is None and not is_list and {"GET", "PUT"} & here.keys() and not self._objects.counts(key):
            operation = here.get("GET") or here["PUT"]
            answer = self.documented(operation)
            if self._is_of_around(key, here, answer):
                return
            sent = here.keys() & {"PUT", "PATCH", "POST"}  # nobody writes into the others
            at, node = self._objects.at(answer.schema, key[-1], key) if answer.schema and sent else ((), answer.schema)
            kind = self._add(unused_name(key, self.named), key, operation, node, answer, at=at, single=True)
            with_variants(self.document, kind, answer.schema, at, surely=self._objects.is_chosen(key))

    def _learn_part(self, key: TemplateKey, here: Mapping[str, Operation]) -> bool:
        """True where what is under an object is a part of it, read and written there too: `/users/{id}/address`."""
        end = max((place + 1 for place, step in enumerate(key) if step == SLOT), default=0)
        kind = self.at.get(key[:end])
        part = part_at(self.document, kind.fields, key[end:]) if kind is not None and not kind.single else ()
        methods = {"GET", "PUT", "PATCH", *(("POST", "DELETE") if key[-2:-1] == ("relationships",) else ())}
        is_written = {"GET"} != here.keys() <= methods
        if kind is None or not part or not is_written or (*key, SLOT) in self.methods:
            return False
        shown = [self.documented(here[method]).schema for method in here]
        sent = [body for method in here for body in self.document.request_content(here[method]).values()]
        if not any(self.is_part(kind, part, schema) for schema in (shown if "GET" in here else sent)):
            return False
        self.parts[key] = part
        return True

    def is_part(self, kind: ResourceKind, part: At, schema: Any) -> bool:
        """True where a schema is that of a part of the kind's objects."""
        own = inside(self.document, {"properties": kind.fields}, part)
        return bool(schema) and is_like_part(self.document, own, schema)

    def _is_of_around(self, key: TemplateKey, here: Mapping[str, Operation], answer: DocumentedAnswer) -> bool:
        """True where what is under an object shows that object: an action by PUT, or a part that is read and written.

        `/customers/{id}/block`; `/widgets/{name}/status`, where a widget has one. `/users/{id}/manager` is another.
        """
        around, schema = self.at.get(key[:-1]) if key[-2:-1] == (SLOT,) else None, answer.schema
        if around is None or (is_bytes(self.document, answer) and size_field(self.document.schemas, around)):
            return around is not None  # its file
        acts = self._objects.sends(here, around.names) or self._places.switches(around, key[-1])
        if not schema and "GET" not in here and acts:
            return True
        if not self._places.shows(around, schema):
            return False
        return "GET" not in here or (plain_name(key[-1]) in around.names and bool(here.keys() & {"PUT", "PATCH"}))

    def _learn_objects(self, key: TemplateKey, here: Mapping[str, Operation]) -> None:
        shown, answer, schema = self._objects.shown(key, self.documented)
        word = self.paths[shown.id].word if key[:-1] in self.collections else "".join(key[-2:-1])  # empty for `/{id}`
        at, node = self._objects.at(schema, word, key, key[:-1]) if schema else ((), None)
        # What the vendor marks as one kind is one, wherever its paths are; the shortest path is its home.
        mark = mark_of(self.document, node) if node is not None else ""
        known = self.named.get(mark) if mark else None
        if not mark and key not in self._declared:
            known = next((kind for kind in self.at.elsewhere(key) if is_same(self.document, kind, node)), None)
        if known is not None and known.is_within(key):
            self.at[key] = known
            known.made = known.made or "POST" in self.methods.get(key[:-1], ())
            return
        if known is not None:
            mark = (mark or known.name) if len(self.paths[shown.id].params) == 1 else ""
        name = self._declared.get(key) or mark or unused_name(key[:-1], self.named)
        kind = self._add(name, key, shown, node, answer, at=at)
        with_variants(self.document, kind, schema, at, surely=self._objects.is_chosen(key))
        kind.made = kind.made or "PUT" in here
        if (post := self.methods.get(key[:-1], {}).get("POST")) is not None:
            self._learn_making(kind, key, post, node, word)
        if kind.example is NOTHING and kind.id_field:
            tried = *here.values(), *self.methods.get(key[:-1], {}).values()
            kind.find_example = partial(
                kind_example, self.document, self.documented, tried, kind.id_field, kind.id_param
            )
        self._learn_filters(kind, key[:-1])

    def _learn_making(self, kind: ResourceKind, key: TemplateKey, post: Operation, node: Any, word: str) -> None:
        """How a new object comes to its id, and who learns that."""
        making = self.documented(post)
        alike = not making.schema or self.document.follow(making.schema) is kind.schema
        alike = alike or is_untyped(self.document, making)
        is_one = alike or makes_one(self.document, making, word)
        told = node if alike else self._objects.at(making.schema, word, key, key[:-1])[1]
        telling = id_telling(self.document, kind.id_at, post, making, told)
        telling = "" if self._objects.is_another_id(making.schema, node, kind.id_at) else telling
        telling = "told" if kind.id_field and sent_id(self.document, post, kind.id_param, kind.names) else telling
        kind.made, kind.nameless = kind.made or is_one, telling == ""
        kind.numeric = self._objects.is_number(told, kind.id_at) and not self._objects.is_number(node, kind.id_at)
        if "GET" in self.methods[key] and (telling != "told" or not is_one):
            self.lost[post.id] = telling if is_one else "unmade"

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
        kind = self._add(unused_name(key, self.named), (*key, SLOT), here["POST"], node, answer, at=at, id_param="")
        kind.made = True
        with_variants(self.document, kind, answer.schema, at, surely=self._objects.is_chosen(key))
        self._learn_filters(kind, key)

    def _learn_elsewhere(self, key: TemplateKey, here: Mapping[str, Operation]) -> bool:
        """True where a collection without paths of objects holds those of a kind that has them elsewhere."""
        for kind in self.at.elsewhere((*key, SLOT)):
            answers = [self.documented(here[method]) for method in ("POST", "GET") if method in here]
            nodes = [
                node for answer in answers if answer.schema for node in self._objects.about(answer.schema, key[-1])
            ]
            is_held = kind.is_within(key) and any(is_same(self.document, kind, node) for node in nodes)
            if is_held and ("POST" in here or kind.made):
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
        kind.also = (*(kind.names[one] for one in sorted(other_id_names(last) & kind.names.keys())),)
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
        def told() -> Mapping[str, Any]:
            post = self.methods.get(key[:-1], {}).get("POST")
            making = self.documented(post).schema if post is not None else None
            return self._objects.fields(self._objects.at(making, key[-2], key, key[:-1])[1] if making else None)

        how = {"marked": bool(mark_of(self.document, node)), "is_open": is_open(self.document, node)}
        return id_at(self.document, operation, fields, param, key, **how, told=told)

    def _add_declared(self, name: str, facts: ObjectFacts) -> None:
        """A kind whose operations are listed in the vendor file."""
        listed = [(self.document.operations.get(id_), declared) for id_, declared in facts.operations.items()]
        shown = next(((op, one) for op, one in listed if op is not None and one.does in ("create", "retrieve")), None)
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
            kind.filters = {**text_filters(self.document, operation, kind), **kind.filters}
