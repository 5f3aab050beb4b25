"""Whatever a token endpoint writes, it is a grant or a reason, and never an exception."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.credentials.token_answer import (
    LIFE_MAX_S,
    LIFE_UNSAID_S,
    NoGrant,
    TokenGrant,
    life_of,
    read_answer,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=16), inner, max_size=4),
    max_leaves=10,
)
MEMBERS = ("access_token", "expires_in", "refresh_token", "scope", "token_type", "error")


@pytest.mark.parametrize(
    ("written", "life_s"),
    [
        (3600, 3600.0),
        ("3600", 3600.0),
        (" 3600 ", 3600.0),
        ("3599.5", 3599.5),
        (3600.0, 3600.0),
        (0, 0.0),
        (-1, 0.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("abc", LIFE_UNSAID_S),
        ("", LIFE_UNSAID_S),
        (None, LIFE_UNSAID_S),
        (True, LIFE_UNSAID_S),
        ([], LIFE_UNSAID_S),
        ("nan", LIFE_UNSAID_S),
        (float("nan"), LIFE_UNSAID_S),
        (float("inf"), LIFE_MAX_S),
        (10**400, LIFE_MAX_S),
        ("9" * 40, LIFE_UNSAID_S),
    ],
)
def test_the_life_of_a_token(written: object, life_s: float) -> None:
    assert life_of(written) == life_s


@pytest.mark.parametrize(
    ("fields", "life_s"),
    [
        ({}, 0.0),
        ({"refresh_expires_in": 1800}, 1800.0),
        ({"refresh_token_expires_in": "15552000"}, 15_552_000.0),
        ({"x_refresh_token_expires_in": 8_726_400}, 8_726_400.0),
        ({"refresh_expires_in": 0}, 0.0),
        ({"refresh_expires_in": -3}, 0.0),
        ({"refresh_expires_in": "soon"}, 0.0),
        ({"refresh_expires_in": None}, 0.0),
        ({"refresh_expires_in": True}, 0.0),
        ({"refresh_expires_in": 10**400}, LIFE_MAX_S),
    ],
)
def test_the_life_of_a_refresh_token_is_read_where_it_is_said(fields: dict[str, object], life_s: float) -> None:
    answer = read_answer(200, {"access_token": "a", **fields})
    assert isinstance(answer, TokenGrant)
    assert answer.refresh_life_s == life_s


@given(st.integers(0, 599), JSON)
def test_no_answer_raises(status: int, document: Any) -> None:
    assert isinstance(read_answer(status, document), TokenGrant | NoGrant)


@given(st.dictionaries(st.sampled_from(MEMBERS), JSON))
def test_a_grant_has_a_token_that_can_be_sent_and_a_life(fields: dict[str, Any]) -> None:
    found = read_answer(200, fields)
    if isinstance(found, TokenGrant):
        assert found.access.isprintable()
        assert 0.0 < found.life_s <= LIFE_MAX_S


def test_a_usual_answer_is_read_whole() -> None:
    document = {"access_token": "a", "token_type": "Bearer", "expires_in": 60, "refresh_token": "r", "scope": "b a"}
    assert read_answer(200, document) == TokenGrant("a", 60.0, "r", frozenset({"a", "b"}))
    assert read_answer(200, {"access_token": "a", "scope": "a,b"}) == TokenGrant(
        "a", LIFE_UNSAID_S, "", frozenset({"a", "b"})
    )


@pytest.mark.parametrize(
    ("status", "document", "failure"),
    [
        (400, {"error": "invalid_grant"}, "invalid-grant"),
        (200, {"error": "invalid_grant"}, "invalid-grant"),
        (401, {"error": "invalid_client"}, "client-refused"),
        (400, {"error": "invalid_scope"}, "client-refused"),
        (401, None, "client-refused"),
        (403, None, "transient"),
        (200, {"error": "incorrect_client_credentials"}, "client-refused"),
        (200, {"ok": False, "error": "bad_client_secret"}, "client-refused"),
        (200, {"ok": False, "error": "ratelimited"}, "transient"),
        (403, {"error": "access_denied"}, "client-refused"),
        (200, {"error": "bad_refresh_token"}, "invalid-grant"),
        (200, {"ok": False, "error": "invalid_refresh_token"}, "invalid-grant"),
        (400, {"error": "slow_down"}, "transient"),
        (500, None, "transient"),
        (429, {}, "transient"),
        (429, {"error": "access_denied"}, "transient"),
        (503, {"error": "invalid_client"}, "transient"),
        (500, {"error": "invalid_grant"}, "invalid-grant"),
        (200, None, "transient"),
        (200, {"access_token": ""}, "transient"),
        (200, {"access_token": "a\r\nEvil: 1"}, "transient"),
        (200, {"access_token": "a", "expires_in": 0}, "transient"),
        (200, {"access_token": "a", "token_type": "mac"}, "client-refused"),
    ],
)
def test_why_there_is_no_grant(status: int, document: object, failure: str) -> None:
    found = read_answer(status, document, 7.0)
    assert isinstance(found, NoGrant)
    assert found.failure == failure


@pytest.mark.parametrize("kind", ["bearer", "BearerToken", "Application Access Token", "User Access Token", "bot"])
def test_a_token_that_goes_behind_bearer_is_one_whatever_the_vendor_calls_it(kind: str) -> None:
    assert isinstance(read_answer(200, {"access_token": "a", "token_type": kind}), TokenGrant)


def test_an_error_that_is_none_is_none() -> None:
    assert isinstance(read_answer(200, {"access_token": "a", "error": None}), TokenGrant)


def test_what_a_vendor_wrote_is_not_repeated() -> None:
    found = read_answer(400, {"error": "token=s3cret", "error_description": "s3cret"})
    assert "s3cret" not in repr(found)
    assert "s3cret" not in repr(read_answer(200, {"access_token": "s3cret", "refresh_token": "s3cret2"}))
