"""A fault around the vendor hits events or lasts, and says what it does."""

import pytest

from tests.chaos.trouble.setting import Surroundings
from tidegate.chaos.trouble.surrounding_fault import EventFault, LastingFault, SurroundingFault
from tidegate.scenario.fault_kinds import known_kinds


def test_each_kind_hits_events_or_lasts() -> None:
    sorts = {name: issubclass(kind, EventFault) for name, kind in known_kinds(SurroundingFault).items()}
    events, lasting = (
        ("crash", "cut", "failover"),
        ("black_hole", "wire", "disk", "disk_full", "skew", "odd", "app_away"),
    )
    assert sorts == dict.fromkeys(events, True) | dict.fromkeys(lasting, False)


def test_a_kind_must_say_what_it_does() -> None:
    with pytest.raises(NotImplementedError):
        EventFault(kind="nothing").strike(Surroundings())
    with pytest.raises(NotImplementedError):
        LastingFault(kind="nothing").shift(Surroundings(), 1)
