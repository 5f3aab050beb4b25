"""The ways in: which security schemes, with which scopes, an operation takes. Any one of them is enough."""

from collections.abc import Iterator, Mapping
from typing import Any

from tidegate.contracts.drift.documents.document_change import DocumentChange, changed
from tidegate.openapi.document import Document, Operation

Way = Mapping[str, frozenset[str]]
"""Scheme → its scopes; all of them together are one way."""


class Ways:
    """The ways into the operations of one document."""

    def __init__(self, document: Document) -> None:
        self._everywhere = document.root.get("security")

    def of(self, operation: Operation) -> list[Way]:
        """The ways into an operation; an empty list where it needs none."""
        listed = operation.node.get("security", self._everywhere)
        return [_way(way) for way in listed if isinstance(way, Mapping)] if isinstance(listed, list) else []


def _way(way: Mapping[str, Any]) -> Way:
    return {
        str(name): frozenset(map(str, scopes)) if isinstance(scopes, list) else frozenset()
        for name, scopes in way.items()
    }


def ways_in(operation: str, old: list[Way], new: list[Way]) -> Iterator[DocumentChange]:
    """The changes of an operation's ways in, each named by its schemes."""
    before, after = _named(old), _named(new)
    for name, scopes in before.items():
        if name not in after:
            yield changed("api-security-removed", "security", operation, name)
            continue
        for scope in sorted(after[name] - scopes):
            yield changed("api-security-scope-added", "security", operation, f"{name} {scope}")
        for scope in sorted(scopes - after[name]):
            yield changed("api-security-scope-removed", "security", operation, f"{name} {scope}")
    for name in after.keys() - before.keys():
        yield changed("api-security-added", "security", operation, name)


def _named(ways: list[Way]) -> dict[str, frozenset[str]]:
    """By the schemes' names; without any way in, and with an empty one, it is open to all."""
    found: dict[str, frozenset[str]] = {}
    for way in ways:
        name = " and ".join(sorted(way)) or "no credential"
        scopes: frozenset[str] = frozenset().union(*way.values())
        found[name] = found[name] & scopes if name in found else scopes
    return found or {"no credential": frozenset()}
