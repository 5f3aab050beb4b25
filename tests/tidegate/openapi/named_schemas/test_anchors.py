"""Schemas are found by their anchors and ids."""

from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.openapi.document_file import DocumentError


def document(**schemas: Any) -> Document:
    return Document({"openapi": "3.1.0", "paths": {}, "components": {"schemas": schemas}})


ZED = {"$anchor": "zed", "type": "string"}
BY_ID = {"$id": "https://example.com/schemas/pet", "properties": {"id": {"type": "string"}}}


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("#zed", ZED),
        ("https://example.com/schemas/pet", BY_ID),
        ("pet", BY_ID),
        ("https://example.com/schemas/pet#/properties/id", {"type": "string"}),
    ],
)
def test_a_reference_leads_to_the_schema_of_that_name(reference: str, found: Any) -> None:
    assert document(z=ZED, pet=BY_ID).resolve(reference) == found


@pytest.mark.parametrize("reference", ["#nobody", "https://example.com/other", "#zed/deeper"])
def test_a_name_that_nothing_has_is_an_error(reference: str) -> None:
    with pytest.raises(DocumentError):
        document(z=ZED).resolve(reference)
