"""Two small documents of vendors that nobody has, and a vendor that was made of each."""

import json
from pathlib import Path
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.scaffold.answers import VendorAnswers
from tidegate.scaffold.call_shape import CallShapes
from tidegate.scaffold.new_vendor import NewVendor, create_vendor
from tidegate.vendor.presumed.presumed_facts import presumed

HERE = Path(__file__).parent
PARCELS: dict[str, Any] = json.loads((HERE / "parcels.json").read_text())
"""OpenAPI 3.1: objects inside others, a key in a header of its own, limits in words, a webhook, a form, a file."""
COFFEE: dict[str, Any] = json.loads((HERE / "coffee.json").read_text())
"""Swagger 2.0, without objects."""


def answers(vendor: str = "parcels", **changes: Any) -> VendorAnswers:
    """Answers of somebody who says as little as must be."""
    given = {"purpose": "Sends parcels.", "downtime_s": 3600.0, "sensitivity": "internal", "criticality": "medium"}
    return VendorAnswers(vendor, **{**given, **changes})


def written(folder: Path, document: Any, name: str = "spec.json") -> Path:
    """A document as a file."""
    file = folder / name
    file.write_text(json.dumps(document))
    return file


def shapes_of(document: Any) -> tuple[Document, CallShapes]:
    """A document, and the shapes of its calls."""
    loaded = Document(document)
    return loaded, CallShapes(loaded, presumed(loaded).vendor.facts)


@pytest.fixture(scope="session")
def parcels(tmp_path_factory: pytest.TempPathFactory) -> NewVendor:
    """The vendor that `tidegate new` makes of the first document. Tests only read it."""
    home = tmp_path_factory.mktemp("new")
    return create_vendor(answers(), written(home, PARCELS), home / "adapters")


@pytest.fixture(scope="session")
def coffee(tmp_path_factory: pytest.TempPathFactory) -> NewVendor:
    """The vendor that is made of the second one, of high criticality."""
    home = tmp_path_factory.mktemp("coffee")
    given = answers("coffee", criticality="high", downtime_s=0.0, limits=("5/s",), owner="office", region="eu")
    return create_vendor(given, written(home, COFFEE), home / "adapters")
