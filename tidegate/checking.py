"""A vendor file and its document, judged together: what `tidegate check` reports and what a start depends on.

Also validates the document itself, here and nowhere on the way to a served request: prance reads it and the OpenAPI
validator checks it, which takes seconds for a document of a megabyte. What it finds are warnings, since real vendors'
documents are seldom valid.
"""

import re
import warnings
from pathlib import Path

from tidegate.finding import Finding, VendorFileError, in_order
from tidegate.openapi import Document, DocumentError
from tidegate.rules import check
from tidegate.vendor_file import LoadedVendor, read_vendor

DOCUMENT_BYTES_MAX = 1_048_576
"""A larger document is not validated: the validator needs many seconds and much memory for it."""

_REMOTE = re.compile(rb"""["']?\$ref["']?\s*:\s*["']?(?:https?:)?//""")


def check_file(path: Path, name: str = "", *, validate_document: bool = True) -> list[Finding]:
    """Everything that is wrong with a vendor file, its document included, in order.

    `name` is what it was found under, where it was looked for by name.
    """
    reading = read_vendor(path)
    findings = list(reading.findings)
    loaded = reading.loaded
    if loaded is not None:
        findings += loaded.misnamed(name) if name else []
        document = None
        if ("document",) not in loaded.broken:
            try:
                document = Document.load(loaded.document_path)
            except DocumentError as error:
                findings.append(loaded.finding("TG108", ("document",), str(error)))
        findings += check(loaded, document)
        if document is not None:
            for flaw in document.diagnostics:
                findings.append(loaded.finding("TG110", ("document",), f"{flaw.pointer}: {flaw.message}", "warning"))
            if validate_document:
                findings += _validated(loaded)
    return in_order(findings)


def load_checked(path: Path, name: str = "") -> tuple[LoadedVendor, Document]:
    """A vendor file and its document, with no rule broken. Raises VendorFileError with all that is wrong."""
    errors = [found for found in check_file(path, name, validate_document=False) if found.severity == "error"]
    loaded = read_vendor(path).loaded
    if errors or loaded is None:
        raise VendorFileError(errors)
    return loaded, Document.load(loaded.document_path)


def _validated(loaded: LoadedVendor) -> list[Finding]:
    path = loaded.document_path
    size_bytes = path.stat().st_size
    if size_bytes > DOCUMENT_BYTES_MAX:
        text = f"the document has {size_bytes / 1_048_576:.1f} MiB; above 1 MiB it is used, but not validated"
        return [loaded.finding("TG110", ("document",), text, "notice")]
    if _REMOTE.search(path.read_bytes()):
        text = "the document refers to other addresses; nothing is fetched, so it is not validated"
        return [loaded.finding("TG110", ("document",), text, "notice")]
    reason = _unsound(path)
    return [loaded.finding("TG110", ("document",), reason, "warning")] if reason else []


def _unsound(path: Path) -> str:
    """The validator's first complaint, empty where there is none."""
    # Imported here: prance and the validator take longer to import than everything else in this command.
    from prance import BaseParser, ValidationError  # type: ignore[import-untyped]  # has no types
    from prance.util.url import ResolutionError  # type: ignore[import-untyped]  # has no types

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the validator's own use of its libraries
        try:
            BaseParser(url=str(path.resolve()), backend="openapi-spec-validator", strict=False)
        except (ValidationError, ResolutionError, ValueError) as error:
            return f"the validator says: {_first_line(error)}"
        except Exception as error:  # noqa: BLE001 - it fails in many ways on real documents (TypeError, PointerToNowhere)
            return f"the validator gave up: {type(error).__name__}: {_first_line(error)}"
    return ""


def _first_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 200 else f"{text[:200]}…"
