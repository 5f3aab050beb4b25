"""Classes and escapes stand for characters that the engine finds in them."""

import pytest

from tidegate.openapi.validator import pattern_matches
from tidegate.values.regex_characters import UnreadError, escaped, in_brackets


@pytest.mark.parametrize(
    "text", [r"\d-x]", r"^\s\d\W]", r"^\D]", r"a-\d]", r"\u{3b1}-\u{3b3}]", r"^\p{L}]", r"\]\-[]", r"\cA-\cC]"]
)
def test_every_character_of_a_class_is_in_it(text: str) -> None:
    chars, place = in_brackets(text, 0)
    assert place == len(text)
    assert chars
    assert all(pattern_matches(f"^[{text}$", char) for char in chars)


@pytest.mark.parametrize(
    "text", ["u{1F600}", r"uD83D\uDE00", "x41", "cA", "p{Script=Greek}", "p{sc=Han}", "p{Letter}", "P{Lu}", "0", "n"]
)
def test_every_character_of_an_escape_is_one(text: str) -> None:
    chars, place = escaped(text, 0)
    assert place == len(text)
    assert all(pattern_matches(f"^\\{text}$", char) for char in chars)


@pytest.mark.parametrize("text", ["p{Nonsense}", "u{}", "x4", "1"])
def test_other_escapes_are_not_read(text: str) -> None:
    with pytest.raises(UnreadError):
        escaped(text, 0)
