"""Patterns that are legal in ECMA-262 mean in the engine what they mean there."""

import pytest

from tidegate.openapi.validator import engine_pattern, pattern_matches


@pytest.mark.parametrize(
    ("pattern", "taken", "refused"),
    [
        (r"^(?<y>\d{4})-\k<y>$", "2020-2020", "2020-2021"),
        (r"^(a)(?<y>\d)\k<y>$", "a11", "a1a"),
        (r"^[\w-.]+$", "a-.", "a b"),
        (r"^[\d-x]$", "-", "y"),
        (r"^[a-\d]$", "-", "b"),
        (r"^[\]\-[]+$", "[]-", "a"),
        (r"^\d+\Z", "12", "12\n"),
        (r"^\ud83d\ude00$", "😀", "🙂"),
        (r"^{abc}$", "{abc}", "abc"),
        (r"^a{,3}$", "a{,3}", "aaa"),
        (r"^\${[a-z]+}x{2}$", "${ab}xx", "${ab}x{2}"),
        (r"^[^]{3}$", "a\nb", "ab"),
        (r"^[]$|^x$", "x", ""),
        (r"^\0\e$", "\0e", "0e"),
    ],
)
def test_what_is_legal_there_is_taken(pattern: str, taken: str, refused: str) -> None:
    assert engine_pattern(pattern) is not None
    assert pattern_matches(pattern, taken)
    assert not pattern_matches(pattern, refused)


@pytest.mark.parametrize("pattern", ["[a", "(", "*", "a)", r"\k<x>", "[z-a]", "\\"])
def test_what_is_no_pattern_stays_none(pattern: str) -> None:
    assert engine_pattern(pattern) is None


@pytest.mark.parametrize("pattern", [r"^[A-Za-z0-9._%+-]+@x\.[a-z]{2,4}$", r"^(a|b)*?\w\u0041\x42$", "^[!-~-]{1,}$"])
def test_what_the_engine_takes_already_is_left(pattern: str) -> None:
    assert engine_pattern(pattern) == pattern
