"""Operation matching: the operation that a request is for, with or without one of the vendor's base paths.

A document's paths follow the path of a server: OpenAI's `/models` is sent as `/v1/models`. An SDK that is pointed at
the simulator sends the base path or not, depending on how it was pointed. So a path is looked up without each base path
that it begins with (the vendor file's own, then those in the document), longest first, then as it came, and then
without one in which a variable may have any value.
"""

import re
from collections.abc import Mapping

from tidegate.openapi.document import Document, Match
from tidegate.openapi.servers import open_paths, paths, servers

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
"""The usual methods, in the order in which they are told."""


class OperationMatcher:
    """The base paths of one vendor."""

    def __init__(self, document: Document, base_url: str) -> None:
        self._document = document
        self._bases = tuple(paths([base_url, *servers(document)]))
        self._open = [re.compile(f"{pattern}(?=/)") for pattern in open_paths(document)]
        listed = (operation.method for operation in document.operations.values())
        self._methods = tuple(dict.fromkeys((*METHODS, *listed)))

    def match(self, method: str, path: str) -> Match | None:
        """The operation that a request belongs to, as Document.match has it. `path` may carry its query."""
        for base in self._bases:
            if path.startswith(base) and path[len(base) : len(base) + 1] == "/":
                match = self._document.match(method, path[len(base) :])
                if match is not None:
                    return match
        match = self._document.match(method, path)
        if match is None and self._open:
            begins = [begin for pattern in self._open if (begin := pattern.match(path)) is not None]
            matches = (self._document.match(method, path[begin.end() :]) for begin in begins)
            return next((found for found in matches if found is not None), None)
        return match

    def meant(self, match: Match, headers: Mapping[str, str], query: str, body: bytes) -> Match:
        """The same, where several operations have this method and path and something else tells them apart."""
        return self._document.meant(match, headers, query, body) if self._document.shared_routes else match

    def allowed(self, path: str) -> list[str]:
        """The methods that the path takes; none where it leads nowhere."""
        return [method for method in self._methods if self.match(method, path) is not None]
