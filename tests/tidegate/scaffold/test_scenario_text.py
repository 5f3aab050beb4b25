"""The scenario is one that is read, aimed at the writes that are used."""

from pathlib import Path

from tests.tidegate.scaffold.conftest import PARCELS, shapes_of
from tidegate.scaffold.new_vendor import NewVendor
from tidegate.scaffold.scenario_text import scenario_text
from tidegate.scenario.scenario import load_scenario


def test_it_is_read_and_aimed_at_writes(parcels: NewVendor) -> None:
    scenario = load_scenario(parcels.folder / "scenario.yaml")
    [aimed] = [fault.aimed_operations for fault in scenario.faults if fault.aimed_operations]
    assert aimed == ("SendParcel", "ChangeParcel", "DropParcel")
    assert any(fault.outage for fault in scenario.faults)


def test_without_writes_it_is_aimed_at_nothing(tmp_path: Path) -> None:
    document, shapes = shapes_of(PARCELS)
    file = tmp_path / "s.yaml"
    file.write_text(scenario_text("parcels", [shapes.of(document.operations["ListDepots"])]))
    assert [fault.aimed_operations for fault in load_scenario(file).faults if fault.aimed_operations] == []
