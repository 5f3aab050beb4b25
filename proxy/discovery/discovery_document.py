"""What was discovered, as JSON: for the admin port, and for who writes vendor files of it.

Two halves: `document_of` makes it of a catalog, `DiscoveredHost.read` reads it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tidegate.proxy.discovery.host_catalog import HostCatalog, status_of
from tidegate.proxy.discovery.operation_record import OperationRecord, record_from
from tidegate.proxy.discovery.path_templates import FoundOperation

UNSAFE_SHOWN_MAX = 1000


def overview_of(catalog: HostCatalog, dropped: int) -> dict[str, object]:
    """What was seen in all, and the hosts."""
    hosts = [
        {
            "host": name,
            "vendor": host.vendor,
            "calls": host.calls,
            "tunnels": host.tunnels,
            "unsafe": host.repeats["unsafe retry"],
            "repeats": host.repeats["repeat"],
        }
        for name, host in catalog.hosts.items()
    ]
    unsafe = [
        {"host": one.host, "app": one.app, "method": one.method, "path": one.path, "at": round(one.at, 3)}
        for one in catalog.unsafe
    ]
    return {**status_of(catalog), "dropped": dropped, "hosts_seen": hosts, "unsafe_retries": unsafe}


def document_of(catalog: HostCatalog, name: str) -> dict[str, object]:
    """One host with its operations."""
    host = catalog.hosts[name]
    return {
        "host": name,
        "scheme": host.scheme,
        "vendor": host.vendor,
        "calls": host.calls,
        "tunnels": host.tunnels,
        "unkept": host.tree.unkept,
        "retries": dict(host.repeats),
        "limits": dict(host.limits),
        "retry_after": dict(host.retry_after),
        "operations": [
            {"method": one.method, "template": one.template, "kinds": [list(kinds) for kinds in one.kinds],
             **one.record.document()}
            for one in catalog.operations(name)
        ],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class DiscoveredHost:
    """One host as it was discovered."""

    host: str
    scheme: str
    calls: int
    limits: Mapping[str, str]
    retry_after: Mapping[str, int]
    retries: Mapping[str, int]
    operations: Sequence[FoundOperation]

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> "DiscoveredHost":
        """The host that a document is of."""
        operations = [
            FoundOperation(
                str(one["method"]),
                str(one["template"]),
                tuple(tuple(map(str, kinds)) for kinds in one["kinds"]),
                record_from(one),
            )
            for one in document["operations"]
        ]
        return cls(
            str(document["host"]), str(document["scheme"]), int(document["calls"]), dict(document["limits"]),
            dict(document["retry_after"]), dict(document["retries"]), operations,
        )  # fmt: skip

    def total(self) -> OperationRecord:
        """All operations as one."""
        total = OperationRecord()
        for one in self.operations:
            total.join(one.record)
        return total
