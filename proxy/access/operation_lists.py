"""Which operations of which vendors a list names. A request must be named however its path can be read.

A path goes to the vendor as the app wrote it, and the vendor may read it otherwise than the document does: decode an
escape, drop an empty segment, a parameter or a dot at the end, take another case. So a path that could be read in more
than one way is looked up in each; every operation that comes of one must be in the list. That is done only where there
is a list, and only for paths that are not plain.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from tidegate.openapi.document import Document
from tidegate.plan.operation_pattern import is_pattern, matches
from tidegate.plan.planning import UNLISTED

MEMO_MAX = 10_000
"""Answers that are remembered for one vendor: documents have fewer operations."""
DECODED_MAX = 3
"""So often an escape is decoded again: `%252e` is a dot to who decodes twice."""

_SLASHES = re.compile(r"/{2,}")
_PARAMETER = re.compile(r";[^/]*")
_TAIL = re.compile(r"[. ]+(?=/|$)")
_FORMAT = re.compile(r"\.(json|xml|html|csv|txt)$", re.IGNORECASE)


class OperationList:
    """The operations of one vendor that a list names: ids, patterns with `*` and `?`, and the word `unlisted`."""

    __slots__ = ("_ids", "_memo", "_patterns", "unlisted")

    def __init__(self, names: Sequence[str]) -> None:
        self._patterns = tuple(name for name in names if is_pattern(name))
        self._ids = frozenset(name for name in names if not is_pattern(name))
        self.unlisted = UNLISTED in self._ids
        self._memo: dict[str, bool] = {}

    def names(self, operation: str) -> bool:
        """Whether an operation of the document is in it."""
        named = self._memo.get(operation)
        if named is None:
            named = operation in self._ids or any(matches(pattern, operation) for pattern in self._patterns)
            if len(self._memo) < MEMO_MAX:
                self._memo[operation] = named
        return named


def readings(method: str, path: str, document: Document, *, listed: bool) -> Iterator[str]:
    """The operations that a path, without its query, may be to a vendor that reads it otherwise than it is written.

    `listed` is False where, as it is written, it belongs to none of the document: then its case and an ending like
    `.json` may make it one.
    """
    if not listed or not is_plain(path):
        for other in dict.fromkeys(_other(path)):
            match = document.match(method, other)
            if match is not None:
                yield match.operation.id


def is_plain(path: str) -> bool:
    """Whether a path can be read in one way only, its case and an ending like `.json` aside."""
    return not ("%" in path or "//" in path or ";" in path or "./" in path or path.endswith(("/", ".")))


def _other(path: str) -> Iterator[str]:
    """Other spellings of a path, as servers are known to read it."""
    decoded = path
    for _ in range(DECODED_MAX):
        for spelled in (decoded, decoded.replace("\\", "/")):
            for shorter in (spelled, _PARAMETER.sub("", spelled)):
                single = _SLASHES.sub("/", shorter)
                for ended in (single, _TAIL.sub("", single), _FORMAT.sub("", single)):
                    for cut in (ended, ended.rstrip("/") or "/"):
                        yield cut
                        yield cut.lower()
        again = unquote(decoded)
        if again == decoded:
            return
        decoded = again


Lists = Mapping[str, OperationList]
"""Vendor → the operations that are named of it."""
