"""The resources that two programs hold at one moment, as the kernel and the admin port count them.

It reads /proc (proc_pid_fd(5), proc_pid_statm(5)) and `GET /state`. It judges nothing.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from tidegate.loadtests.bench.processor_time import resident_bytes
from tidegate.loadtests.programs import RunError, fetch


@dataclass(frozen=True, slots=True)
class HeldResources:
    """Counts of the proxy and of the simulator (`vendor_…`). `connections` are the proxy's to the vendor."""

    in_flight: int
    queued: int
    connections: int
    tasks: int
    threads: int
    descriptors: int
    memory_bytes: int
    vendor_descriptors: int
    vendor_memory_bytes: int

    def document(self) -> dict[str, int]:
        """As data."""
        return asdict(self)


def held(admin_port: int, vendor: str, proxy_pid: int, simulator_pid: int) -> HeldResources:
    """What the two hold now. Raises RunError where the proxy does not say."""
    status, body = fetch(admin_port, "/state")
    if status != 200:
        raise RunError(f"the proxy's state answered {status}")
    state = json.loads(body)
    ours = state["vendors"][vendor]
    return HeldResources(
        in_flight=state["in_flight"],
        queued=ours["queued"],
        connections=ours["connections"],
        tasks=state["tasks"],
        threads=entries(proxy_pid, "task"),
        descriptors=entries(proxy_pid, "fd"),
        memory_bytes=resident_bytes(proxy_pid),
        vendor_descriptors=entries(simulator_pid, "fd"),
        vendor_memory_bytes=resident_bytes(simulator_pid),
    )


def entries(pid: int, what: Literal["fd", "task"]) -> int:
    """Open descriptors, or threads, of a process."""
    return sum(1 for _ in Path(f"/proc/{pid}/{what}").iterdir())
