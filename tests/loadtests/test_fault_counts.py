"""What the simulators counted of a scenario's faults is told fault by fault."""

import json
from pathlib import Path

import pytest

from tests.tidegate.drawing.ferries import vendor_file
from tidegate.loadtests.fault_counts import fault_counts
from tidegate.loadtests.load_order import LoadOrder, LoadVendor
from tidegate.loadtests.programs import RunError
from tidegate.scenario.fault_count import FaultCount
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.search_path import shipped_vendors
from tidegate.vendor.vendor_file import load_vendor

FAULTS = [
    {"kind": "error", "operations": ["book"]},
    {"kind": "hang", "vendor": "stripe"},
    {"kind": "reset_after"},
    {"kind": "outage", "vendor": "ferries"},
]


def answer(*counts: tuple[int, int]) -> tuple[int, bytes]:
    faults = [{"matched": met, "fired": hit} for met, hit in counts]
    return 200, json.dumps({"faults": faults}).encode()


@pytest.fixture
def order(tmp_path: Path) -> LoadOrder:
    files = (vendor_file(tmp_path), shipped_vendors()["stripe"])
    return LoadOrder(
        Scenario.model_validate({"name": "day", "faults": FAULTS}), [LoadVendor.of(load_vendor(file)) for file in files]
    )


def test_a_fault_is_counted_at_all_vendors_that_it_concerns(order: LoadOrder) -> None:
    controls = {"ferries": lambda _: answer((5, 1), (7, 2), (0, 0)), "stripe": lambda _: answer((3, 0), (4, 4))}
    assert fault_counts(order, controls) == [FaultCount(5, 1), FaultCount(3, 0), FaultCount(11, 6), None]


def test_a_simulator_that_does_not_tell_is_named(order: LoadOrder) -> None:
    with pytest.raises(RunError, match="the simulator of ferries does not tell its faults: it answered 500"):
        fault_counts(order, {"ferries": lambda _: (500, b""), "stripe": lambda _: answer()})
