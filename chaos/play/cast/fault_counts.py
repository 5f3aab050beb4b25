"""What each fault of a scenario met and hit, at all vendors together."""

from collections.abc import Sequence

from tidegate.chaos.timeline.surroundings import Surroundings
from tidegate.chaos.trouble.surrounding_fault import SurroundingFault
from tidegate.scenario.fault_count import FaultCount
from tidegate.scenario.scenario import Scenario
from tidegate.simulator.app import SimulatorServer


def fault_counts(
    scenario: Scenario, vendors: Sequence[SimulatorServer], trouble: Surroundings
) -> list[FaultCount | None]:
    """A count for each fault, in the scenario's order; None where it hits no single targets.

    Each vendor has the scenario's faults armed that are its own, in their order.
    """
    armed = {vendor.vendor: iter(vendor.faults.described()) for vendor in vendors}
    counts: list[FaultCount | None] = []
    for fault in scenario.faults:
        if isinstance(fault, SurroundingFault):
            hits = trouble.hits_of(fault)
            counts.append(FaultCount(*hits) if hits is not None else None)
            continue
        described = [next(own) for name, own in armed.items() if fault.of_vendor in ("", name)]
        met, hit = (sum(one[key] for one in described) for key in ("matched", "fired"))
        counts.append(None if fault.outage else FaultCount(met, hit))
    return counts
