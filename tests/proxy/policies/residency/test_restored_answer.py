"""Texts come back where their tokens stand, as the answer writes texts, and nothing else changes."""

import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.policy.data import Data
from tidegate.proxy.policies.residency.restored_answer import restored, restores_for
from tidegate.proxy.policies.residency.tokens import Tokens

KEY = Tokens(bytes(range(32)))
OTHER = Tokens(bytes(32))


@given(st.text(min_size=1, max_size=80))
def test_a_text_comes_back_in_json_and_in_a_form(text: str) -> None:
    token = KEY.token(text, reversible=True)
    assert token is not None
    if token == text:
        return
    document = {"name": token, "list": [f"for {token}", 1.50]}
    body = restored(json.dumps(document).encode(), "application/problem+json", KEY)
    assert json.loads(body) == {"name": text, "list": [f"for {text}", 1.50]}
    form = restored(f"name={token}&n=1".encode(), "application/x-www-form-urlencoded", KEY)
    assert parse_qs(form.decode(errors="surrogatepass"), errors="surrogatepass", keep_blank_values=True)["name"] == [
        text
    ]


def test_an_address_comes_back_without_the_domain_of_its_token() -> None:
    token = KEY.token("ada@example.org", reversible=True)
    assert token is not None
    assert token.endswith("@example.com")
    assert restored(f"to {token}.".encode(), "text/plain", KEY) == b"to ada@example.org."


@pytest.mark.parametrize("body", [b"", b"{}", b'{"a": "tgr-"}', b'{"a": "tgr-' + b"a" * 40 + b'"}', b"\xff tgr-\xff"])
def test_what_holds_no_token_of_this_key_is_the_very_same(body: bytes) -> None:
    assert restored(body, "application/json", KEY) is body
    strange = OTHER.token("ada lovelace", reversible=True)
    assert strange is not None
    assert restored(strange.encode(), "application/json", KEY) == strange.encode()


def test_apps_of_the_regions_that_are_named_get_them_and_only_where_fields_are_reversible() -> None:
    data = Data.model_construct(reversible=("/name",), restore=("eu",))
    assert (restores_for(data, "eu"), restores_for(data, "us"), restores_for(data, "")) == (True, False, False)
    assert restores_for(Data.model_construct(reversible=("/name",), restore=("*",)), "")
    assert not restores_for(Data.model_construct(reversible=(), restore=("*",)), "eu")
    with pytest.raises(ValueError, match="only tokens of reversible fields"):
        Data.model_validate_json('{"restore": ["eu"]}')
