"""Where a credential goes, and what a vendor's OAuth endpoints are, is checked as it is written."""

import pytest
from pydantic import ValidationError

from tidegate.vendor.auth_facts import Auth, OAuth


def test_an_oauth_server_is_its_token_endpoint_and_defaults() -> None:
    oauth = OAuth.model_validate({"token": "/oauth/token"})
    assert (oauth.grants, oauth.expires_in, oauth.rotates) == (("client_credentials", "refresh_token"), 3600.0, False)


@pytest.mark.parametrize("wrong", ["oauth/token", "https://vendor.example/token", "/token?x=y"])
def test_an_endpoint_is_a_path(wrong: str) -> None:
    with pytest.raises(ValidationError):
        OAuth.model_validate({"token": wrong})


def test_a_secret_is_a_reference() -> None:
    with pytest.raises(ValidationError, match="literal secret"):
        Auth.model_validate({"scheme": "query", "secret": "4242"})
