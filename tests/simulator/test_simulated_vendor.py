"""What a simulator plays is found by name, by file, or in a document alone."""

from pathlib import Path

import pytest

from tidegate.problems import UsageError
from tidegate.simulator.simulated_vendor import load_simulated_vendor


def test_a_vendor_is_found_by_its_name() -> None:
    role = load_simulated_vendor("stripe", None)
    assert (role.vendor.vendor, role.notes) == ("stripe", [])
    assert "PostCustomers" in role.document.operations


def test_another_document_is_played_in_its_place(root: Path) -> None:
    role = load_simulated_vendor("stripe", root / "adapters" / "openai" / "openapi.json")
    assert role.vendor.vendor == "stripe"
    assert "createChatCompletion" in role.document.operations


def test_a_document_alone_says_what_follows_from_it(root: Path) -> None:
    role = load_simulated_vendor(None, root / "adapters" / "stripe" / "openapi.json")
    assert role.notes[0] == "without a vendor file, the document alone says:"


def test_unsound_places_are_told(tmp_path: Path) -> None:
    path = tmp_path / "one.json"
    path.write_text('{"openapi": "3.1.0", "paths": {"bad": {}}}')
    assert load_simulated_vendor(None, path).notes[-1].startswith("1 thing in the document is unsound")


def test_nothing_named_is_refused() -> None:
    with pytest.raises(UsageError, match="name a vendor"):
        load_simulated_vendor(None, None)
