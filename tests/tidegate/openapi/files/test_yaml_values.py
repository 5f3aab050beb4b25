"""YAML is read as JSON's superset: words are text, tags say nothing, and a line may hold nothing but a tab."""

from typing import Any

import pytest

from tidegate.openapi.files.yaml_values import parsed


def read(text: str) -> Any:
    return parsed(text.encode(), lambda _what, _share: None)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes\non: 2024-01-31", {"a": "yes", "on": "2024-01-31"}),
        ("a: !Sub '${x}'\nb: !Join [c, {d: 1}]", {"a": "${x}", "b": ["c", {"d": 1}]}),
        ("a: !!binary aGFsbG8=", {"a": "aGFsbG8="}),
        ("a: !!timestamp 2024-01-31\nb: !!set {c, d}", {"a": "2024-01-31", "b": {"c": None, "d": None}}),
        ("a: !!python/object/apply:os.system ['true']", {"a": ["true"]}),
        ("a: !!str 1", {"a": "1"}),
        ("a:\n\t\n  b: 1\n \t \n", {"a": {"b": 1}}),
        ("a: &r {b: 1}\nc:\n  <<: *r\n  d: 2", {"a": {"b": 1}, "c": {"b": 1, "d": 2}}),
    ],
)
def test_a_value_is_plain(text: str, value: Any) -> None:
    assert read(text) == value


def test_a_mistake_has_its_place() -> None:
    with pytest.raises(ValueError, match="line 2, column 1"):
        read("a: [\n")
    with pytest.raises(ValueError, match="line 2, column 1"):
        read("a:\n\tb: 1")
