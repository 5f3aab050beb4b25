"""Figures of the process itself: the connections of apps, and what it lacks."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Protocol

from prometheus_client.core import Metric

from tidegate.proxy.telemetry.metric_family import Labels, counter, gauge


class PortConnections(Protocol):
    """The connections of apps to one port. See tidegate.proxy.onramp.connection_limits.ConnectionLimits."""

    closed: Counter[str]

    def __len__(self) -> int:
        """Those that are open."""
        ...


class ProcessMeans(Protocol):
    """Descriptors, memory and ports of this process. See tidegate.proxy.upstream.own_means.OwnMeans."""

    @property
    def wants(self) -> int:
        """How often something was lacking."""
        ...

    @property
    def trouble(self) -> str:
        """The want that lasts; empty where there is none."""
        ...


def process_families(means: ProcessMeans | None, ports: Mapping[str, PortConnections]) -> Iterator[Metric]:
    """Their families, for a scrape. `means` is None where nobody watches them."""
    if means is not None:
        wanting: dict[Labels, float] = {(): float(bool(means.trouble))}
        yield gauge("tidegate_out_of_means", "1 while descriptors, memory or ports are lacking", (), wanting)
        yield counter("tidegate_wants", "Connections not made for want of those", (), {(): means.wants})
    open_now: dict[Labels, float] = {(port,): len(connections) for port, connections in ports.items()}
    yield gauge("tidegate_app_connections", "Connections of apps", ("port",), open_now)
    closed: dict[Labels, int] = {(port, why): n for port, of in ports.items() for why, n in of.closed.items()}
    yield counter("tidegate_app_connections_closed", "Connections closed or not taken", ("port", "why"), closed)
