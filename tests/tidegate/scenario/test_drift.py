"""A drift says what changes into what, or is refused with its cure."""

from typing import Any, get_args

import pytest

from tidegate.scenario.drift import Change, Drift, Lie
from tidegate.scenario.scenario import parse_faults


@pytest.mark.parametrize(
    ("drift", "says"),
    [
        ({"change": "removed", "to": "x"}, "`to` has no meaning for `change: removed`"),
        ({"change": "renamed", "to": 5}, "`to: 5` does not fit `change: renamed`; write the new name"),
        ({"change": "status"}, "needs `to`: the status that comes instead"),
        ({"change": "status", "to": "202"}, "write a status, like 202"),
        ({"change": "status", "to": True}, "write a status, like 202"),
        ({"change": "scaled", "by": 0}, "greater than 0"),
        ({"change": "header", "pointer": "/a"}, "`pointer` has no meaning for `change: header`"),
        ({"change": "status", "to": 202, "of": "webhooks"}, "is of an answer; a webhook has none"),
        ({"change": "removed", "pointer": "amount"}, "should match pattern"),
        ({"change": "removed", "header": "X"}, "`header` has no meaning"),
        ({"change": "enum", "sunset": "1d"}, "`sunset` has no meaning"),
        ({"change": "vanished"}, "'removed', 'renamed'"),
        ({}, "change: this key is missing"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_cure(drift: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=r".+") as refused:
        parse_faults({"kind": "drift", **drift})
    assert says in str(refused.value)


@pytest.mark.parametrize("to", ["x", 5, 1.5, True, {"a": 1}, [1]])
def test_any_value_may_be_added(to: Any) -> None:
    [drift] = parse_faults({"kind": "drift", "change": "added", "pointer": "/x", "to": to})
    assert isinstance(drift, Drift)
    assert drift.to == to


def test_there_are_at_least_twelve_kinds_of_drift() -> None:
    assert len(get_args(Change)) >= 12


def test_a_lie_has_a_share() -> None:
    assert Lie(about="limits").factor == 0.5
    [lie] = parse_faults({"kind": "lie", "about": "retry_after", "factor": "200%"})
    assert isinstance(lie, Lie)
    assert lie.factor == 2.0
    with pytest.raises(ValueError, match="not a share"):
        parse_faults({"kind": "lie", "about": "limits", "factor": 0.5})
