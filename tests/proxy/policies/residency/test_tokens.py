"""A token has the format of its text, is the same for the same text, is known again, and tells nothing by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.proxy.policies.residency.tokens import REVERSIBLE_BYTES_MAX, Tokens

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
TOKENS = Tokens(KEY)
TEXTS = st.one_of(st.text(min_size=1), st.emails(), st.from_regex(r"\+[0-9]{7,15}", fullmatch=True))


@given(TEXTS, st.booleans())
def test_a_token_is_stable_and_stays_one(text: str, reversible: bool) -> None:
    token = TOKENS.token(text, reversible=reversible)
    if token is None:
        assert reversible
        return
    assert token != text
    assert TOKENS.token(text, reversible=reversible) == token
    assert TOKENS.token(token) == token
    assert TOKENS.is_token(token)
    assert TOKENS.reveal(token) == (text if reversible else None)
    assert Tokens(OTHER).token(text, reversible=reversible) != token
    assert not Tokens(OTHER).is_token(token)


@given(TEXTS)
def test_what_nobody_made_is_no_token(text: str) -> None:
    assert not TOKENS.is_token(text)


@pytest.mark.parametrize(
    ("text", "format_"),
    [
        ("ada@example.org", r"tgt-[a-z2-7]{26}@example\.com"),
        ("+49 (30) 901820", r"\+999[0-9]{12}"),
        ("4242424242424242", r"[0-9]{24}"),
        ("Ada Lovelace", r"tgt-[a-z2-7]{26}"),
    ],
)
def test_a_token_has_the_format_of_its_text(text: str, format_: str) -> None:
    import re

    assert re.fullmatch(format_, TOKENS.token(text) or "")


def test_spellings_of_one_address_or_number_have_one_token() -> None:
    assert TOKENS.token("Ada@Example.org") == TOKENS.token("ada@example.org")
    assert TOKENS.token("+49 30 901820") == TOKENS.token("+4930901820")


def test_a_reversible_address_is_still_one_and_too_long_a_text_has_none() -> None:
    token = TOKENS.token("a@example.org", reversible=True)
    assert token is not None
    assert token.endswith("@example.com")
    assert TOKENS.reveal(token) == "a@example.org"
    assert TOKENS.token("x" * REVERSIBLE_BYTES_MAX + "x", reversible=True) is None
    assert TOKENS.token("a" * 60 + "@example.org", reversible=True) is None


def test_a_token_that_was_tampered_with_is_none() -> None:
    token = TOKENS.token("Ada") or ""
    assert not TOKENS.is_token(token[:-1] + ("a" if token[-1] != "a" else "b"))
    sealed = TOKENS.token("Ada", reversible=True) or ""
    assert TOKENS.reveal(sealed[:-3] + "aaa") is None


def test_a_key_has_32_bytes() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Tokens(b"short")
