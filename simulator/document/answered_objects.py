"""The objects that the answers of a path are about, told from their envelopes by what the path's requests hold.

It knows no kind.
"""

from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.openapi.schema_types import types_of
from tidegate.simulator.document.documented_answer import At, DocumentedAnswer, chosen, inside
from tidegate.simulator.document.envelope import Names, is_of_type, list_at, may_be_wrapped, object_at, request_fields
from tidegate.simulator.document.id_place import wished_ids
from tidegate.simulator.document.path_template import SLOT, PathTemplate, TemplateKey
from tidegate.values.string_values import plain_name


class AnsweredObjects:
    """Those of one document. `paths` are its templates by operation, `methods` its operations by template's key."""

    def __init__(
        self,
        document: Document,
        paths: Mapping[str, PathTemplate],
        methods: Mapping[TemplateKey, Mapping[str, Operation]],
    ) -> None:
        self._document = document
        self._paths = paths
        self._methods = methods

    def at(self, schema: Any, word: str, key: TemplateKey, collection: TemplateKey = ()) -> tuple[At, Any]:
        """The place of the object in an answer of this path; its requests tell it from an envelope."""
        likes: list[Names] = []
        if may_be_wrapped(self.fields(chosen(self._document, schema))):
            senders = [self._methods.get(collection, {}).get("POST")]
            senders += [self._methods.get(key, {}).get(method) for method in ("PUT", "PATCH", "POST")]
            for operation in senders:
                content = self._document.request_content(operation) if operation is not None else {}
                likes += [names for body in content.values() for names in request_fields(self._document, body)]
        ids = wished_ids(key_param) if (key_param := self._last_param(key)) else ()
        return object_at(self._document, schema, word, ids=frozenset(ids), likes=likes)

    def shown(
        self, key: TemplateKey, documented: Callable[[Operation], DocumentedAnswer]
    ) -> tuple[Operation, DocumentedAnswer | None, Any]:
        """The operation that shows the objects of a path best, its answer, and the schema of one or of an envelope.

        Where none under the path does, the one that makes them does, or the list. Raises DocumentError.
        """
        here, around = self._methods[key], self._methods.get(key[:-1], {})
        for operation in [here[method] for method in ("GET", "PATCH", "PUT", "POST") if method in here]:
            if (answer := documented(operation)).schema:
                return operation, answer, answer.schema
        last, word = next(iter(here.values())), "".join(key[-2:-1])
        made = documented(around["POST"]) if "POST" in around else None
        if made is not None and made.schema and makes_one(self._document, made, word):
            return last, made, made.schema
        listed = documented(around["GET"]).schema if "GET" in around else None
        at = list_at(self._document, listed, word) if listed else None
        level = self._document.schemas.plain(inside(self._document, listed, at)) if at is not None else {}
        return last, None, level.get("items")

    def _last_param(self, key: TemplateKey) -> str:
        operation = next(iter(self._methods.get(key, {}).values()), None) if key[-1:] == (SLOT,) else None
        params = self._paths[operation.id].params if operation is not None else ()
        return params[-1] if params else ""

    def collections(self, documented: Callable[[Operation], DocumentedAnswer]) -> dict[TemplateKey, bool]:
        """The paths that end with a parameter and make what is below: `POST /rules/{store}` a `/rules/{store}/{id}`.

        What it answers has that id. With True for those that are nothing but collections: a GET there is a list. At
        others it reads an object, and a POST can only make what is below where its answer is a 201.
        """
        found = {}
        for key, here in self._methods.items():
            read = self._methods.get((*key, SLOT), {}).get("GET") if key[-1:] == (SLOT,) else None
            if read is not None and "POST" in here and not here.keys() & {"PUT", "PATCH", "DELETE"}:
                with suppress(DocumentError):
                    makes, lists = self._makes_below(here, read, documented)
                    if makes:
                        found[key] = lists
        return found

    def _makes_below(
        self, here: Mapping[str, Operation], read: Operation, documented: Callable[[Operation], DocumentedAnswer]
    ) -> tuple[bool, bool]:
        path = self._paths[read.id]
        making, shown = documented(here["POST"]), documented(read).schema
        if not making.schema or not shown:
            return False, False
        names = {*map(plain_name, self.fields(object_at(self._document, making.schema, path.word)[1]))}
        like = frozenset(self.fields(object_at(self._document, shown, path.word)[1]))
        listed = documented(here["GET"]).schema if "GET" in here else None
        lists = "GET" not in here or list_at(self._document, listed or {}, path.word, like=like) is not None
        if lists:
            return plain_name(path.params[-1]) in names, True
        return making.status == HTTPStatus.CREATED and not names.isdisjoint(wished_ids(path.params[-1])), False

    def is_number(self, node: Any, at: At) -> bool:
        """True where objects of a schema have a number at a place."""
        level = self._document.schemas.plain(inside(self._document, node, at)) if node is not None and at else {}
        return bool({"integer", "number"} & {*types_of(level)})

    def is_another_id(self, schema: Any, node: Any, at: At) -> bool:
        """True where an answer is nothing but an id, and of another format than objects have at the id's place."""
        whole = self._document.schemas.plain(schema) if schema else {}
        level = self._document.schemas.plain(inside(self._document, node, at)) if node is not None else {}
        return types_of(whole) == ["string"] and whole.get("format", level.get("format")) != level.get("format")

    def is_chosen(self, key: TemplateKey) -> bool:
        """True where requests for the objects of a path are a choice of several forms."""
        senders = [self._methods.get(key[:-1], {}).get("POST"), self._methods.get(key, {}).get("PUT")]
        bodies = [
            self._document.schemas.plain(body)
            for operation in senders
            if operation is not None
            for body in self._document.request_content(operation).values()
        ]
        return any(len(level.get(word, ())) > 1 for level in bodies for word in ("oneOf", "anyOf"))

    def is_page(self, here: Mapping[str, Operation], schema: Any, word: str) -> bool:
        """True where what GET answers is a page, and no object with a list in it that PUT or PATCH writes as it is."""
        at = list_at(self._document, schema or {}, word)
        if not at:
            level = self._document.schemas.plain(schema or {})
            items = types_of(self._document.schemas.plain(level.get("items", {})))
            is_scalar = items in (["string"], ["integer"], ["number"], ["boolean"])
            is_value = "PUT" in here and is_scalar and "properties" not in level
            return at is not None and not is_value
        own = self.fields(chosen(self._document, schema))
        writers = [here[method] for method in ("PUT", "PATCH") if method in here]
        bodies = [body for one in writers for body in self._document.request_content(one).values()]
        sent = [self.fields(chosen(self._document, body)).keys() & own.keys() for body in bodies]
        return not any(at[0] in names and len(names) > 1 for names in sent)

    def counts(self, key: TemplateKey) -> bool:
        """True for the path that tells how many objects there are in a collection: `/pets/count`."""
        return plain_name(key[-1]) == "count" and (*key[:-1], SLOT) in self._methods

    def sends(self, here: Mapping[str, Operation], names: Container[str]) -> bool:
        """True where requests of a path hold fields of these plain names, and no others."""
        plain = self._document.schemas.plain
        bodies = [body for one in here.values() for body in self._document.request_content(one).values()]
        fields = {name for body in bodies for name in plain(chosen(self._document, body)).get("properties", {})}
        return bool(fields) and all(plain_name(name) in names for name in fields)

    def about(self, schema: Any, word: str) -> Iterator[Any]:
        """The schema of the object in an answer, or of the items of its list."""
        if (at := list_at(self._document, schema, word)) is not None:
            yield self._document.schemas.plain(inside(self._document, schema, at)).get("items", {})
        else:
            yield object_at(self._document, schema, word)[1]

    def fields(self, node: Any) -> Mapping[str, Any]:
        """The fields of a schema, none for None."""
        fields: Mapping[str, Any] = self._document.schemas.plain(node).get("properties", {}) if node is not None else {}
        return fields


def makes_one(document: Document, answer: DocumentedAnswer | None, word: str) -> bool:
    """Whether what answers a POST on a collection is one object and not, as some have it, a list of what is there."""
    if answer is None or not answer.schema:
        return answer is not None
    properties = document.schemas.plain(chosen(document, answer.schema)).get("properties", {})
    has_id = "id" in properties or "sid" in properties  # an issue has a number and labels, and is no page of labels
    return has_id or list_at(document, answer.schema, word) is None


def is_bytes(document: Document, answer: DocumentedAnswer) -> bool:
    """True where an answer can say no fields, or says only that it is a text."""
    if not answer.has_fields:
        return bool(answer.media)
    return document.schemas.plain(answer.schema or {}).get("type") == "string"


def is_like(one: Any, other: Any) -> bool:
    """True where two places of a document have one schema, by a reference or written out twice."""
    return one is not None and (one is other or one == other)


def part_at(document: Document, fields: Mapping[str, Any], words: tuple[str, ...]) -> At:
    """The place in an object with these fields that the words of a path lead to; empty where they lead nowhere."""
    at: list[str] = []
    for word in words:
        name = next((name for name in fields if plain_name(name) == plain_name(word)), "")
        if not name:
            return ()
        at.append(name)
        fields = document.schemas.plain(chosen(document, fields[name])).get("properties", {})
    return (*at,)


def is_like_part(document: Document, one: Any, other: Any) -> bool:
    """True where the other schema is like the one, or has fields of it only, or both are lists of what is alike."""
    plain = document.schemas.plain
    if is_of_type(plain(one), "array") and is_of_type(plain(other), "array"):
        one, other = plain(one).get("items"), plain(other).get("items")
    if not one or not other:
        return False
    one, other = chosen(document, one), chosen(document, other)
    own, fields = plain(one).get("properties", {}), plain(other).get("properties", {})
    return is_like(one, other) or (bool(fields) and all(is_like(own.get(name), fields[name]) for name in fields))
