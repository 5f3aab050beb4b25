"""Conditions hold together, apart, not at all, or for one entry of a list."""

from tidegate.simulator.storage.filters.joined_conditions import EntryCondition, Joint, Negation, Presence
from tidegate.simulator.storage.list_conditions import Condition

ONE, TWO = Condition("a", "is", (1,)), Condition("b", "is", (2,))


def test_all_of_several_must_hold_or_any() -> None:
    assert Joint((ONE, TWO), needs_all=True).passes({"a": 1, "b": 2})
    assert not Joint((ONE, TWO), needs_all=True).passes({"a": 1})
    assert Joint((ONE, TWO), needs_all=False).passes({"a": 1})
    assert not Joint((ONE, TWO), needs_all=False).passes({})


def test_the_opposite_of_a_condition() -> None:
    assert Negation(ONE).passes({"a": 2})
    assert not Negation(ONE).passes({"a": 1})


def test_what_is_empty_is_not_there() -> None:
    assert all(Presence("a").passes({"a": value}) for value in (0, False, "x", [None]))
    assert not Presence("a").passes({})
    assert not Presence("a").passes({"a": None})
    assert not Presence("a").passes({"a": ""})
    assert not Presence("a").passes({"a": []})


def test_one_entry_of_a_list_meets_the_whole_condition() -> None:
    both = EntryCondition("list", Joint((ONE, TWO), needs_all=True))
    assert both.passes({"list": [{"a": 2}, {"a": 1, "b": 2}]})
    assert not both.passes({"list": [{"a": 1}, {"b": 2}]})
    assert not both.passes({})
    assert EntryCondition("list", Condition("", "is", ("x",))).passes({"list": ["y", "x"]})
