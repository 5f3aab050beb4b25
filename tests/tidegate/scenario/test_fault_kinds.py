"""All kinds of faults are found, in the documented order, without an import of the rooms that define them."""

import subprocess
import sys
from typing import Literal

import pytest

from tidegate.chaos.trouble.surrounding_fault import SurroundingFault
from tidegate.scenario.fault import Fault
from tidegate.scenario.fault_kinds import known_kinds
from tidegate.simulator.trouble.vendor_fault import VendorFault

VENDOR_KINDS = known_kinds(VendorFault)


def test_every_kind_has_one_name() -> None:
    assert len({*VENDOR_KINDS}) == len(VENDOR_KINDS) == 21


def test_every_kind_is_the_vendors_or_around_it() -> None:
    assert [*known_kinds(Fault)] == [*VENDOR_KINDS, *known_kinds(SurroundingFault)]
    events, lasting = ["crash", "cut", "refuse", "failover"], ["black_hole", "wire", "app_away", "disk", "disk_full"]
    assert [*known_kinds(SurroundingFault)] == [*events, *lasting, "skew", "odd"]


@pytest.mark.usefixtures("kinds")
def test_a_kind_that_no_document_lists_comes_after_the_others() -> None:
    class Aurora(VendorFault):
        kind: Literal["aurora"] = "aurora"

    assert known_kinds(VendorFault) == {**VENDOR_KINDS, "aurora": Aurora}
    assert [*known_kinds(VendorFault)][-1] == "aurora"


@pytest.mark.slow
def test_the_kinds_bring_no_virtual_world_and_no_proxy_with_them() -> None:
    program = """
import sys
from tidegate.scenario.scenario import Scenario
assert "tidegate.simulator.trouble" not in sys.modules, "kinds are found when they are needed, and not before"
Scenario.model_validate({"name": "x", "faults": [{"kind": "crash"}, {"kind": "hang"}]})
print(*[name for name in sys.modules if name.startswith(("tidegate.chaos.world", "tidegate.proxy", "tidegate.cli"))])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
