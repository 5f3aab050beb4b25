"""The security of a document's operations: schemes, and the requirements that name them.

OpenAPI 3.1, Security Requirement Object: one requirement of the list is enough, of each requirement all schemes are
needed, an empty one asks for nothing; an operation's own list replaces the document's. Swagger 2.0 says the same in
other places. Nobody is let in or refused here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tidegate.openapi.document import Document, Operation
from tidegate.openapi.document_file import DocumentError

SchemeKind = Literal["basic", "bearer", "http", "header", "query", "cookie", "tls", "unknown"]

REQUIREMENTS_MAX = 100
"""So many requirements of one list are read, and so many schemes of one requirement."""


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """One way to say who asks. `where` is the header, parameter or cookie, or the scheme of `Authorization`."""

    name: str
    kind: SchemeKind
    where: str
    flows: Mapping[str, Any] = field(default_factory=dict, compare=False)
    """OAuth 2.0 flows by OpenAPI 3's names, each an OAuth Flow Object."""


@dataclass(frozen=True, slots=True)
class SecurityRequirement:
    """Schemes that are all needed, each with the scopes that it must have. None at all asks for nothing."""

    schemes: tuple[tuple[SecurityScheme, frozenset[str]], ...]


class DocumentSecurity:
    """The security of one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.schemes: Mapping[str, SecurityScheme] = {scheme.name: scheme for scheme in _schemes(document)}
        self._known: dict[int, tuple[SecurityRequirement, ...]] = {}

    def of(self, operation: Operation) -> tuple[SecurityRequirement, ...]:
        """The requirements of an operation, of which one is enough; none where everybody may come."""
        listed = operation.node.get("security", self._document.root.get("security"))
        if id(listed) not in self._known:
            self._known[id(listed)] = tuple(self._read(listed))
        return self._known[id(listed)]

    def used(self) -> dict[str, int]:
        """The number of operations that name each scheme, described or not, in the order of the document."""
        count: dict[str, int] = {}
        for operation in self._document.operations.values():
            named = (scheme.name for requirement in self.of(operation) for scheme, _ in requirement.schemes)
            for name in dict.fromkeys(named):
                count[name] = count.get(name, 0) + 1
        return count

    def _read(self, listed: object) -> Iterator[SecurityRequirement]:
        for requirement in listed[:REQUIREMENTS_MAX] if isinstance(listed, list) else ():
            if isinstance(requirement, dict):
                named = list(requirement.items())[:REQUIREMENTS_MAX]
                yield SecurityRequirement((*((self._named(str(name)), _texts(scopes)) for name, scopes in named),))

    def _named(self, name: str) -> SecurityScheme:
        return self.schemes.get(name, SecurityScheme(name, "unknown", ""))


def _texts(listed: object) -> frozenset[str]:
    return frozenset(map(str, listed)) if isinstance(listed, list) else frozenset()


def _schemes(document: Document) -> Iterator[SecurityScheme]:
    components = document.root.get("components")
    known = components if isinstance(components, dict) else {}
    listed = document.root.get("securityDefinitions") if document.swagger2 else known.get("securitySchemes")
    for name, entry in listed.items() if isinstance(listed, dict) else ():
        try:
            node = document.follow(entry)
        except DocumentError:
            continue
        if isinstance(node, dict):
            yield _scheme(str(name), node)


def _scheme(name: str, node: Mapping[str, Any]) -> SecurityScheme:
    kind, place, where = node.get("type"), node.get("in"), str(node.get("name", ""))
    written = str(node.get("scheme", "")).lower()
    if kind == "basic" or (kind == "http" and written == "basic"):
        return SecurityScheme(name, "basic", "Basic")
    if kind in ("oauth2", "openIdConnect") or (kind == "http" and written == "bearer"):
        return SecurityScheme(name, "bearer", "Bearer", _flows(node))
    if kind == "http" and written:
        return SecurityScheme(name, "http", written.title())
    if kind == "apiKey" and place in ("header", "query", "cookie") and where:
        kinds: dict[object, SchemeKind] = {"header": "header", "query": "query", "cookie": "cookie"}
        return SecurityScheme(name, kinds[place], where)
    return SecurityScheme(name, "tls" if kind == "mutualTLS" else "unknown", "")


_FLOWS_OF_2 = {"application": "clientCredentials", "accessCode": "authorizationCode"}
"""Swagger 2.0's names of flows, and OpenAPI 3's."""


def _flows(node: Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(flow := node.get("flow"), str):
        return {_FLOWS_OF_2.get(flow, flow): node}
    flows = node.get("flows")
    return (
        {str(name): flow for name, flow in flows.items() if isinstance(flow, dict)} if isinstance(flows, dict) else {}
    )
