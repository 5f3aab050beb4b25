"""The facts that follow from a document alone: the simulator goes by them where there is no vendor file.

It presumes no more than is written: no limit is made up, and each fact comes with the sentence that tells where it is
from. What the vendor really does, its own documentation says and a vendor file states.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tidegate.openapi.document import Document, DocumentError, Operation
from tidegate.openapi.servers import paths, servers
from tidegate.vendor.presumed.presumed_auth import presumed_auth
from tidegate.vendor.presumed.presumed_conversations import presumed_conversations
from tidegate.vendor.vendor import Vendor

NOWHERE = "https://vendor.invalid"
"""Stands for the vendor's address where the document gives none (RFC 2606)."""

_SUCCESS_KEYS_FOR = "24h"
TENANT_OPERATIONS_MIN = 20
TENANT_SHARE = 0.9
"""A document of so many operations, of which such a share lies below one kind of objects, is about one of these."""

_BELOW = re.compile(r"(?:/[^/{}]+)*?/([^/{}]+)/\{[^/{}]+\}/")
_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Presumed:
    """A vendor as its document has it, and a note for each thing that was taken from there."""

    vendor: Vendor
    notes: tuple[str, ...]


def presumed(document: Document) -> Presumed:
    """The facts of a document."""
    name, notes, headers = _name(document), [], [*_headers(document)]
    facts: dict[str, Any] = {"errors": {"envelope": "", "ours": {}}}
    for key, value, sentence in (
        _address(document),
        _auth(document, name),
        _version(headers),
        _idempotency(headers),
        _conversations(document),
        _either_method(document),
        _tenant(document),
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
    return "auth", *presumed_auth(document, f"env:{name.upper().replace('-', '_')}_API_KEY")


# --- headers that are parameters -------------------------------------------------------------------------------------


Header = tuple[str, Mapping[str, Any], str]
"""A header parameter of an operation: its name, its schema, the operation's method."""


def _headers(document: Document) -> Iterator[Header]:
    for operation in document.operations.values():
        for entry in document.parameters(operation):
            if entry["in"] == "header":
                yield entry["name"], document.schemas.plain(entry.get("schema", entry)), operation.method


def _version(headers: Sequence[Header]) -> Fact:
    for name, schema, _ in headers:
        choices = schema.get("enum")
        pin = schema.get("default", choices[-1] if choices else schema.get("example"))
        if name.lower().endswith("version") and isinstance(pin, str):
            return "versioning", {"header": name, "pin": pin}, f"version: {pin}, in {name}"
    return "versioning", None, ""


def _idempotency(headers: Sequence[Header]) -> Fact:
    keys = [(name, method) for name, _, method in headers if "idempotency" in name.lower()]
    methods = tuple(sorted({method for _, method in keys} & {"POST", "PUT", "PATCH", "DELETE"}))
    if not methods:
        return "idempotency", None, ""
    header = keys[0][0]
    facts = {"header": header, "methods": methods, "remembers": _SUCCESS_KEYS_FOR}
    return "idempotency", facts, f"idempotency: {header} is honoured for {', '.join(methods)}, and remembered for a day"


def _conversations(document: Document) -> Fact:
    talks = presumed_conversations(document)
    if not talks:
        return "conversations", None, ""
    return (
        "conversations",
        talks,
        f"conversations: {', '.join(talks)} repeat what was said to them",
    )


def _either_method(document: Document) -> Fact:
    """Operations by GET that consume forms, which Swagger 2.0 has: such vendors take them by POST as well."""
    reads = [operation for operation in document.operations.values() if operation.method == "GET"]
    consuming = [operation for operation in reads if _FORM in (operation.node.get("consumes") or ())]
    if not consuming or len(consuming) * 2 < len(reads):
        return "get_or_post", None, ""
    return "get_or_post", True, "methods: what is read by GET consumes forms, so POST does the same, and the other way"


def _tenant(document: Document) -> Fact:
    """The kind below whose objects nearly everything lies: the client's own account, which is there before it asks."""
    operations = [operation.template for operation in document.operations.values()]
    below = Counter(found[1] for template in operations if (found := _BELOW.match(template)))
    kind, count = below.most_common(1)[0] if below else ("", 0)
    if len(operations) < TENANT_OPERATIONS_MIN or count < len(operations) * TENANT_SHARE:
        return "resources", None, ""
    said = f"tenant: {count} of {len(operations)} operations lie below one of {kind}, so each is taken to be there"
    return "resources", {"objects": {kind: {"always": True}}}, said


def _throttled(document: Document) -> str:
    total = len(document.operations)
    count = sum(_has_429(document, operation) for operation in document.operations.values())
    if not count:
        return "limits: none is described, so none is enforced; a vendor file states them"
    return f"limits: 429 is described for {count} of {total} operations, without numbers; a vendor file states them"


def _has_429(document: Document, operation: Operation) -> bool:
    try:
        return "429" in document.responses(operation)
    except DocumentError:
        return False
