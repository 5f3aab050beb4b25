"""Texts are made from the patterns that real documents have."""

import random
import re

import pytest

from tidegate.openapi.validator import pattern_matches
from tidegate.values.regex_strings import matching


@pytest.mark.parametrize(
    "pattern",
    [
        r"^AC[0-9a-fA-F]{32}$",
        r"^(SM|MM)[0-9a-fA-F]{32}$",
        r"^[CGD][A-Z0-9]{8,}$",
        r"^(A[A-Z0-9]{1,})?$",
        r"^[UW][A-Z0-9]{8,}$|^$",
        r"^\d{10}\.\d{6}$",
        r"^([0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?)$",
        r"^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$",
        r"^refs/(heads|tags|pull)/.*$",
        r"^[A-Za-z0-9.\-_]+$",
        r"[^\s/]{3}",
        r"^[\w.-]+?@\w+$",
        r"\u0041\x42(?P<year>\d{4})-(?<month>\d\d)",
        "payTo|upi_collect",
        r"^(?=.*[A-Z])(?=.*\d)[A-Za-z\d]{8,12}$",
        r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[@$!%*?&]).{8,}$",
        r"^(?!-)[a-z-]{1,9}(?<!-)$",
        r"^([a-z])(\d)\2\1$",
        r"^(?<sign>[+-])\d\k<sign>$",
        r"^(?:ab)+\b$",
        r"^\w+(?<=ing)$",
        r"^[^\s\d\W]{4}$",
        r"^(?!.*--)[a-z][a-z0-9-]{2,10}[a-z0-9]$",
        r"^(?=.{5,9}$)[a-z]+(?:-[a-z]+)*$",
    ],
)
def test_a_text_matches_its_pattern(pattern: str) -> None:
    dice = random.Random(3)
    for _ in range(20):
        text = matching(pattern, dice.randrange)
        assert text is not None
        named = re.sub(r"\(\?<(\w+)>", r"(?P<\1>", pattern)
        assert re.search(re.sub(r"\\k<(\w+)>", r"(?P=\1)", named), text)


def test_the_same_draws_make_the_same_text() -> None:
    texts = {matching(r"^AC[0-9a-f]{32}$", random.Random(5).randrange) for _ in range(3)}
    assert len(texts) == 1
    assert matching(r"^AC[0-9a-f]{32}$", random.Random(6).randrange) not in texts


@pytest.mark.parametrize("pattern", [r"[", r"(", r"a{2", r"\p{Nonsense}+", r"^a$b", r"^(?=b)a$", r"(?#a)"])
def test_a_pattern_that_is_not_understood_gives_nothing(pattern: str) -> None:
    matched = matching(pattern, lambda _count: 0)
    assert matched is None or re.search(pattern, matched)


@pytest.mark.parametrize("pattern", [r"^\p{L}{3}$", r"^\p{Lu}\p{Ll}+$", r"^[\p{L}\p{N}_-]{4}$", r"^\P{N}$"])
def test_unicode_categories_are_known_by_their_characters(pattern: str) -> None:
    dice = random.Random(3)
    assert all(pattern_matches(pattern, matching(pattern, dice.randrange) or "") for _ in range(20))


@pytest.mark.parametrize("pattern", [r"^[\uD83C-\uDBFF]{2}$", r"^\uD83C[\uDC00-\uDFFF]$", r"[\uD7F0-\uE000]", "\ud83c"])
def test_a_text_of_half_characters_is_not_made(pattern: str) -> None:
    dice = random.Random(3)
    assert [matching(pattern, dice.randrange) for _ in range(40)] == [None] * 40


def test_a_class_may_leave_half_characters_out() -> None:
    assert matching(r"^[^\uD800-\uDFFF]{3}$", lambda _count: 0) == "aaa"


def test_every_place_of_a_long_text_has_every_character() -> None:
    dice = random.Random(7)
    texts = [matching(r"^[a-f]{40}$", dice.randrange) or "" for _ in range(200)]
    assert [{*place} for place in zip(*texts, strict=True)] == [{*"abcdef"}] * 40


@pytest.mark.parametrize(
    "pattern",
    ["^((((a{100}){100}){100}){100})$", "(" * 5_000 + ")" * 5_000, "a{999999999}", "x" * 20_000],
)
def test_a_text_that_would_be_too_long_is_not_made(pattern: str) -> None:
    assert matching(pattern, random.Random(1).randrange) is None


@pytest.mark.parametrize(
    ("pattern", "least", "most"),
    [
        ("^[0-9a-f]+$", 64, 64),
        ("foo|bar", 10, 12),
        ("^(a|bb|ccc)$", 3, None),
        (r"^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+$", 40, 60),
        ("^([A-Z]{3},)*[A-Z]{3}$", 23, 23),
        ("^.*$", 5, None),
        ("^[a-z]+[0-9]*$", 0, 1),
        ("^\U0001f600", 3, 3),
    ],
)
def test_a_text_has_as_many_letters_as_it_may(pattern: str, least: int, most: int | None) -> None:
    dice = random.Random(3)
    for _ in range(10):
        text = matching(pattern, dice.randrange, least, most)
        assert text is not None
        assert least <= len(text) <= (len(text) if most is None else most)
        assert pattern_matches(pattern, text)


@pytest.mark.parametrize("pattern", [r"(?i)^abc$", r"^(?i:abc)$", r"^(?<y>\d{4})-\k<y>$", r"^\p{Script=Greek}+$"])
def test_flags_names_and_scripts_are_read(pattern: str) -> None:
    assert pattern_matches(pattern, matching(pattern, random.Random(1).randrange) or "")
