"""Known values are found in every spelling, the longest first."""

from hypothesis import given
from hypothesis import strategies as st

from tidegate.redaction.known_spellings import HEAD_CHARS, KnownSpellings

HEADER = "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9"
"""Every token of one issuer begins with it."""


def test_nothing_is_found_where_nothing_is_known() -> None:
    assert not KnownSpellings(())
    assert KnownSpellings(()).replaced("any text", "-") == "any text"


def test_a_token_that_only_begins_like_a_known_one_stays() -> None:
    known = KnownSpellings([f"{HEADER}.one.sig", f"{HEADER}.two.sig"])
    assert known.replaced(f"a {HEADER}.two.sig b {HEADER}.other", "-") == f"a - b {HEADER}.other"


def test_one_that_begins_another_leaves_nothing_of_it() -> None:
    known = KnownSpellings(["sk_live", "sk_live_4242", "sk_live_4242_and_more"])
    assert known.replaced("sk_live_4242_and sk_live sk_live_4242_and_more", "-") == "-_and - -"


@given(st.text("ab", max_size=40), st.lists(st.text("ab", min_size=4, max_size=2 * HEAD_CHARS), max_size=4))
def test_every_place_is_found_that_a_slow_search_finds(text: str, values: list[str]) -> None:
    spans = KnownSpellings(values).spans(text)
    at, expected = 0, []
    while at < len(text):
        length = max((len(value) for value in values if text.startswith(value, at)), default=0)
        expected += [(at, at + length)] if length else []
        at += length or 1
    assert spans == expected
