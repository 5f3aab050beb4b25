"""Properties that seem to have another name."""

import pytest

from tidegate.contracts.drift.documents.renames import likeness, renames

NUMBER, TEXT = {"type": "integer"}, {"type": "string"}


@pytest.mark.parametrize(
    ("old", "new"),
    [("amount", "amt"), ("email", "e_mail"), ("createdAt", "created_at"), ("id", "ID"), ("sum", "sum_eur")],
)
def test_names_that_are_alike_with_one_schema_are_one(old: str, new: str) -> None:
    assert renames({old: NUMBER}, {new: {**NUMBER, "description": "x"}}) == {old: new}


@pytest.mark.parametrize(("old", "new", "schema"), [("amount", "status", NUMBER), ("amount", "amt", TEXT)])
def test_others_are_not(old: str, new: str, schema: dict[str, str]) -> None:
    assert renames({old: NUMBER}, {new: schema}) == {}


def test_each_is_taken_once_and_the_likest_first() -> None:
    assert renames({"amount": NUMBER, "amounts": NUMBER}, {"amount_": NUMBER}) == {"amount": "amount_"}
    assert likeness("a", "b") == 0.0
