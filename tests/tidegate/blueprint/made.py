"""A vendor and its plans, for the sections' tests."""

from pathlib import Path

from tests.tidegate.files import put
from tidegate.blueprint.summary import Plans
from tidegate.openapi.document import Document
from tidegate.plan.planning import plan_vendor
from tidegate.vendor.search_path import shipped_vendors
from tidegate.vendor.vendor import Vendor
from tidegate.vendor.vendor_file import load_vendor


def shop(folder: Path, *changes: tuple[str, str]) -> tuple[Vendor, Plans]:
    """The shop of the tests, with changes to its file."""
    loaded = load_vendor(put(folder, *changes))
    return loaded.vendor, plan_vendor(loaded, Document.load(loaded.document_path))


def shipped(name: str) -> tuple[Vendor, Plans]:
    """A vendor that ships."""
    loaded = load_vendor(shipped_vendors()[name])
    return loaded.vendor, plan_vendor(loaded, Document.load(loaded.document_path))
