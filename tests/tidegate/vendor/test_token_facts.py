"""How tokens are got: only by grants that RFC 9700 leaves."""

from typing import Any

import pytest
from pydantic import ValidationError

from tidegate.vendor.token_facts import TokenRequest

CLIENT = {"grant": "client_credentials", "client_id": "shop"}


@pytest.mark.parametrize("grant", ["password", "implicit", "authorization_code"])
def test_grants_that_nobody_should_use_are_not_there(grant: str) -> None:
    with pytest.raises(ValidationError, match="client_credentials"):
        TokenRequest.model_validate({**CLIENT, "grant": grant})


@pytest.mark.parametrize(
    ("changes", "flaw"),
    [
        ({"grant": "refresh_token"}, "go together"),
        ({"refresh_token": "env:R"}, "go together"),
        ({"client_auth": "none"}, "a public client has no credentials"),
        ({"scope": "a  b"}, "scope"),
        ({"scope": 'a"b'}, "scope"),
        ({"client_id": ""}, "client_id"),
        ({"client_id": "a\r\nb"}, "client_id"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, Any], flaw: str) -> None:
    with pytest.raises(ValidationError, match=flaw):
        TokenRequest.model_validate({**CLIENT, **changes})


def test_a_refresh_token_is_a_reference() -> None:
    with pytest.raises(ValidationError, match="literal secret"):
        TokenRequest.model_validate({**CLIENT, "grant": "refresh_token", "refresh_token": "1//0abc"})
    facts = {**CLIENT, "grant": "refresh_token", "refresh_token": "env:R", "client_auth": "none"}
    assert str(TokenRequest.model_validate(facts).refresh_token) == "env:R"
