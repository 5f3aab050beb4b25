"""The credential that a new vendor's file names, of those that the document takes: a key before a user and password.

The simulator may go by all of a document's requirements; the proxy wears one, and a person may choose another.
"""

import re
from dataclasses import dataclass

from tidegate.openapi.document import Document
from tidegate.openapi.operations.security import DocumentSecurity, SecurityScheme

_ORDER = ("bearer", "header", "query", "basic")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_PARAMETER = re.compile(r"[A-Za-z0-9_.~-]{1,128}")
OFTEN = 0.9
"""A scheme that so large a share of the operations takes, of those that take the most usual one, is as usual."""


@dataclass(frozen=True, slots=True)
class DocumentCredential:
    """A scheme of the vendor file; `place` is its header or parameter, empty where it has none of its own."""

    scheme: str
    place: str
    name: str
    """What the document calls it."""


def document_credentials(document: Document) -> list[DocumentCredential]:
    """The credentials that most operations take, the one to prefer first; none where the document asks for none."""
    security = DocumentSecurity(document)
    used = security.used()
    most = max(used.values(), default=0)
    usual = [
        security.schemes[name] for name, count in used.items() if name in security.schemes and count >= OFTEN * most
    ]
    found = [one for scheme in usual if (one := _credential(scheme)) is not None]
    return sorted(found, key=lambda one: _ORDER.index(one.scheme))


def _credential(scheme: SecurityScheme) -> DocumentCredential | None:
    kind, place = scheme.kind, scheme.where
    if kind in ("basic", "bearer"):
        return DocumentCredential(kind, "", scheme.name)
    if kind == "header" and place.lower() == "authorization":
        return DocumentCredential("bearer", "", scheme.name)
    if kind == "header" and _HEADER.fullmatch(place):
        return DocumentCredential("header", place, scheme.name)
    if kind == "query" and _PARAMETER.fullmatch(place):
        return DocumentCredential("query", place, scheme.name)
    return None
