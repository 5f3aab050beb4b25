"""Tests of tidegate.simulator.control.control_target."""

from typing_extensions import get_protocol_members

from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.control.control_target import ControlTarget


def test_a_simulator_has_every_member() -> None:
    assert get_protocol_members(ControlTarget) - {"vendor", "seed", "port", "redactor"} <= {*dir(SimulatorServer)}
