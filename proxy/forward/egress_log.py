"""Decisions on where apps may go, counted, and written down where they refuse, or where only the warn mode does not.

Labels are of closed lists; the hosts that strangers name stand in the log alone, and there not more often than a person
can read.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Literal

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from tidegate.proxy.policies.destinations.destination import Destination
from tidegate.proxy.policies.destinations.host_rules import HostDecision
from tidegate.proxy.telemetry.metric_family import Labels, counter, gauge
from tidegate.proxy.telemetry.telemetry import Noted
from tidegate.proxy.wire.egress import AddressDecision
from tidegate.world.world import World

Way = Literal["absolute", "opened", "tunnel"]
"""A request in absolute form, a request inside an opened tunnel, or a tunnel whose content nobody reads."""

NOTES_A_SECOND = 10
"""So many lines about decisions are written in a second; the others are counted alone."""


class EgressLog(Collector):
    """The counts of one proxy."""

    def __init__(self, world: World, note: Noted, on_address: Callable[[AddressDecision], object] = repr) -> None:
        self.on_address = on_address
        """Is told of decisions on addresses."""
        self.decisions: Counter[Labels] = Counter()
        """(way, result, reason) → how often."""
        self.tunnels: Counter[Labels] = Counter()
        """(kind, why it ended) → how often."""
        self.bytes: Counter[Labels] = Counter()
        """Direction → bytes that tunnels carried."""
        self.handshakes: Counter[Labels] = Counter()
        """`done` or `failed` → handshakes of apps."""
        self.tunnels_open: Callable[[], int] = int
        """How many tunnels are open."""
        self._world = world
        self._note = note
        self._second, self._notes = 0.0, 0

    def decided(self, way: Way, app: str, to: Destination, decision: HostDecision) -> None:
        """Count a decision; write it down where it refuses, or would."""
        result = "warned" if decision.warned else "denied" if decision.refused else decision.action
        self.decisions[way, result, decision.reason] += 1
        if decision.warned or decision.refused:
            self.write(f"egress {result}", way=way, app=app, to=to.authority, because=str(decision))

    def denied(self, way: Way, app: str, to: str, reason: str, because: str) -> None:
        """The same for what was refused before, or after, the rules were asked. `reason` is of a closed list."""
        self.decisions[way, "denied", reason] += 1
        self.write("egress denied", way=way, app=app, to=to[:300], because=because)

    def write(self, text: str, **facts: str | float) -> None:
        """Write a line, unless too many were written in this second."""
        now = self._world.now()
        if now - self._second >= 1.0:
            self._second, self._notes = now, 0
        self._notes += 1
        if self._notes <= NOTES_A_SECOND:
            self._note(text, self._world.wall(), **facts)

    def describe(self) -> list[Metric]:
        """Nothing: so that registering does not collect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        yield counter(
            "tidegate_egress_decisions", "Where apps may go, decided", ("way", "result", "reason"), self.decisions
        )
        yield counter("tidegate_tunnels", "Tunnels that ended", ("kind", "ended_by"), self.tunnels)
        yield gauge("tidegate_tunnels_open", "Tunnels that are open", (), {(): self.tunnels_open()})
        yield counter("tidegate_tunnel_bytes", "Bytes that tunnels carried", ("direction",), self.bytes)
        yield counter("tidegate_tunnel_handshakes", "TLS handshakes of apps", ("result",), self.handshakes)
