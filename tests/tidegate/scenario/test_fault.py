"""A kind of fault registers itself by being defined, once under its name."""

from typing import Any, Literal

import pytest

from tidegate.scenario.fault import Fault, Span


@pytest.mark.parametrize(
    ("written", "end_s"),
    [({}, None), ({"from": "5s", "until": "7s"}, 7.0), ({"from": "5s", "for": "3s"}, 8.0), ({"for": "3s"}, 3.0)],
)
def test_a_span_ends_at_a_time_or_after_a_length_or_never(written: dict[str, Any], end_s: float | None) -> None:
    assert Span.model_validate(written).end_s == end_s


def test_a_class_with_a_kind_is_known_once_it_is_defined(kinds: dict[str, type[Fault]]) -> None:
    class Eclipse(Fault):
        kind: Literal["eclipse"] = "eclipse"

    assert kinds["eclipse"] is Eclipse


def test_a_class_without_a_kind_of_its_own_is_none(kinds: dict[str, type[Fault]]) -> None:
    before = dict(kinds)

    class Celestial(Fault):
        degrees: int = 0

    assert Celestial.__name__
    assert kinds == before


def test_two_kinds_of_one_name_are_a_mistake(kinds: dict[str, type[Fault]]) -> None:
    def again() -> None:
        class Comet(Fault):
            kind: Literal["comet"] = "comet"

    again()
    with pytest.raises(TypeError, match="two kinds of fault are called 'comet'"):
        again()
    assert "comet" in kinds


def test_a_fault_that_says_nothing_else_does_no_harm_to_the_judge() -> None:
    nothing = Fault(kind="nothing")
    assert (nothing.harmful, nothing.outage, nothing.calls_hit, nothing.commit_delay_s) == (False, False, 0.0, 0.0)
