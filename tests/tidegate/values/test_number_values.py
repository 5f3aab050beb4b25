"""Numbers are as their bounds and steps ask, with no more digits than their step."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.values.number_values import number


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        ({"multipleOf": 0.01, "minimum": 19.985, "maximum": 19.995}, 19.99),
        ({"multipleOf": 0.1, "minimum": 0.25}, 0.3),
        ({"multipleOf": 0.5, "minimum": 2}, 2),
        ({"multipleOf": 5, "minimum": 1, "maximum": 9}, 5),
        ({"minimum": 3}, 3),
        ({"exclusiveMinimum": 3, "exclusiveMaximum": 4}, 3.5),
        ({"multipleOf": 1e-300, "minimum": 1e308}, 1e308),
    ],
)
def test_a_number_is_within_its_bounds_and_on_its_step(schema: dict[str, Any], made: float) -> None:
    assert number("x", schema, "number", lambda _: 0) == made


@given(st.integers(0, 99_999), st.sampled_from(["0.01", "0.05", "0.001", "0.25", "10"]))
def test_no_price_has_more_digits_than_its_step(least: int, step: str) -> None:
    made = number("x", {"multipleOf": float(step), "minimum": least / 100}, "number", lambda _: 0)
    assert len(str(made).partition(".")[2]) <= max(len(step.partition(".")[2]), 1)


@pytest.mark.parametrize(
    ("schema", "made"),
    [
        ({"minimum": 1.5, "maximum": 2.5}, 2),
        ({"multipleOf": 2.5, "minimum": 1, "maximum": 9}, 5),
        ({"minimum": 12345678901234567890}, 12345678901234567890),
    ],
)
def test_a_whole_number_is_whole_whatever_its_bounds(schema: dict[str, Any], made: int) -> None:
    assert number("x", schema, "integer", lambda _: 0) == made


@pytest.mark.parametrize(("schema", "made"), [({}, 0.5), ({"maximum": 0}, -0.5), ({"multipleOf": 0.25}, 0.25)])
def test_a_fraction_is_not_whole(schema: dict[str, Any], made: float) -> None:
    assert number("x", schema, "fraction", lambda _: 0) == made
