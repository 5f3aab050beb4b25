"""Everything that was seen, by host: operations, statuses, dialects, retries. Bounded in hosts, paths and names."""

from collections import Counter, OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from tidegate.proxy.discovery.operation_record import OperationRecord
from tidegate.proxy.discovery.path_templates import FoundOperation, found_operations, settle
from tidegate.proxy.discovery.path_tree import ANY, PathTree
from tidegate.proxy.discovery.resends import Resend, Resends
from tidegate.proxy.discovery.segment_shape import shape_of
from tidegate.proxy.discovery.sighting import Sighting

HOSTS_MAX = 256
"""So many hosts are kept; of one more only the count is."""
NODES_ALL_MAX = 32_768
"""Segments of the trees of all hosts."""
LISTED_MAX = 1000
"""So many unsafe retries are listed one by one; the others are counted with their operations."""
SETTLE_EVERY = 1024
"""A tree that is full is settled once in so many calls that found no room."""


@dataclass(frozen=True, slots=True)
class UnsafeRetry:
    """One write that may have happened twice. `path` has `{}` for ids by their shape. `at` is seconds since 1970."""

    host: str
    app: str
    method: str
    path: str
    at: float


@dataclass(slots=True)
class HostRecord:
    """One host, with its scheme."""

    scheme: str
    vendor: str
    tree: PathTree
    calls: int = 0
    tunnels: int = 0
    """Tunnels whose content nobody read."""
    repeats: Counter[str] = field(default_factory=Counter)
    limits: dict[str, str] = field(default_factory=dict)
    """Headers that tell of limits, each with a value as an example."""
    retry_after: Counter[str] = field(default_factory=Counter)
    """Status → answers with Retry-After."""
    full: int = 0


class HostCatalog:
    """See the module."""

    def __init__(self) -> None:
        self.hosts: OrderedDict[str, HostRecord] = OrderedDict()
        self.hosts_unkept = 0
        self.unsafe: deque[UnsafeRetry] = deque(maxlen=LISTED_MAX)
        self.resends = Resends()
        self.calls = 0

    @property
    def nodes(self) -> int:
        """Segments of all trees."""
        return sum(host.tree.nodes for host in self.hosts.values())

    def add(self, seen: Sighting, wall: float) -> None:
        """Count a call."""
        self.calls += 1
        host = self._host(seen)
        if host is None:
            return
        host.calls += 1
        host.vendor = host.vendor or seen.vendor
        record = self._record(host, seen)
        resend = self.resends.judge(seen)
        if record is not None:
            record.add(seen)
            record.repeats += resend == "repeat"
            record.unsafe += resend == "unsafe retry"
        self._note(host, seen, resend, wall)

    def tunnel(self, host_name: str) -> None:
        """Count a tunnel."""
        host = self._host(Sighting("", "https", host_name, "CONNECT", "", (), 0.0, 0.0, 0))
        if host is not None:
            host.tunnels += 1

    def operations(self, host_name: str) -> list[FoundOperation]:
        """The operations of a host."""
        return found_operations(self.hosts[host_name].tree.root)

    def _host(self, seen: Sighting) -> HostRecord | None:
        host = self.hosts.get(seen.host)
        if host is None:
            if len(self.hosts) >= HOSTS_MAX:
                self.hosts_unkept += 1
                return None
            host = self.hosts[seen.host] = HostRecord(seen.scheme, seen.vendor, PathTree(self._left))
        return host

    def _record(self, host: HostRecord, seen: Sighting) -> OperationRecord | None:
        tree = host.tree
        record = tree.record_of(seen)
        if record is None:
            host.full += 1
            if host.full % SETTLE_EVERY == 1:
                tree.nodes -= settle(tree.root)
                record = tree.record_of(seen)
        return record

    def _left(self) -> int:
        return NODES_ALL_MAX - self.nodes

    def _note(self, host: HostRecord, seen: Sighting, resend: Resend, wall: float) -> None:
        for name, value in seen.limits.items():
            if name in host.limits or len(host.limits) < 32:
                host.limits[name] = value
        if seen.retry_after and (str(seen.status) in host.retry_after or len(host.retry_after) < 32):
            host.retry_after[str(seen.status)] += 1
        if resend:
            host.repeats[resend] += 1
        if resend == "unsafe retry":
            self.unsafe.append(UnsafeRetry(seen.host, seen.app, seen.method, shaped(seen.path), wall))


def shaped(path: str) -> str:
    """A path with `{}` for each id that is known by its shape."""
    segments = [(segment, shape_of(segment)) for segment in path[:1024].split("/")]
    return "/".join(segment if shape.kind == "word" else ANY + shape.ending for segment, shape in segments)


def status_of(catalog: HostCatalog) -> Mapping[str, object]:
    """What was seen in all, as JSON."""
    return {
        "calls": catalog.calls,
        "hosts": len(catalog.hosts),
        "hosts_unkept": catalog.hosts_unkept,
        "segments": catalog.nodes,
        "unkept": sum(host.tree.unkept for host in catalog.hosts.values()),
        "unsafe": sum(host.repeats["unsafe retry"] for host in catalog.hosts.values()),
    }
