"""The facts that follow from a document alone: the simulator goes by them where there is no vendor file.

It presumes no more than is written: no limit is made up, and each fact comes with the sentence that tells where it is
from. What the vendor really does, its own documentation says and a vendor file states.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tidegate.openapi.document import Document, DocumentError
from tidegate.openapi.servers import paths, servers
from tidegate.vendor.vendor import Vendor

NOWHERE = "https://vendor.invalid"
"""Stands for the vendor's address where the document gives none (RFC 2606)."""

_SUCCESS_KEYS_FOR = "24h"


@dataclass(frozen=True)
class Presumed:
    """A vendor as its document has it, and a note for each thing that was taken from there."""

    vendor: Vendor
    notes: tuple[str, ...]


def presumed(document: Document) -> Presumed:
    """The facts of a document."""
    name, notes = _name(document), []
    facts: dict[str, Any] = {"errors": {"envelope": "", "ours": {}}}
    for key, value, sentence in (
        _address(document),
        _auth(document, name),
        _version(document),
        _idempotency(document),
    ):
        notes.append(sentence)
        if value is not None:
            facts[key] = value
    notes += [
        "errors: in the words of the document's own error schemas, else as problems (RFC 9457)",
        _throttled(document),
    ]
    vendor = {"vendor": name, "purpose": f"What {document.name} describes.", "document": document.name, "facts": facts}
    return Presumed(Vendor.model_validate(vendor), tuple(note for note in notes if note))


Fact = tuple[str, Any, str]
"""The name of a fact, its value, None for none, and what is said of it."""


def _name(document: Document) -> str:
    info = document.root.get("info")
    title = info.get("title") if isinstance(info, dict) else ""
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") if isinstance(title, str) else ""
    return words if re.match("[a-z]", words) else "vendor"


def _address(document: Document) -> Fact:
    addresses = servers(document)
    whole = next(
        (
            address
            for address in addresses
            if urlsplit(address).scheme in ("http", "https") and urlsplit(address).netloc
        ),
        None,
    )
    address = whole.partition("?")[0].partition("#")[0] if whole and "{" not in whole else NOWHERE
    bases = paths(addresses)
    base = f"base path {', '.join(bases)}: requests may carry it or not" if bases else "no base path"
    return "base_url", address, f"address: {address if whole else 'none in the document'}; {base}"


# --- the credential --------------------------------------------------------------------------------------------------


def _auth(document: Document, name: str) -> Fact:
    auth: dict[str, Any] = {"secret": f"env:{name.upper().replace('-', '_')}_API_KEY"}
    schemes = _schemes(document)
    used = _used(document, schemes)
    order = sorted(schemes, key=lambda scheme: (-used[scheme], list(schemes).index(scheme)))
    for scheme in order:
        credential = _credential(schemes[scheme])
        if credential is not None:
            where = credential.get("header") or credential.get("parameter") or "Authorization"
            return "auth", {**auth, **credential}, f"credential: {credential['scheme']}, in {where} ({scheme})"
    return "auth", {**auth, "scheme": "bearer", "optional": True}, "credential: none is described, so none is needed"


def _schemes(document: Document) -> dict[str, Mapping[str, Any]]:
    components = document.root.get("components")
    known = components if isinstance(components, dict) else {}
    listed = document.root.get("securityDefinitions") if document.swagger2 else known.get("securitySchemes")
    schemes: dict[str, Mapping[str, Any]] = {}
    for name, entry in listed.items() if isinstance(listed, dict) else ():
        try:
            scheme = document.follow(entry)
        except DocumentError:
            continue
        if isinstance(scheme, dict):
            schemes[str(name)] = scheme
    return schemes


def _used(document: Document, schemes: Mapping[str, object]) -> Counter[str]:
    """The number of operations that take each scheme. A bearer token comes first: the simulator takes basic with it."""
    count: Counter[str] = Counter()
    for operation in document.operations.values():
        listed = operation.node.get("security", document.root.get("security"))
        for requirement in listed if isinstance(listed, list) else ():
            for name in requirement if isinstance(requirement, dict) else ():
                count[str(name)] += 1
    for name, scheme in schemes.items():
        if isinstance(scheme, dict) and str(scheme.get("scheme", "")).lower() == "bearer" and count[name]:
            count[name] += 1
    return count


def _credential(scheme: Mapping[str, Any]) -> dict[str, Any] | None:
    """The part of the vendor file that is meant; None for a cookie and what else there is no word for."""
    kind, place = scheme.get("type"), scheme.get("in")
    name = scheme["name"] if isinstance(scheme.get("name"), str) else ""
    http = "basic" if kind == "basic" else str(scheme.get("scheme", "")).lower() if kind == "http" else ""
    if http in ("basic", "bearer"):
        return {"scheme": http}
    if kind in ("oauth2", "openIdConnect"):
        return {"scheme": "bearer"}
    if kind == "apiKey" and place == "header" and re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        return {"scheme": "bearer"} if name.lower() == "authorization" else {"scheme": "header", "header": name}
    if kind == "apiKey" and place == "query" and name:
        return {"scheme": "query", "parameter": name}
    return None


# --- headers that are parameters -------------------------------------------------------------------------------------


def _headers(document: Document) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """The header parameters of each operation: name, schema, method."""
    for operation in document.operations.values():
        for entry in document.parameters(operation):
            if entry["in"] == "header":
                yield entry["name"], document.schemas.plain(entry.get("schema", entry)), operation.method


def _version(document: Document) -> Fact:
    for name, schema, _ in _headers(document):
        choices = schema.get("enum")
        pin = schema.get("default", choices[-1] if choices else schema.get("example"))
        if name.lower().endswith("version") and isinstance(pin, str):
            return "versioning", {"header": name, "pin": pin}, f"version: {pin}, in {name}"
    return "versioning", None, ""


def _idempotency(document: Document) -> Fact:
    headers = [(name, method) for name, _, method in _headers(document) if "idempotency" in name.lower()]
    methods = tuple(sorted({method for _, method in headers} & {"POST", "PUT", "PATCH", "DELETE"}))
    if not methods:
        return "idempotency", None, ""
    header = headers[0][0]
    facts = {"header": header, "methods": methods, "remembers": _SUCCESS_KEYS_FOR}
    return "idempotency", facts, f"idempotency: {header} is honoured for {', '.join(methods)}, and remembered for a day"


def _throttled(document: Document) -> str:
    total = len(document.operations)
    listed = [operation.node.get("responses") for operation in document.operations.values()]
    count = sum(isinstance(responses, dict) and "429" in responses for responses in listed)
    if not count:
        return "limits: none is described, so none is enforced; a vendor file states them"
    return f"limits: 429 is described for {count} of {total} operations, without numbers; a vendor file states them"
