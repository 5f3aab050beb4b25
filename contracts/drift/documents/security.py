"""The ways in: which security schemes, with which scopes, an operation takes. Any one of them is enough."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tidegate.contracts.drift.documents.document_change import DocumentChange, changed
from tidegate.openapi.document import Document, Operation
from tidegate.openapi.operations.security import DocumentSecurity, SecurityScheme

AND = " and "
"""Between the schemes of a way, in its name."""

Way = Mapping[str, frozenset[str]]
"""Scheme → its scopes; all of them together are one way."""
Described = Mapping[str, str]
"""Scheme → what it asks for, in words."""


class Ways:
    """The ways into the operations of one document."""

    def __init__(self, document: Document) -> None:
        self._everywhere = document.root.get("security")
        self.described: Described = {
            scheme.name: _words(scheme) for scheme in DocumentSecurity(document).schemes.values()
        }

    def of(self, operation: Operation) -> list[Way]:
        """The ways into an operation; an empty list where it needs none."""
        listed = operation.node.get("security", self._everywhere)
        return [_way(way) for way in listed if isinstance(way, Mapping)] if isinstance(listed, list) else []


def _way(way: Mapping[str, Any]) -> Way:
    return {
        str(name): frozenset(map(str, scopes)) if isinstance(scopes, list) else frozenset()
        for name, scopes in way.items()
    }


def _words(scheme: SecurityScheme) -> str:
    """What a scheme asks for, and where its tokens come from."""
    flows = ((name, flow) for name, flow in scheme.flows.items() if isinstance(flow, Mapping))
    urls = [f"{name} {flow.get('tokenUrl') or flow.get('authorizationUrl', '')}" for name, flow in sorted(flows)]
    return " ".join([scheme.kind, scheme.where, *urls]).strip()


def ways_in(
    operation: str, old: list[Way], new: list[Way], was: Described | None = None, now: Described | None = None
) -> Iterator[DocumentChange]:
    """The changes of an operation's ways in, each named by its schemes. Another name alone is no change."""
    was, now = was or {}, now or {}
    before, after = _named(old), _named(new)
    known_as = _renamed(before, after, was, now)
    for name, scopes in before.items():
        other = known_as.get(name, name)
        if other not in after:
            yield changed("api-security-removed", "security", operation, name)
            continue
        for scheme in name.split(AND) if other == name else ():
            if was.get(scheme) != now.get(scheme):
                yield changed("api-security-scheme-changed", "security", operation, scheme, old=was.get(scheme),
                              new=now.get(scheme))  # fmt: skip
        for scope in sorted(after[other] - scopes):
            yield changed("api-security-scope-added", "security", operation, f"{other} {scope}")
        for scope in sorted(scopes - after[other]):
            yield changed("api-security-scope-removed", "security", operation, f"{other} {scope}")
    for name in after.keys() - before.keys() - {*known_as.values()}:
        yield changed("api-security-added", "security", operation, name)


def _renamed(before: Collection[str], after: Collection[str], was: Described, now: Described) -> dict[str, str]:
    """The former name of each way whose schemes have other names and ask for the same, and the name it has now."""
    come = {_asked(name, now): name for name in after if name not in before}
    gone = {name: _asked(name, was) for name in before if name not in after}
    return {name: come[asked] for name, asked in gone.items() if asked is not None and asked in come}


def _asked(name: str, described: Described) -> tuple[str, ...] | None:
    """What the schemes of a way ask for; None where the document does not say it of each."""
    words = [described.get(scheme) for scheme in name.split(AND)]
    return tuple(sorted(filter(None, words))) if all(words) else None


def _named(ways: list[Way]) -> dict[str, frozenset[str]]:
    """By the schemes' names; without any way in, and with an empty one, it is open to all."""
    found: dict[str, frozenset[str]] = {}
    for way in ways:
        name = AND.join(sorted(way)) or "no credential"
        scopes: frozenset[str] = frozenset().union(*way.values())
        found[name] = found[name] & scopes if name in found else scopes
    return found or {"no credential": frozenset()}
