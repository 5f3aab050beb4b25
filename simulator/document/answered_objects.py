"""The objects that the answers of a path are about, told from their envelopes by what the path's requests hold.

It knows no kind.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.openapi.document import Document, Operation
from tidegate.simulator.document.documented_answer import At, DocumentedAnswer, chosen, inside
from tidegate.simulator.document.envelope import Names, list_at, may_be_wrapped, object_at, request_fields
from tidegate.simulator.document.id_place import wished_ids
from tidegate.simulator.document.path_template import SLOT, PathTemplate, TemplateKey


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

    def _last_param(self, key: TemplateKey) -> str:
        operation = next(iter(self._methods.get(key, {}).values()), None) if key[-1:] == (SLOT,) else None
        params = self._paths[operation.id].params if operation is not None else ()
        return params[-1] if params else ""

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
