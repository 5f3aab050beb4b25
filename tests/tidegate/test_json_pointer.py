"""JSON Pointers are read, written and followed as RFC 6901 has them."""

from typing import Any

import pytest

from tidegate.json_pointer import at_pointer, is_place, steps_of, token_of

DOCUMENT = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, "a": {"": {"7": 9}}, "e": None}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", DOCUMENT),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/m~0n", 8),
        ("/a//7", 9),
        ("/e", None),
        ("/foo/2", None),
        ("/foo/-1", None),
        ("/foo/-", None),
        ("/foo/²", None),
        ("/foo/١", None),
        ("/foo/" + "9" * 5_000, None),
        ("/foo/bar", None),
        ("/foo/0/0", None),
        ("/nothing/here", None),
    ],
)
def test_the_value_at_a_pointer(pointer: str, value: Any) -> None:
    assert at_pointer(DOCUMENT, pointer) == value


@pytest.mark.parametrize("name", ["things", "/things/{id}", "~1", "~", "a~/b", ""])
def test_a_name_is_the_same_after_it_was_written(name: str) -> None:
    assert "/" not in token_of(name)
    assert steps_of(f"/paths/{token_of(name)}") == ["paths", name]


def test_a_pointer_without_a_slash_has_no_steps() -> None:
    assert steps_of("") == []


def test_a_place_in_a_list_is_a_plain_number() -> None:
    assert [step for step in ("0", "12", "-1", "1e2", "", "²") if is_place(step)] == ["0", "12"]
