"""Tests of tidegate.vendor.dialect_facts."""

from typing import get_args

import pytest
from pydantic import ValidationError

from tidegate.vendor.dialect_facts import PRESETS, Dialect, DialectField, PresetName, dialect_of


def test_every_preset_is_there() -> None:
    assert set(PRESETS) == set(get_args(PresetName))


def test_a_dialect_is_a_name_or_a_block_or_nothing() -> None:
    assert dialect_of(None) == Dialect()
    assert dialect_of("github") is PRESETS["github"]
    own = Dialect(headers={"X-Left": DialectField(means="remaining")})
    assert dialect_of(own) is own


def test_a_preset_can_be_corrected_header_by_header_whatever_its_spelling() -> None:
    written = Dialect(preset="github", headers={"X-RateLimit-Reset": DialectField(means="reset", form="delta")})
    dialect = dialect_of(written)
    assert dialect.headers["X-RateLimit-Reset"].form == "delta"
    assert "x-ratelimit-reset" not in dialect.headers
    assert dialect.headers["x-ratelimit-remaining"].means == "remaining"
    assert dialect.pause == 60.0


def test_a_meaning_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValidationError):
        DialectField.model_validate({"means": "maybe"})


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ({"means": "state"}, "write form: ietf-07 or ietf-10"),
        ({"means": "policy", "form": "ietf-03"}, "write form: ietf-07 or ietf-10"),
        ({"means": "remaining", "form": "ietf-10"}, "for state and policy"),
        ({"means": "remaining", "form": "ietf-03"}, "for limit"),
        ({"means": "reset"}, "write its form"),
        ({"means": "retry", "form": "text"}, "write its form"),
    ],
)
def test_a_form_in_which_a_meaning_cannot_be_written_is_refused(written: dict[str, str], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        DialectField.model_validate(written)


def test_a_structured_field_stands_in_no_body() -> None:
    with pytest.raises(ValidationError, match="are for headers"):
        Dialect.model_validate({"body": {"/a": {"means": "state", "form": "ietf-10"}}})
