"""The resources that the programs of a run hold at one moment, as the kernel and the admin port count them.

It reads /proc (proc_pid_fd(5), proc_pid_statm(5)) and `GET /state`. It judges nothing.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from tidegate.loadtests.bench.processor_time import resident_bytes
from tidegate.loadtests.programs import RunError, fetch


@dataclass(frozen=True, slots=True)
class HeldResources:
    """Counts of the proxy and of the simulators (`vendor_…`). `connections` are the proxy's to the vendor."""

    in_flight: int
    queued: int
    connections: int
    tasks: int
    threads: int
    descriptors: int
    memory_bytes: int
    vendor_descriptors: int
    vendor_memory_bytes: int
    vendors: int = 1

    def document(self) -> dict[str, int]:
        """As data."""
        return asdict(self)


def held(admin_port: int, proxy_pid: int, simulators: Mapping[str, int]) -> HeldResources:
    """What they hold now, all vendors together; `simulators` are process ids. Raises RunError where nobody says."""
    status, body = fetch(admin_port, "/state")
    if status != 200:
        raise RunError(f"the proxy's state answered {status}")
    state = json.loads(body)
    ours = [state["vendors"][name] for name in simulators]
    return HeldResources(
        in_flight=state["in_flight"],
        queued=sum(one["queued"] for one in ours),
        connections=sum(one["connections"] for one in ours),
        tasks=state["tasks"],
        threads=entries(proxy_pid, "task"),
        descriptors=entries(proxy_pid, "fd"),
        memory_bytes=resident_bytes(proxy_pid),
        vendor_descriptors=sum(entries(pid, "fd") for pid in simulators.values()),
        vendor_memory_bytes=sum(resident_bytes(pid) for pid in simulators.values()),
        vendors=len(simulators),
    )


def entries(pid: int, what: Literal["fd", "task"]) -> int:
    """Open descriptors, or threads, of a process."""
    return sum(1 for _ in Path(f"/proc/{pid}/{what}").iterdir())
