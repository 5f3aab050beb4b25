"""Whether what a scenario names is there: a fault that is aimed at a name that nothing has would never happen.

Nor would one whose time is not in the run.

Pure: the names are given by whoever has a document.
"""

from collections.abc import Collection, Iterable, Mapping
from fnmatch import fnmatchcase

from tidegate.configfile.units import written_duration
from tidegate.configfile.wording import nearest
from tidegate.scenario.check import Check
from tidegate.scenario.fault import Fault
from tidegate.scenario.load import GivenRequest, Load
from tidegate.scenario.scenario import Scenario


def misaimed(faults: Iterable[Fault], operations: Collection[str]) -> list[str]:
    """A sentence for each pattern of `operations` that fits no operation, with the nearest name."""
    return [
        f"fault {number} ({fault.kind}): no operation is called {pattern}{nearest(pattern, operations)}"
        for number, fault in enumerate(faults, 1)
        for pattern in fault.aimed_operations
        if not any(fnmatchcase(operation, pattern) for operation in operations)
    ]


def late(scenario: Scenario) -> list[str]:
    """A sentence for each fault that begins when the run is over."""
    end = written_duration(scenario.seconds)
    return [
        f"fault {number} ({fault.kind}) never happens: it begins at {written_duration(fault.begin)}, "
        f"and the run ends at {end}"
        for number, fault in enumerate(scenario.faults, 1)
        if fault.begin >= scenario.seconds
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


def unmade(requests: Mapping[str, GivenRequest], operations: Mapping[str, Collection[str]]) -> list[str]:
    """A sentence for each name in a scenario's requests that nothing has: an operation, or a parameter of its path.

    `operations` are the names in the path of each. Nothing of the kind is sent, so nobody else would say so.
    """
    sentences = []
    for name, made in requests.items():
        if made.operation not in operations:
            near = nearest(made.operation, operations)
            sentences.append(f"request {name}: no operation is called {made.operation}{near}")
            continue
        known = operations[made.operation]
        sentences += [
            f"request {name}: the path of {made.operation} has no {parameter}{nearest(parameter, known)}"
            for parameter in made.path
            if parameter not in known
        ]
    return sentences


def misnamed(checks: Iterable[Check], operations: Collection[str], vendors: Collection[str]) -> list[str]:
    """A sentence for each name of a vendor or an operation that a check is about, and that nothing has."""
    return [
        f"check {number}: no {what} is called {pattern}{nearest(pattern, known)}"
        for number, check in enumerate(checks, 1)
        for what, patterns, known in (
            ("vendor of this run", (check.vendor,), vendors), ("operation", check.operations, operations),
        )
        for pattern in patterns
        if not any(fnmatchcase(one, pattern) for one in known)
    ]  # fmt: skip


def unowned(loads: Iterable[Load], vendors: Collection[str]) -> list[str]:
    """A sentence for each load that is asked of a vendor of another run, with the nearest name."""
    return [
        f"load {number}: no vendor of this run is called {load.vendor}"
        + (nearest(load.vendor, vendors) or f"; they are {', '.join(vendors)}")
        for number, load in enumerate(loads, 1)
        if load.vendor and load.vendor not in vendors
    ]
