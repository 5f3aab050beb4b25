"""The kinds of objects that a document is about, found from its paths, schemas and the vendor file.

A path that ends with a parameter names one object; the same path without it is its collection. What a vendor marks as
one kind (`x-resourceId`, or the only value of the property `object`) is one, wherever its paths are; else every
collection is a kind of its own. What an operation does to them is simulator.document.resource_operation.
"""

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from typing import Any

from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.openapi.schema_types import types_of
from tidegate.simulator.document.documented_answer import (
    At,
    DocumentedAnswer,
    answer_of,
    chosen,
    inside,
    list_at,
    object_at,
)
from tidegate.simulator.document.path_template import SLOT, PathTemplate, TemplateKey, read_template, singular
from tidegate.simulator.document.resource_kind import ResourceKind
from tidegate.simulator.values.json_value import NOTHING
from tidegate.simulator.values.string_values import plain_name
from tidegate.vendor.resource_facts import ObjectFacts, ResourceFacts

_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_IDS = ("id", "sid", "uuid", "number", "slug", "login", "name", "key", "code")
_NAMES = ("login", "slug", "key", "name")


class ResourceModel:
    """Every kind of one document. An unsound operation is left out here; whoever asks for it is told."""

    def __init__(self, document: Document, facts: ResourceFacts) -> None:
        self.document = document
        self.facts = facts
        self.paths: dict[str, PathTemplate] = {}
        self.methods: dict[TemplateKey, dict[str, Operation]] = {}
        self.named: dict[str, ResourceKind] = {}
        self.at: dict[TemplateKey, ResourceKind] = {}
        """By the key of one object, or of a place that holds a single one."""
        self._documented: dict[str, DocumentedAnswer] = {}
        for operation in document.operations.values():
            path = self.paths[operation.id] = read_template(operation.template)
            self.methods.setdefault(path.key, {}).setdefault(operation.method, operation)
        self._declared = {
            read_template(declared.path).key: name for name, declared in facts.objects.items() if declared.path
        }
        for key in sorted(self.methods, key=lambda key: key[-1] != SLOT):  # objects first, in the document's order
            with suppress(DocumentError):
                self._learn(key)
        for name, declared in facts.objects.items():
            if name and name not in self.named:
                with suppress(DocumentError):
                    self._add_declared(name, declared)

    def documented(self, operation: Operation) -> DocumentedAnswer:
        """The answer of an operation, as documented. Raises DocumentError."""
        if operation.id not in self._documented:
            self._documented[operation.id] = answer_of(self.document, operation)
        return self._documented[operation.id]

    def of_collection(self, key: TemplateKey) -> ResourceKind | None:
        """The kind whose objects are in this collection."""
        return self.at.get((*key, SLOT))

    def like(self, schema: Any) -> ResourceKind | None:
        """The one kind whose objects have this very schema, None where several have or none."""
        node = chosen(self.document, schema)
        mark = _mark(self.document, node)
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
        if below is None and "POST" in here and is_list:
            self._learn_unaddressed(key, here)
        elif below is None and not is_list and ("GET" in here or "PUT" in here):
            operation = here.get("GET") or here["PUT"]
            answer = self.documented(operation)
            self._add(self._unused(key), key, operation, answer.schema, answer, single=True)

    def _learn_objects(self, key: TemplateKey, here: Mapping[str, Operation]) -> None:
        operation = next((here[method] for method in ("GET", "PATCH", "PUT", "POST") if method in here), None)
        shown = operation or here.get("DELETE") or next(iter(here.values()))
        answer = self.documented(shown) if operation else None
        word = "".join(key[-2:-1])  # empty for `/{id}`
        at, node = object_at(self.document, answer.schema, word) if answer and answer.schema else ((), None)
        # What the vendor marks as one kind is one, wherever its paths are; the shortest path is its home.
        mark = _mark(self.document, node) if node is not None else ""
        known = self.named.get(mark) if mark else None
        if known is not None and not known.within:
            self.at[key] = known
            known.made = known.made or "POST" in self.methods.get(key[:-1], ())
            return
        count = len(self.paths[shown.id].params)
        name = self._declared.get(key) or (mark if known is None or count == 1 else "") or self._unused(key[:-1])
        kind = self._add(name, key, shown, node, answer, at=at)
        kind.made = kind.made or "POST" in self.methods.get(key[:-1], ()) or "PUT" in here
        self._learn_filters(kind, key[:-1])

    def _learn_unaddressed(self, key: TemplateKey, here: Mapping[str, Operation]) -> None:
        """Objects that are made and listed, but have no path of their own."""
        answer = self.documented(here["POST"])
        if answer.schema is not None and list_at(self.document, answer.schema, key[-1]) is not None:
            return
        known = self.like(answer.schema) if answer.schema is not None else None
        if known is not None and _mark(self.document, chosen(self.document, answer.schema)):
            self.at[(*key, SLOT)] = known
            return
        at, node = object_at(self.document, answer.schema, key[-1]) if answer.schema else ((), None)
        kind = self._add(self._unused(key), (*key, SLOT), here["POST"], node, answer, at=at, id_param="")
        kind.made = True
        self._learn_filters(kind, key)

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
        facts = self.facts.objects.get(name, ObjectFacts())
        node = chosen(self.document, node) if node is not None else None
        fields = self.document.schemas.plain(node).get("properties", {}) if node is not None else {}
        last = id_param if id_param is not None else params[-1] if params and not single else ""
        kind = ResourceKind(
            name=name,
            home=key,
            within=params if single or id_param == "" else params[:-1],
            id_param=last,
            id_field=facts.id or ("" if single else self._id_field(operation, fields, last, key, node)),
            schema=node,
            fields=fields,
            example=_part(answer.example, at) if answer is not None else NOTHING,
            single=single,
            marked=name == _mark(self.document, node),
            facts=facts,
            names={plain_name(field): field for field in fields},
        )
        before = self.named.get(name)
        if before is not None:  # the same kind with a shorter way to it
            kind.made, kind.filters = before.made, before.filters
            self.at.update({place: kind for place, other in self.at.items() if other is before})
        self.named[name] = kind
        self.at[key] = kind
        return kind

    def _id_field(
        self, operation: Operation, fields: Mapping[str, Any], param: str, key: TemplateKey, node: Any
    ) -> str:
        """The field that the path's last parameter names: of its name, or of the usual ones; of its type."""
        names = {plain_name(name): name for name in fields}
        if "id" in names and _mark(self.document, node):
            return names["id"]
        words = _WORDS.findall(param)
        wished = [plain_name("".join(words[start:])) for start in range(len(words))]
        itself = len(key) > 1 and plain_name(param) == plain_name(singular(key[-2].lower()))
        numbered = "integer" in self._types(fields.get("id", {}))
        if plain_name(param).endswith(("user", "username")):
            wished.append("login")
        if itself and (numbered or "id" not in names):
            wished += _NAMES
        declared = next(
            (parameter for parameter in self.document.parameters(operation) if parameter["name"] == param), {}
        )
        types = self._types(declared.get("schema", declared))
        for name in (*wished, *_IDS):
            if name in names and not ("integer" in types and "string" in self._types(fields[names[name]])):
                return names[name]
        return ""

    def _types(self, schema: Any) -> list[str]:
        types = self.document.schemas.plain(schema).get("type", ())
        return [types] if isinstance(types, str) else list(types)

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
        at = _steps(declared.at) if declared.at is not None else object_at(self.document, answer.schema, name)[0]
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
        """Query parameters of a list that are fields of its objects."""
        fields = {}
        for entry in self.document.parameters(operation):
            schema = self.document.schemas.plain(entry.get("schema", entry))
            name = entry["name"].removesuffix("s") if schema.get("type") == "array" else entry["name"]
            target = kind.names.get(plain_name(name))
            exactly = entry["name"][-1:] not in "<>"
            if entry.get("in") != "query" or not target or not exactly or schema.get("type") not in ("string", "array"):
                continue
            if not {"array", "object"} & {*types_of(self.document.schemas.plain(kind.fields[target]))}:
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


def _mark(document: Document, node: Any) -> str:
    """The name by which the vendor knows the kind of these objects, empty where it gives none."""
    level = document.schemas.plain(node) if node is not None else {}
    if isinstance(name := level.get("x-resourceId"), str):
        return name
    marker = document.schemas.plain(level.get("properties", {}).get("object", {}))
    marks = [marker["const"]] if "const" in marker else marker.get("enum", ())
    return str(marks[0]) if len(marks) == 1 and "id" in level.get("properties", {}) else ""


def _steps(pointer: str) -> At:
    return (*[step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]],)


def _part(example: Any, at: At) -> Any:
    for name in at:
        example = example.get(name, NOTHING) if isinstance(example, dict) else NOTHING
    return example
