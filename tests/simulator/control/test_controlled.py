"""Tests of tidegate.simulator.control.controlled."""

from typing_extensions import get_protocol_members

from tidegate.simulator.app import SimulatorServer
from tidegate.simulator.control.controlled import Controlled


def test_a_simulator_has_every_member() -> None:
    assert get_protocol_members(Controlled) - {"vendor", "seed", "port"} <= {*dir(SimulatorServer)}
