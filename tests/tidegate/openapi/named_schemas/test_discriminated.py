"""Alternatives are told apart by the words of their discriminator."""

from typing import Any

import pytest

from tidegate.openapi.document import Document

TEXT = {"type": "string"}
REST = {"defaultMapping": "#/components/schemas/Other"}
MAPPED = {"mapping": {"hund": "#/components/schemas/Dog"}}


def takes(value: Any, of: Any, **told: Any) -> bool:
    schemas = {
        "Dog": {"type": "object", "properties": {"type": TEXT, "bark": TEXT}, "required": ["bark"]},
        "Other": {"type": "object", "properties": {"type": TEXT}},
    }
    animal = {
        "oneOf": [{"$ref": f"#/components/schemas/{name}"} for name in schemas],
        "discriminator": {"propertyName": "type", **told},
    }
    document = Document({"openapi": "3.2.0", "paths": {}, "components": {"schemas": schemas}})
    return document.schemas.validator(animal, of=of).is_valid(value)


@pytest.mark.parametrize("of", ["request", "answer"])
@pytest.mark.parametrize("rest", ["#/components/schemas/Other", "Other"])
def test_what_no_word_means_is_of_the_default_form(of: str, rest: str) -> None:
    for word in ({}, {"type": "zebra"}, {"type": "Other"}):
        assert takes(word, of, **MAPPED, defaultMapping=rest)
    for word in ({"type": "hund"}, {"type": "Dog"}):
        assert takes({**word, "bark": "x"}, of, **MAPPED, defaultMapping=rest)
        assert not takes(word, of, **MAPPED, defaultMapping=rest)


def test_without_a_default_a_request_is_held_to_no_other_s_words() -> None:
    assert not takes({"type": "hund"}, "answer", mapping={**MAPPED["mapping"], "other": "Other"})
    assert takes({"type": "hund"}, "request", **MAPPED)
    assert takes({"type": "x"}, "answer")
