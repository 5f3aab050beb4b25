"""Whether a fault's patterns fit anything: a fault that is aimed at a name that nothing has would never happen.

Pure: the names are given by whoever has a document.
"""

from collections.abc import Collection, Iterable
from fnmatch import fnmatchcase

from tidegate.configfile.wording import nearest
from tidegate.scenario.fault import Fault


def misaimed(faults: Iterable[Fault], operations: Collection[str]) -> list[str]:
    """A sentence for each pattern of `operations` that fits no operation, with the nearest name."""
    return [
        f"fault {number} ({fault.kind}): no operation is called {pattern}{nearest(pattern, operations)}"
        for number, fault in enumerate(faults, 1)
        for pattern in fault.aimed_operations
        if not any(fnmatchcase(operation, pattern) for operation in operations)
    ]
