"""Shapes of values."""

from typing import Any

import pytest

from tidegate.drift.value_shape import decimals_of, length_of, number_of, shape_of, word_of
from tidegate.openapi.schema_words import type_of


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", "empty"), ("pi_3Rk8Zq2Lw7VxTn5A1cYbPd0e", "id pi_"), ("cus_NffrFeUfNV2Hib9", "id cus_"),
        ("9f86d081884c7d659a2feaa0c55ad015", "hex"), ("0b1c2d3e-1111-2222-3333-0123456789ab", "uuid"),
        ("2026-01-31", "date"), ("2026-01-31T10:00:00Z", "date-time Z"),
        ("2026-01-31T10:00:00.123+02:00", "date-time with an offset"), ("2026-01-31 10:00", "date-time without a zone"),
        ("1099", "digits"), ("-7", "digits"), ("10.99", "decimal"), ("+49170123456", "phone number"),
        ("EUR", "code of 3 letters"), ("DE", "code of 2 letters"), ("requires_action", "word"), ("ACTIVE", "WORD"),
        ("Active", "Word"), ("a@b.example", "e-mail"), ("https://a.example/x?y", "https address"),
        ("two words", "text"),
        ("x" * 1000, "text"), ("Öl", "text"), ("AC5f0a1b2c3d4e5f60718293a4b5c6d7e8", "id"), ("\n", "text"),
    ],
)  # fmt: skip
def test_a_text_has_its_shape(text: str, shape: str) -> None:
    assert shape_of(text) == shape


def test_ids_have_a_length_and_words_have_none() -> None:
    assert length_of("pi_3Rk8Zq2Lw7Vx", "id pi_") == 15
    assert length_of("open", "word") is None


@pytest.mark.parametrize(
    ("value", "kind", "number", "decimals", "word"),
    [
        (None, "null", None, 0, None), (True, "boolean", None, 0, "true"), (7, "integer", 7.0, 0, None),
        (7.0, "integer", 7.0, 0, None), (7.25, "number", 7.25, 2, None), (1e-9, "number", 1e-9, 0, None),
        ("7", "string", 7.0, 0, None), ("7.5", "string", 7.5, 1, None), ("open", "string", None, 0, "open"),
        ([], "array", None, 0, None), ({}, "object", None, 0, None), ("two words", "string", None, 0, None),
        (10**400, "integer", None, 0, None), (float("inf"), "number", None, 3, None),
    ],
)  # fmt: skip
def test_a_value_has_its_kind_and_its_number(
    value: Any, kind: str, number: float | None, decimals: int, word: str | None
) -> None:
    assert type_of(value) == kind
    assert number_of(value) == number
    assert word_of(value) == word
    if number is not None:
        assert decimals_of(value) == decimals
