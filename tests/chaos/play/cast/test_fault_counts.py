"""What a fault met and hit is counted at every vendor that it happens to."""

from types import SimpleNamespace
from typing import Any

from tests.chaos.kiosk import scenario
from tidegate.chaos.play.cast.fault_counts import fault_counts
from tidegate.scenario.fault_count import FaultCount


def vendor(name: str, *counts: tuple[int, int]) -> Any:
    described = [{"matched": met, "fired": hit} for met, hit in counts]
    return SimpleNamespace(vendor=name, faults=SimpleNamespace(described=lambda: described))


def test_counts_are_added_up_and_a_fault_of_one_vendor_is_counted_there_alone() -> None:
    given = scenario(
        faults=[
            {"kind": "latency", "delay": "1s"},
            {"kind": "error", "vendor": "west"},
            {"kind": "crash"},
            {"kind": "outage"},
        ]
    )
    vendors = [vendor("east", (3, 1), (9, 9)), vendor("west", (4, 2), (5, 0), (9, 9))]
    trouble: Any = SimpleNamespace(hits_of=lambda _: (7, 1))
    assert fault_counts(given, vendors, trouble) == [FaultCount(7, 3), FaultCount(5, 0), FaultCount(7, 1), None]
