"""The operation of a document that an interaction of a pact uses: by method and path, else by the id it refers to."""

from collections.abc import Sequence
from typing import Any

from tidegate.contracts.drift.documents.webhooks import webhooks
from tidegate.contracts.drift.use.pact_use import PactUse
from tidegate.contracts.drift.use.within import Within
from tidegate.openapi.document import Document, DocumentError, Match, Operation
from tidegate.openapi.servers import paths, servers


class UsedOperations:
    """Finds operations of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._prefixes: Sequence[str] = paths(servers(document))

    def webhooks(self, use: PactUse) -> list[str]:
        """The webhooks, as operations, that a message may be: those whose schema it is within."""
        if not use.is_message:
            return []
        within = Within(self._document, "answer", is_text=False, loose=use.is_loose)
        return [
            hook.id for hook in webhooks(self._document).values()
            if any(not within.beyond(schema, use.answer, "") for schema in _schemas(self._document, hook))
        ]  # fmt: skip

    def match(self, use: PactUse) -> Match | None:
        """The operation and its path values. A server's path may stand before the document's own (`/v1`)."""
        if use.is_message:
            return None
        for path in (use.path, *(use.path.removeprefix(one) for one in self._prefixes if use.path.startswith(one))):
            found = self._document.match(use.method, path)
            if found is not None:
                return found
        named = self._document.operations.get(use.operation)
        return Match(named, {}) if named is not None and named.method == use.method else None


def _schemas(document: Document, hook: Operation) -> list[Any]:
    try:
        return [*document.answer_schemas(hook, "200").values()]
    except DocumentError:
        return []
