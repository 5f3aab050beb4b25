"""The vendor that is simulated: its file, its document and its own sample objects, found by a name or a document."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tidegate.openapi.document import Document
from tidegate.openapi.files.yaml_values import Progress
from tidegate.problems import UsageError
from tidegate.values.fixtures import read_fixtures
from tidegate.vendor.presumed.presumed_facts import presumed
from tidegate.vendor.search_path import find_vendor
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor


class SimulatedVendor(NamedTuple):
    """`notes` is what there is to tell about it, a line each."""

    vendor: Vendor
    document: Document
    fixtures: Mapping[str, Any]
    notes: list[str]


def load_simulated_vendor(named: str | None, spec: Path | None, progress: Progress | None = None) -> SimulatedVendor:
    """The vendor of that name, file or folder; `spec` is played instead of its own document, or alone.

    Raises UsageError where neither is given, or a file cannot be used.
    """
    fixtures: Mapping[str, Any] = {}
    notes: list[str] = []
    if named is not None:
        loaded = load_vendor(find_vendor(named))
        vendor, document = loaded.vendor, Document.load(spec or loaded.document_path, progress=progress)
        file = vendor.facts.resources.fixtures
        fixtures = read_fixtures(find_vendor(named).parent / file) if file is not None else {}
    elif spec is not None:
        document = Document.load(spec, progress=progress)
        guess = presumed(document)
        vendor, notes = guess.vendor, ["without a vendor file, the document alone says:", *guess.notes]
    else:
        raise UsageError("name a vendor, or a document with --spec")
    if document.diagnostics:
        count = len(document.diagnostics)
        things = "1 thing in the document is" if count == 1 else f"{count} things in the document are"
        notes.append(f"{things} unsound, and read as far as may be; `tidegate check {document.name}` lists them")
    return SimulatedVendor(vendor, document, fixtures, notes)
