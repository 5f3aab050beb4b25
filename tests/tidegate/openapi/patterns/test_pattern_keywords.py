"""A schema's patterns are written as the engine takes them, and those that it does not are noted."""

from typing import Any

from tidegate.openapi.patterns.pattern_keywords import write_patterns


def test_patterns_are_written_anew_and_others_left_out() -> None:
    schema: dict[str, Any] = {"pattern": r"^[\w-.]$", "patternProperties": {r"^\e$": 1, "[a": 2}}
    noted: list[tuple[str, str]] = []
    write_patterns(schema, lambda code, detail: noted.append((code, detail)))
    assert schema == {"pattern": r"^[\w\-.]$", "patternProperties": {"^e$": 1}}
    assert noted == [("D009", "[a")]


def test_a_pattern_that_is_none_is_left_out() -> None:
    schema = {"pattern": "("}
    write_patterns(schema, lambda _code, _detail: None)
    assert schema == {}
