"""Figures about calls, kept as plain numbers and shown to Prometheus when it asks.

Labels are operation ids, never paths; they come from configuration and the problem table, so there are not many.
The counts are plain dictionaries that one thread writes: a Prometheus child costs ten times as much for each call.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.store.store_health import StoreHealth
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics
from tidegate.proxy.telemetry.metric_family import Labels, counter, gauge

BOUNDS_S = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)
"""OpenTelemetry's advice for http.client.request.duration (HTTP semantic conventions, metrics)."""

BREAKER_STATES = {"closed": 0, "half-open": 1, "open": 2, "forced closed": 0, "forced open": 2}

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class VendorState:
    """The state of a vendor's policies at this moment. Documents are JSON-able; a breaker's has its `state`."""

    breakers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    """Limit → share in use, 0…1."""
    queued: int = 0
    connections: int = 0
    would_refuse: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(rule, reason) → what rules in report mode let pass."""
    quota_alerts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(quota, share) → how often that share was reached."""
    ending: Mapping[str, float | None] = field(default_factory=dict)
    """Operation that the vendor has said to end → days left, None where no date was named."""
    credentials: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """The members of a pool of credentials, by name."""
    worn: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """(credential, verdict) → attempts."""
    file: Mapping[str, object] = field(default_factory=dict)
    """The vendor file that is in force, and why the one on disk is not, if it is not."""


@dataclass(frozen=True, slots=True)
class VendorServer:
    """The server of a vendor, as `server.address` and `server.port` name it, and the start of its URLs."""

    address: str
    port: int
    url: str = ""


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


class _Histogram:
    __slots__ = ("counts", "sum_s")

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS_S) + 1)
        self.sum_s = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(BOUNDS_S, seconds)] += 1
        self.sum_s += seconds

    def buckets(self) -> list[tuple[str, float]]:
        total, cumulated = 0, []
        for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), self.counts, strict=True):
            total += count
            cumulated.append((bound, float(total)))
        return cumulated


class Metrics(Collector):
    """The counts of one proxy. `servers` maps vendors to their servers; `state` is called at each scrape."""

    def __init__(
        self,
        servers: dict[str, VendorServer],
        state: Callable[[], Mapping[str, VendorState]] = dict,
        store: StoreHealth | None = None,
    ) -> None:
        self.lines_dropped = 0
        """Log lines that could not be written safely, or in time."""
        self.state = state
        self._store = store or StoreHealth()
        self.registry = CollectorRegistry()
        self.registry.register(self)
        self.servers = servers
        """Changed by a reload."""
        self.reload_failed: dict[Labels, int] = {}
        """Vendor → 1 where the file on disk was refused, so that an older one is in force."""
        self.reloads: defaultdict[Labels, int] = defaultdict(int)
        """Vendor and result → how often."""
        self.means: ProcessMeans | None = None
        self.deliveries = DeliveryMetrics()
        self.residency: Mapping[Labels, int] = {}
        """Way out, receiver, rule and fate → how often residency decided so."""
        self.ports: dict[str, PortConnections] = {}
        """`gateway`, `admin`."""
        self.addresses: defaultdict[Labels, int] = defaultdict(int)
        """Vendor (empty for others), result and kind of address → how often it was decided so."""
        self._calls: defaultdict[Labels, int] = defaultdict(int)
        self._attempts: defaultdict[Labels, int] = defaultdict(int)
        self._refusals: defaultdict[Labels, int] = defaultdict(int)
        self._outcomes: defaultdict[Labels, int] = defaultdict(int)
        self._cached: defaultdict[Labels, int] = defaultdict(int)
        self._repeats: defaultdict[Labels, int] = defaultdict(int)
        self.lag = _Histogram()
        """Lateness of the loop at its timers: time that calls spend before anything is done for them."""
        self._seconds: defaultdict[Labels, _Histogram] = defaultdict(_Histogram)
        self._requests: defaultdict[Labels, _Histogram] = defaultdict(_Histogram)

    def count(self, finished: FinishedCall) -> None:
        """Count a call that has ended."""
        vendor, operation = finished.plan.vendor, finished.plan.operation
        self._calls[vendor, operation, finished.app, finished.verdict] += 1
        self._seconds[vendor, operation].observe(finished.took_s)
        if finished.problem is not None:
            self._refusals[vendor, finished.problem.name] += 1
        if finished.writes:
            self._outcomes[vendor, finished.outcome] += 1
        if finished.cache:
            self._cached[vendor, operation, finished.cache] += 1
        if finished.repeats:
            self._repeats[vendor, operation] += 1
        for attempt in finished.attempts:
            self._attempts[vendor, operation, attempt.verdict] += 1
            self._requests[vendor, finished.plan.method, str(attempt.status or ""), error_type(attempt)].observe(
                attempt.ended - attempt.began
            )

    def refused(self, vendor: str, problem: str) -> None:
        """Count a request that never became a call."""
        self._refusals[vendor, problem] += 1

    def render(self) -> bytes:
        """Everything, as the Prometheus text format."""
        return generate_latest(self.registry)

    def describe(self) -> list[Metric]:
        """Nothing: so that registering does not collect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        yield counter("tidegate_calls", "Calls that ended", ("vendor", "operation", "app", "verdict"), self._calls)
        yield counter("tidegate_attempts", "Exchanges with vendors", ("vendor", "operation", "verdict"), self._attempts)
        yield counter("tidegate_refusals", "Requests that Tidegate refused", ("vendor", "problem"), self._refusals)
        yield counter(
            "tidegate_egress_addresses",
            "Addresses refused, or not public",
            ("vendor", "result", "kind"),
            self.addresses,
        )
        yield counter("tidegate_outcomes", "What became of writes", ("vendor", "outcome"), self._outcomes)
        yield counter("tidegate_reloads", "Vendor files read anew", ("vendor", "result"), self.reloads)
        yield gauge(
            "tidegate_reload_failed", "1 where the vendor file on disk was refused", ("vendor",), self.reload_failed
        )
        yield counter("tidegate_cached", "What became of cached reads", ("vendor", "operation", "result"), self._cached)
        yield counter(
            "tidegate_repeats", "Calls that an app sent again by itself", ("vendor", "operation"), self._repeats
        )
        yield _histogram("tidegate_loop_lag_seconds", "How late the event loop runs", (), {(): self.lag})
        yield counter("tidegate_log_lines_dropped", "Log lines not written", (), {(): self.lines_dropped})
        yield _histogram(
            "tidegate_call_seconds", "Calls, from arrival to answer", ("vendor", "operation"), self._seconds
        )
        yield counter(
            "tidegate_store_errors", "What our own store could not do", ("trouble",),
            {(trouble,): count for trouble, count in self._store.errors.items()},
        )  # fmt: skip
        yield gauge("tidegate_store_ready", "0 while no keyed write can be recorded", (), {(): not self._store.trouble})
        ways = ("way", "receiver", "rule", "fate")
        yield counter("tidegate_residency", "What may leave, as it was decided", ways, self.residency)
        yield from self.deliveries.collect()
        yield self._request_duration()
        yield from self._process()
        state = self.state()
        yield from _gauges(state)
        passed, reached = _by_vendor(state, "would_refuse"), _by_vendor(state, "quota_alerts")
        yield counter("tidegate_would_refuse", "Calls let pass in report mode", ("vendor", "rule", "reason"), passed)
        yield counter("tidegate_quota_alerts", "Shares of a quota reached", ("vendor", "limit", "share"), reached)

    def _process(self) -> Iterator[Metric]:
        """The process itself: the connections of apps, and what it lacks."""
        if self.means is not None:
            wanting: dict[Labels, float] = {(): float(bool(self.means.trouble))}
            yield gauge("tidegate_out_of_means", "1 while descriptors, memory or ports are lacking", (), wanting)
            yield counter("tidegate_wants", "Connections not made for want of those", (), {(): self.means.wants})
        open_now: dict[Labels, float] = {(port,): len(connections) for port, connections in self.ports.items()}
        yield gauge("tidegate_app_connections", "Connections of apps", ("port",), open_now)
        closed: dict[Labels, int] = {(port, why): n for port, of in self.ports.items() for why, n in of.closed.items()}
        yield counter("tidegate_app_connections_closed", "Connections closed or not taken", ("port", "why"), closed)

    def _request_duration(self) -> Metric:
        """`http.client.request.duration` of the OpenTelemetry conventions, under the name that Prometheus gives it."""
        names = (
            "server_address", "server_port", "http_request_method", "http_response_status_code", "error_type"
        )  # fmt: skip
        by_server = {}
        for (vendor, *rest), histogram in self._requests.items():
            server = self.servers.get(vendor, VendorServer(vendor, 0))
            by_server[server.address, str(server.port), *rest] = histogram
        return _histogram("http_client_request_duration_seconds", "Attempts", names, by_server)


def error_type(attempt: Attempt) -> str:
    """`error.type` of the conventions: an error answer's status, or our error's name; empty where all is well."""
    if attempt.status >= 400:
        return str(attempt.status)
    return attempt.error


def _histogram(name: str, text: str, labels: Labels, histograms: Mapping[Labels, _Histogram]) -> Metric:
    family = HistogramMetricFamily(name, text, labels=labels)
    for values, histogram in histograms.items():
        family.add_metric(values, histogram.buckets(), histogram.sum_s)
    return family


def _by_vendor(state: Mapping[str, VendorState], name: str) -> dict[Labels, int]:
    return {(vendor, *labels): count for vendor, now in state.items() for labels, count in getattr(now, name).items()}


def _gauges(state: Mapping[str, VendorState]) -> Iterator[Metric]:
    used = GaugeMetricFamily("tidegate_limit_used_ratio", "Share of a limit in use", labels=("vendor", "limit"))
    breaker = GaugeMetricFamily("tidegate_breaker_state", "0 closed, 1 half-open, 2 open", labels=("vendor", "group"))
    ends = ("vendor", "operation")
    deprecated = GaugeMetricFamily("tidegate_deprecated", "1 where the vendor has said that it ends", labels=ends)
    sunset = GaugeMetricFamily("tidegate_sunset_days", "Days until the vendor ends an operation", labels=ends)
    worn = ("vendor", "credential")
    aside = GaugeMetricFamily("tidegate_credential_aside", "1 while a pool's credential is set aside", labels=worn)
    depth = GaugeMetricFamily("tidegate_queue_depth", "Calls that wait for a permit", labels=("vendor",))
    connections = GaugeMetricFamily("tidegate_connections", "Connections to a vendor", labels=("vendor",))
    for vendor, now in state.items():
        for limit, share in now.limits.items():
            used.add_metric((vendor, limit), share)
        for group, document in now.breakers.items():
            breaker.add_metric((vendor, group), BREAKER_STATES.get(str(document.get("state")), 2))
        for operation, days in now.ending.items():
            deprecated.add_metric((vendor, operation), 1)
            if days is not None:
                sunset.add_metric((vendor, operation), days)
        for name, credential in now.credentials.items():
            aside.add_metric((vendor, name), float(credential["standing"] != "in force"))
        depth.add_metric((vendor,), now.queued)
        connections.add_metric((vendor,), now.connections)
    attempts = _by_vendor(state, "worn")
    yield counter("tidegate_credential_attempts", "Attempts under each", (*worn, "verdict"), attempts)
    yield from (used, breaker, depth, connections, deprecated, sunset, aside)
