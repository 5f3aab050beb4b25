"""Properties that must be there although the schema names them nowhere have names that may stand there."""

import random
from typing import Any

import pytest

from tidegate.openapi.document import Document
from tidegate.openapi.schemas import Schemas
from tidegate.values.property_names import asked_of, depending, unnamed
from tidegate.values.string_values import StringValues

SCHEMAS: Schemas = Document({"openapi": "3.1.0", "paths": {}}).schemas


def names(level: dict[str, Any], **members: Any) -> list[str]:
    found = []
    pick = random.Random(1).randrange
    for name in unnamed(level, level.get("propertyNames", {}), members, StringValues(1), pick):
        found.append(name)
        members[name] = None
    return found


@pytest.mark.parametrize(
    "words",
    [{"minLength": 10}, {"format": "uuid"}, {"pattern": "^[a-z]{2}-[A-Z]{2}$"}, {"enum": ["EUR", "USD", "CHF"]}],
)
def test_names_are_as_the_schema_of_names_says(words: dict[str, Any]) -> None:
    found = names({"propertyNames": words, "minProperties": 3})
    assert len({*found}) == 3
    assert all(SCHEMAS.validator({**words, "type": "string"}, of="answer").is_valid(name) for name in found)


def test_names_of_several_patterns_follow_each_other() -> None:
    assert names({"patternProperties": {"^S_": {}, "^I_": {}}, "minProperties": 2}) == ["S_", "I_"]
    assert names({"required": ["a"], "minProperties": 3}, b=1) == ["a", "key2"]


def test_what_depends_on_another_is_there_with_it() -> None:
    level: dict[str, Any] = {
        "properties": {"b": {"type": "integer"}},
        "dependentRequired": {"a": ["b", "d"], "d": ["a", "e"]},
    }
    assert depending(level, {"a": 1}) == ["b", "d", "e"]
    assert depending(level, {"x": 1}) == []


def test_a_value_under_such_a_name_has_the_schema_of_the_rest() -> None:
    def asked(level: dict[str, Any], key: str) -> Any:
        return asked_of(level, key, lambda *nodes: nodes)

    assert asked({"unevaluatedProperties": {"type": "integer"}}, "k") == {"type": "integer"}
    assert asked({"patternProperties": {"^k": {"const": 1}}}, "k") == ({"const": 1},)
    both = {"properties": {"kx": {"minimum": 1}}, "patternProperties": {"^k": {"maximum": 2}, "x$": {"type": "number"}}}
    assert asked(both, "kx") == ({"minimum": 1}, {"maximum": 2}, {"type": "number"})
    assert asked(both, "z") == {"type": "string"}
