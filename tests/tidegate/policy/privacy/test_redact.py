"""The block `redact`: masked and hidden unless the file says otherwise."""

import pytest
from pydantic import ValidationError

from tidegate.policy.privacy.redact import Redact


def test_by_default_an_echo_is_masked_and_numbers_of_telephones_are_not_looked_for() -> None:
    redact = Redact()
    assert (redact.echo, redact.fields, redact.patterns) == ("mask", None, ("card", "iban", "email"))


@pytest.mark.parametrize("wrong", ['{"echo": "hide"}', '{"fields": ["id"]}', '{"patterns": ["name"]}', '{"other": 1}'])
def test_another_word_is_refused(wrong: str) -> None:
    with pytest.raises(ValidationError):
        Redact.model_validate_json(wrong)
