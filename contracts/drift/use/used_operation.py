"""The operation of a document that an interaction of a pact uses: by method and path, else by the id it refers to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tidegate.contracts.drift.documents.webhooks import webhooks
from tidegate.contracts.drift.use.pact_use import PactUse
from tidegate.contracts.drift.use.within import Within
from tidegate.openapi.document import Document, DocumentError, Match, Operation
from tidegate.openapi.servers import paths, servers

EVENTS = "text/event-stream"


class UsedOperations:
    """Finds operations of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._prefixes: Sequence[str] = paths(servers(document))

    def sending(self, use: PactUse) -> list[str]:
        """The operations that may send a message: webhooks, or what is answered as a stream, with such a schema."""
        if not use.is_message:
            return []
        within = Within(self._document, "answer", is_text=False, loose=use.is_loose)
        return [
            sender.id for sender, schemas in self._senders(use)
            if any(not within.beyond(schema, use.answer, "") for schema in schemas)
        ]  # fmt: skip

    def _senders(self, use: PactUse) -> Iterator[tuple[Operation, list[Any]]]:
        if not any(use.streamed_by):
            for hook in webhooks(self._document).values():
                yield hook, [*_schemas(self._document, hook).values()]
            return
        match = self._at(*use.streamed_by)
        if match is not None:
            schemas = _schemas(self._document, match.operation)
            yield match.operation, [schema for media, schema in schemas.items() if media.startswith(EVENTS)]

    def _at(self, method: str, path: str) -> Match | None:
        bare = (path.removeprefix(one) for one in self._prefixes if path.startswith(one))
        found = (self._document.match(method, one) for one in (path, *bare))
        return next((match for match in found if match is not None), None)

    def match(self, use: PactUse) -> Match | None:
        """The operation and its path values. A server's path may stand before the document's own (`/v1`)."""
        if use.is_message:
            return None
        found = self._at(use.method, use.path)
        if found is not None:
            return found
        named = self._document.operations.get(use.operation)
        return Match(named, {}) if named is not None and named.method == use.method else None


def _schemas(document: Document, operation: Operation) -> Mapping[str, Any]:
    try:
        return document.answer_schemas(operation, "200")
    except (DocumentError, KeyError):
        return {}
