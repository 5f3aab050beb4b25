"""A condition lets through what its parameter means, in whatever type the value came."""

from typing import Any

import pytest

from tidegate.simulator.document.list_parameters import ListFilter
from tidegate.simulator.storage.list_conditions import conditions, sorted_by, value_at

THING = {
    "qty": 5,
    "flag": True,
    "name": "Ada",
    "tags": ["a", "b"],
    "part": {"city": "Kiel"},
    "none": None,
    "at": "2024-02-10T10:00:00+02:00",
    "labels": [{"name": "bug"}],
    "marks": [{"name": "red"}, {"name": "blue"}, {"name": "x,y"}],
}


@pytest.mark.parametrize(
    ("narrowing", "given", "passes"),
    [
        (ListFilter("qty", "is", ("integer",)), "5", True),
        (ListFilter("qty", "is", ("integer",)), 6, False),
        (ListFilter("flag", "is", ("boolean",)), "true", True),
        (ListFilter("flag", "is", ("boolean",)), 1, False),
        (ListFilter("tags", "is", ("string",)), ["b", "c"], True),
        (ListFilter("name", "is", ("string",)), "Bob,Ada", True),
        (ListFilter("tags", "is", ("string",)), "b,a", True),
        (ListFilter("tags", "is", ("string",)), "a,c", False),
        (ListFilter("marks", "is", ("object",)), "red, blue", True),
        (ListFilter("marks", "is", ("object",)), "red,green", False),
        (ListFilter("marks", "is", ("object",)), "x,y", True),
        (ListFilter("name", "not", ("string",)), "Ada", False),
        (ListFilter("labels", "is", ("object",)), "new,bug", False),
        (ListFilter("labels", "is", ("object",)), "new", False),
        (ListFilter("at", "gte", ("string",)), "2024-02-10T08:30:00Z", False),
        (ListFilter("at", "gte", ("string",)), "2024-02-10T09:00:00.000+01:00", True),
        (ListFilter("at", "lt", ("string",)), "2024-02-10T08:00:00.5Z", True),
        (ListFilter("at", "is", ("string",)), "2024-02-10t08:00:00z", True),
        (ListFilter("at", "gte", ("string",)), "2024-02-10", True),
        (ListFilter("at", "lt", ("string",)), "2024-02-10T99:00:00Z", True),
        (ListFilter("at", "gt", ("string",)), "0001-01-01T00:00:00+09:00", True),
        (ListFilter("name", "not", ("string",)), "Bob,Ada", False),
        (ListFilter("name", "like", ("string",)), "ad", True),
        (ListFilter("part.city", "is", ("string",)), "Kiel", True),
        (ListFilter("part", "is", ("object",)), {"city": "Bonn"}, False),
        (ListFilter("qty", "is", ("integer",)), {"gte": 5, "lt": 6}, True),
        (ListFilter("qty", "gt", ("integer",)), 5, False),
        (ListFilter("*", "like", ()), "kie", True),
        (ListFilter("*", "like", ()), "bonn", False),
        (ListFilter("*", "like", ()), "city:Bonn", True),
        (ListFilter("none", "lt", ("integer",)), 5, False),
        (ListFilter("name", "is", ("string",), frozenset({"all"})), "all", True),
    ],
)
def test_a_condition_lets_through_what_is_meant(narrowing: ListFilter, given: Any, *, passes: bool) -> None:
    assert all(condition.passes(THING) for condition in conditions(narrowing, given)) is passes


def test_what_has_no_value_comes_last_whichever_way() -> None:
    things: list[tuple[int, dict[str, Any]]] = [(n, {"a": a}) for n, a in enumerate((2, None, 1))]
    assert [number for number, _ in sorted_by(things, [("a", False)])] == [2, 0, 1]
    assert [number for number, _ in sorted_by(things, [("a", True)])] == [0, 2, 1]
    assert value_at(THING, "qty.part") is None


def test_moments_are_ordered_as_they_follow_each_other() -> None:
    moments = (
        "2024-01-01T10:00:00+05:00",
        "2024-01-01T06:00:00.5Z",
        "2024-01-01T06:00:00Z",
        "2024-01-01T09:59:00+05:00",
    )
    things = [(number, {"a": moment}) for number, moment in enumerate(moments)]
    assert [number for number, _ in sorted_by(things, [("a", False)])] == [3, 0, 2, 1]
