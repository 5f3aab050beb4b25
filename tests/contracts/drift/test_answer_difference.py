"""Answers compared by what they look like."""

from typing import Any

import pytest

from tidegate.contracts.drift.answer_difference import differences


def found(recorded: Any, simulated: Any) -> list[tuple[str, str]]:
    return [(one.kind.removeprefix("response-"), one.pointer) for one in differences(recorded, simulated)]


@pytest.mark.parametrize(
    ("recorded", "simulated"),
    [
        ({"a": 1, "b": "x"}, {"a": 2, "b": "y z"}),
        ({"a": 1.5}, {"a": 2}),
        ({"a": None}, {"a": "x"}),
        ({"a": "x"}, {"a": None}),
        ({"a": "[redacted]"}, {"a": 7}),
        ({"list": []}, {"list": [{"a": 1}]}),
        ({"id": "pi_1234567890"}, {"id": "pi_abc4567890def"}),
        ({"at": "2026-01-01"}, {"at": "2025-02-02"}),
        ([1, 2], [3]),
    ],
)
def test_other_values_of_one_form_are_no_difference(recorded: Any, simulated: Any) -> None:
    assert found(recorded, simulated) == []


@pytest.mark.parametrize(
    ("recorded", "simulated", "difference"),
    [
        ({"a": "1"}, {"a": 1}, ("property-type-changed", "/a")),
        ({"a": {"b": 1}}, {"a": "id_1"}, ("property-type-changed", "/a")),
        ({"a": 1, "b": {"c": {"d": 1}}}, {"a": 1}, ("optional-property-added", "/b")),
        ({"a": 1}, {"a": 1, "b": 2}, ("optional-property-removed", "/b")),
        ({"id": "pay_1234567890"}, {"id": "pi_1234567890"}, ("property-shape-changed", "/id")),
        ({"at": "2026-01-01T00:00:00+01:00"}, {"at": "2026-01-01T00:00:00Z"}, ("property-shape-changed", "/at")),
        ({"l": [{"a": 1}, {"a": "x"}]}, {"l": [{"a": 1}]}, ("property-type-changed", "/l/*/a")),
    ],
)
def test_another_form_is_told_once_where_it_begins(recorded: Any, simulated: Any, difference: Any) -> None:
    assert found(recorded, simulated) == [difference]
