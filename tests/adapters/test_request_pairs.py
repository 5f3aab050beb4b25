"""Plain values become the pairs of a query or a form."""

import pytest

from tidegate.adapters.request_pairs import DEPTH_MAX, request_pairs


def test_lists_are_repeated_and_what_is_inside_has_brackets() -> None:
    values = {
        "name": "Ada",
        "age": 36,
        "old": False,
        "none": None,
        "tags": ["a", "b"],
        "expand[]": ["c"],
        "address": {"city": "Husum", "lines": [{"at": 1}, {"at": 2}]},
        "empty": [],
    }
    assert request_pairs(values) == [
        ("name", "Ada"),
        ("age", "36"),
        ("old", "false"),
        ("tags", "a"),
        ("tags", "b"),
        ("expand[]", "c"),
        ("address[city]", "Husum"),
        ("address[lines][0][at]", "1"),
        ("address[lines][1][at]", "2"),
    ]


def test_values_without_end_are_refused() -> None:
    endless: dict[str, object] = {}
    endless["more"] = endless
    with pytest.raises(ValueError, match=f"nested deeper than {DEPTH_MAX}"):
        request_pairs(endless)
