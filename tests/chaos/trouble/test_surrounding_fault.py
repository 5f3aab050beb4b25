"""A fault around the vendor hits events or lasts, and says what it does."""

from typing import Any

import pytest

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.surrounding_fault import EventFault, LastingFault, SurroundingFault
from tidegate.scenario.fault_kinds import known_kinds
from tidegate.scenario.scenario import parse_faults


def test_each_kind_hits_events_or_lasts() -> None:
    sorts = {name: issubclass(kind, EventFault) for name, kind in known_kinds(SurroundingFault).items()}
    events, lasting = (
        ("crash", "cut", "refuse", "failover"),
        ("black_hole", "wire", "disk", "disk_full", "skew", "odd", "app_away"),
    )
    assert sorts == dict.fromkeys(events, True) | dict.fromkeys(lasting, False)


def test_a_kind_must_say_what_it_does() -> None:
    with pytest.raises(NotImplementedError):
        EventFault(kind="nothing").strike(Surroundings())
    with pytest.raises(NotImplementedError):
        LastingFault(kind="nothing").shift(Surroundings(), 1)


@pytest.mark.parametrize("fault", [{"kind": "crash", "probability": "150%"}, {"kind": "cut", "probability": "101%"}])
def test_a_probability_is_a_part_of_a_whole(fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="write at most 100%"):
        parse_faults(fault, SurroundingFault)


@pytest.mark.parametrize(
    "fault", [{"kind": "wire"}, {"kind": "skew", "ahead": "1s", "behind": "1s"}, {"kind": "disk", "delay": "0s"}]
)
def test_a_fault_that_changes_nothing_is_a_mistake(fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"delays nothing|would be right|more than 0"):
        parse_faults(fault, SurroundingFault)
