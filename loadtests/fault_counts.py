"""What the faults of a load's scenario met and hit, as the vendors' simulators have counted it."""

import json
from collections.abc import Mapping

from tidegate.loadtests.journal import Fetch
from tidegate.loadtests.load_order import LoadOrder, LoadVendor
from tidegate.loadtests.programs import RunError
from tidegate.scenario.aim import misaimed
from tidegate.scenario.fault import Fault
from tidegate.scenario.fault_count import FaultCount


def concerns(fault: Fault, vendor: LoadVendor) -> bool:
    """True where a fault is armed at this vendor: it is not another's, and some operation is one that it aims at."""
    strange = misaimed([fault], vendor.document.operations)
    return fault.of_vendor in ("", vendor.name) and len(strange) < max(1, len(fault.aimed_operations))


def fault_counts(order: LoadOrder, controls: Mapping[str, Fetch]) -> list[FaultCount | None]:
    """A count for each fault, at all its vendors together; None of an outage, which hits no single targets.

    Each simulator has the faults that concern its vendor armed, in their order, and no others. Raises RunError.
    """
    armed = {name: iter(_described(name, fetch)) for name, fetch in controls.items()}
    counts: list[FaultCount | None] = []
    for fault in order.scenario.faults:
        own = [next(armed[one.name]) for one in order.vendors if concerns(fault, one)]
        met, hit = (sum(one[key] for one in own) for key in ("matched", "fired"))
        counts.append(None if fault.outage else FaultCount(met, hit))
    return counts


def _described(name: str, fetch: Fetch) -> list[dict[str, int]]:
    status, body = fetch("/faults")
    if status != 200:
        raise RunError(f"the simulator of {name} does not tell its faults: it answered {status}")
    faults: list[dict[str, int]] = json.loads(body)["faults"]
    return faults
