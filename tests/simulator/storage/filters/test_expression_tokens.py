"""An expression falls into words, texts and signs, and each value has its type."""

import pytest

from tidegate.simulator.storage.filters.expression_tokens import tokens, value_of
from tidegate.simulator.storage.filters.joined_conditions import UnfollowedError


def test_an_expression_falls_into_its_parts() -> None:
    assert [*tokens("a/b eq 'it''s' and(c>=-1.5)")] == [
        ("word", "a/b"), ("word", "eq"), ("text", "'it''s'"), ("word", "and"), ("sign", "("), ("word", "c"),
        ("sign", ">="), ("word", "-1.5"), ("sign", ")"), ("", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("token", "value"),
    [
        (("text", "'it''s'"), "it's"),
        (("text", '"a\\"b"'), 'a"b'),
        (("text", '"\\x"'), "\\x"),
        (("word", "true"), True),
        (("word", "null"), None),
        (("word", "-1"), -1),
        (("word", "1.5"), 1.5),
        (("word", "open"), "open"),
    ],
)
def test_a_value_has_its_type(token: tuple[str, str], value: object) -> None:
    assert value_of(token) == value


@pytest.mark.parametrize("text", ["'open", '"open', "a # 'b"])
def test_what_does_not_end_is_not_followed(text: str) -> None:
    with pytest.raises(UnfollowedError):
        [*tokens(text)]


def test_a_sign_is_no_value() -> None:
    with pytest.raises(UnfollowedError):
        value_of(("sign", "("))
