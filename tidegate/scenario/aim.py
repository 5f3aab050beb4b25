"""Whether what a scenario names is there: a fault that is aimed at a name that nothing has would never happen.

Pure: the names are given by whoever has a document.
"""

from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase

from tidegate.configfile.wording import nearest
from tidegate.scenario.fault import Fault
from tidegate.scenario.load import GivenRequest


def misaimed(faults: Iterable[Fault], operations: Collection[str]) -> list[str]:
    """A sentence for each pattern of `operations` that fits no operation, with the nearest name."""
    return [
        f"fault {number} ({fault.kind}): no operation is called {pattern}{nearest(pattern, operations)}"
        for number, fault in enumerate(faults, 1)
        for pattern in fault.aimed_operations
        if not any(fnmatchcase(operation, pattern) for operation in operations)
    ]


def strangers(faults: Iterable[Fault], vendors: Collection[str]) -> list[str]:
    """A sentence for each fault that happens to a vendor of another run alone, with the nearest name."""
    return [
        f"fault {number} ({fault.kind}): no vendor of this run is called {fault.of_vendor}"
        + (nearest(fault.of_vendor, vendors) or f"; they are {', '.join(vendors)}")
        for number, fault in enumerate(faults, 1)
        if fault.of_vendor and fault.of_vendor not in vendors
    ]


def aimless(faults: Iterable[Fault], operations: Collection[str], vendors: Collection[str]) -> list[str]:
    """A sentence for each name of a vendor or an operation that faults are aimed at, and that is not there."""
    known = [*faults]
    return [*strangers(known, vendors), *misaimed(known, operations)]


def unmade(requests: Mapping[str, GivenRequest], operations: Collection[str]) -> list[str]:
    """A sentence for each of a scenario's requests whose operation nothing has, with the nearest name."""
    return [
        f"request {name}: no operation is called {made.operation}{nearest(made.operation, operations)}"
        for name, made in requests.items()
        if made.operation not in operations
    ]
