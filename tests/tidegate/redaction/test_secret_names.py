"""Fields whose names sound like a secret."""

import pytest

from tidegate.redaction.secret_names import hidden_fields, sounds_secret


@pytest.mark.parametrize(
    ("name", "secret"), [("body.password", True), ("body.client_secret", True), ("body.name", False)]
)
def test_a_name_may_sound_like_a_secret(name: str, secret: bool) -> None:
    assert sounds_secret(name) is secret


@pytest.mark.parametrize("text", ['{"a": {"api_key": "hush"}}', "api_key=hush&a=1", '[{"cvc": 123456}]'])
def test_the_value_of_such_a_field_is_hidden(text: str) -> None:
    shown = hidden_fields(text)
    assert "hush" not in shown
    assert "123456" not in shown
    assert "[redacted]" in shown
