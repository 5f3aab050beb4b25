"""A vendor file and its document, judged together: what `tidegate check` reports and what a start depends on.

What is unsound in the document is looked for here and nowhere on the way to a served request
(tidegate.openapi.diagnosis). These are warnings, since real vendors' documents are seldom sound.
"""

from collections.abc import Collection, Sequence
from pathlib import Path

from tidegate.check.rulebook import CODES, check
from tidegate.configfile.finding import Finding, VendorFileError, in_order
from tidegate.openapi.diagnosis import diagnose, second_opinion, summed
from tidegate.openapi.document import Document, DocumentError
from tidegate.vendor.vendor_file import LoadedVendor, VendorReading, read_vendor, simulated_only

OF_DOCUMENTS = frozenset({"TG108", "TG110"})
"""What is judged of a document that stands alone."""

OF_OPERATIONS = frozenset({"TG001", "TG002", "TG003", "TG009", "TG010", "TG109", "TG110", "TG111"})
"""What is judged of each operation, and so of none where the document cannot be read."""

OF_CONFIGURATIONS = frozenset({"TG101", "TG102", "TG103", "TG104", "TG105", "TG106", "TG109", "TG115"})
"""What is judged of a tidegate.yaml."""


def unexamined(findings: Sequence[Finding], judged: Collection[str]) -> frozenset[str]:
    """The codes that were not looked into: those outside `judged`, and those that an error kept from being judged."""
    errors = {finding.code for finding in findings if finding.severity == "error"}
    missing = {*CODES} - {*judged}
    if "TG101" in errors:
        missing |= {*CODES} - {"TG101"}
    if "TG108" in errors or any(finding.path == "document" and finding.code in errors for finding in findings):
        missing |= OF_OPERATIONS
    return frozenset(missing - {finding.code for finding in findings})


def check_file(path: Path, name: str = "", *, validate_document: bool = True) -> list[Finding]:
    """Everything that is wrong with a vendor file, its document included, in order.

    `name` is what it was found under, where it was looked for by name.
    """
    return _check(read_vendor(path), name, validate_document=validate_document)


def _check(reading: VendorReading, name: str, *, validate_document: bool) -> list[Finding]:
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
        findings += simulated_only(loaded)
        if document is not None:
            flaws = _unsound(document, second=True) if validate_document else summed(document.diagnostics)
            findings += [loaded.finding("TG110", ("document",), text, "warning") for text in flaws]
    return in_order(findings)


def load_checked(path: Path, name: str = "") -> tuple[LoadedVendor, Document]:
    """A vendor file and its document, with no rule broken. Raises VendorFileError with all that is wrong."""
    reading = read_vendor(path)
    errors = [finding for finding in _check(reading, name, validate_document=False) if finding.severity == "error"]
    loaded = reading.loaded
    if errors or loaded is None:
        raise VendorFileError(errors)
    return loaded, Document.load(loaded.document_path)


def check_document(path: Path, *, second: bool = True) -> list[Finding]:
    """Everything that is unsound in a document that stands alone, as warnings; one error where it cannot be read."""
    try:
        document = Document.load(path)
    except DocumentError as error:
        return [Finding("TG108", "error", str(path), 1, 1, "", str(error).removeprefix(f"{path}: "))]
    return [Finding("TG110", "warning", str(path), 1, 1, "", text) for text in _unsound(document, second=second)]


def _unsound(document: Document, *, second: bool) -> list[str]:
    diagnostics = diagnose(document)
    return list(summed([*diagnostics, *(second_opinion(document, diagnostics) if second else ())]))
