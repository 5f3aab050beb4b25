"""Figures about calls, kept as plain numbers and shown to Prometheus when it asks.

Labels are operation ids, never paths; they come from configuration and the problem table, so there are not many.
The counts are plain dictionaries that one thread writes: a Prometheus child costs ten times as much for each call.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Self
from urllib.parse import urlsplit

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.store.store_health import StoreHealth
from tidegate.proxy.telemetry.delivery_metrics import DeliveryMetrics
from tidegate.proxy.telemetry.metric_family import Labels, counter, gauge, histogram
from tidegate.proxy.telemetry.overview.vendor_tally import VendorTally
from tidegate.proxy.telemetry.series.app_labels import AppLabels
from tidegate.proxy.telemetry.series.histogram import Histogram, TraceExample
from tidegate.proxy.telemetry.series.ordinary_calls import OrdinaryCalls, OrdinaryKind
from tidegate.proxy.telemetry.series.process_figures import PortConnections, ProcessMeans, process_families
from tidegate.proxy.telemetry.series.request_rows import RequestRow, RequestRows, error_type, shown_method, summed
from tidegate.proxy.telemetry.series.text_page import text_page
from tidegate.proxy.telemetry.traceparent import attempt_span_id
from tidegate.url_port import port_of

BREAKER_STATES = {"closed": 0, "half-open": 1, "open": 2, "forced closed": 0, "forced open": 2}

REQUEST_DURATION = "http_client_request_duration_seconds"
REQUEST_LABELS = (
    "server_address", "server_port", "http_request_method", "http_response_status_code", "error_type", "url_template"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VendorState:
    """The state of a vendor's policies at this moment. Documents are JSON-able; a breaker's has its `state`."""

    breakers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    limits: Mapping[str, float] = field(default_factory=dict)
    """Limit → share in use, 0…1."""
    limit_apps: Mapping[str, str] = field(default_factory=dict)
    """Limit → the app, of those that each app has for itself."""
    queued: int = 0
    connections: int = 0
    leased: int = 0
    """Of these connections, those on which an exchange is under way."""
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

    def document(self) -> dict[str, object]:
        """It as `/state` shows it."""
        document = asdict(self)
        for name in ("worn", "credentials", "limit_apps"):
            if not document[name] or name != "credentials":  # that is in the credentials, or the limits' names, too
                del document[name]
        for name in ("would_refuse", "quota_alerts"):
            document[name] = {" ".join(labels): count for labels, count in document[name].items()}
        return document


@dataclass(frozen=True, slots=True)
class VendorServer:
    """The server of a vendor, as `server.address` and `server.port` name it, and the start of its URLs."""

    address: str
    port: int
    url: str = ""

    @classmethod
    def of(cls, base_url: str) -> Self:
        """The server that a base URL leads to. Credentials in it are not shown."""
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        shown = f"[{host}]" if ":" in host else host
        explicit = f":{parts.port}" if parts.port else ""
        return cls(host, port_of(parts), f"{parts.scheme}://{shown}{explicit}{parts.path.rstrip('/')}")


REFUSED_CREDENTIAL = "credential-rejected"
"""The problem (docs/problems.md) of a call whose credential the vendor refused."""


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
        self.apps = AppLabels()
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
        self.lag = Histogram()
        """Lateness of the loop at its timers: time that calls spend before anything is done for them."""
        self._seconds: defaultdict[Labels, Histogram] = defaultdict(Histogram)
        self._requests = RequestRows()
        self.tallies: defaultdict[str, VendorTally] = defaultdict(VendorTally)
        """Vendor → what has come of its calls, in a few numbers."""
        self._ordinary = OrdinaryCalls(self._kind, self._add)

    def count(self, finished: FinishedCall) -> None:
        """Count a call that has ended."""
        if self._ordinary.count(finished):
            return
        vendor, operation = finished.plan.vendor, finished.plan.operation
        self.tallies[vendor].note(finished)
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
            self._requests[_row(finished.plan, attempt)].observe(attempt.ended - attempt.began)

    def _kind(self, finished: FinishedCall, attempt: Attempt) -> OrdinaryKind:
        """Where ordinary calls of the kind of this one are counted."""
        plan = finished.plan
        seconds, tally = self._seconds[plan.vendor, plan.operation], self.tallies[plan.vendor]
        return OrdinaryKind(finished, seconds, self._requests[_row(plan, attempt)], tally)

    def _add(self, kind: OrdinaryKind) -> None:
        """Add ordinary calls to the plain counts."""
        vendor, operation, count = kind.plan.vendor, kind.plan.operation, kind.count
        self._calls[vendor, operation, kind.app, Verdict.SUCCESS] += count
        self._attempts[vendor, operation, Verdict.SUCCESS] += count
        if kind.plan.idempotency != "safe":
            self._outcomes[vendor, kind.outcome] += count
        if kind.cache:
            self._cached[vendor, operation, kind.cache] += count

    def exemplify(self, finished: FinishedCall, *, spanned: bool) -> None:
        """Keep the trace of a sampled call that was counted. `spanned` is True where spans of ours are in it."""
        plan, trace_id, wall = finished.plan, finished.trace_id, finished.wall
        span_id = finished.span_id if spanned else ""
        self._seconds[plan.vendor, plan.operation].exemplify(TraceExample(finished.took_s, wall, trace_id, span_id))
        for attempt in finished.attempts:
            span_id = attempt_span_id(finished.span_id, attempt.number) if spanned else ""
            seconds, ended = attempt.ended - attempt.began, wall - (finished.now - attempt.ended)
            self._requests[_row(plan, attempt)].exemplify(TraceExample(seconds, ended, trace_id, span_id))

    def refused(self, vendor: str, problem: str) -> None:
        """Count a request that never became a call."""
        self._refusals[vendor, problem] += 1

    def render(self, *, openmetrics: bool = False) -> bytes:
        """Everything, in Prometheus' older text format or as OpenMetrics."""
        return text_page(self.registry.collect(), openmetrics=openmetrics)

    def describe(self) -> list[Metric]:
        """Nothing: so that registering does not collect."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Called by the registry."""
        self._ordinary.settle()
        calls = self.apps.summed(self._calls, 2)
        yield counter("tidegate_calls", "Calls that ended", ("vendor", "operation", "app", "verdict"), calls)
        yield counter("tidegate_attempts", "Exchanges with vendors", ("vendor", "operation", "verdict"), self._attempts)
        yield counter(
            "tidegate_egress_addresses",
            "Addresses refused, or not public",
            ("vendor", "result", "kind"),
            self.addresses,
        )
        yield from self._told_at_the_first()
        yield counter("tidegate_reloads", "Vendor files read anew", ("vendor", "result"), self.reloads)
        yield gauge(
            "tidegate_reload_failed", "1 where the vendor file on disk was refused", ("vendor",), self.reload_failed
        )
        yield counter("tidegate_cached", "What became of cached reads", ("vendor", "operation", "result"), self._cached)
        yield counter(
            "tidegate_repeats", "Calls that an app sent again by itself", ("vendor", "operation"), self._repeats
        )
        yield histogram("tidegate_loop_lag_seconds", "How late the event loop runs", (), {(): self.lag})
        yield counter("tidegate_log_lines_dropped", "Log lines not written", (), {(): self.lines_dropped})
        yield histogram(
            "tidegate_call_seconds", "Calls, from arrival to answer", ("vendor", "operation"), self._seconds
        )
        yield counter(
            "tidegate_store_errors", "What our own store could not do", ("trouble",),
            {(trouble,): count for trouble, count in self._store.errors.items()},
        )  # fmt: skip
        yield gauge("tidegate_store_ready", "0 while no keyed write can be recorded", (), {(): not self._store.trouble})
        ways = ("way", "receiver", "rule", "fate")
        yield counter("tidegate_residency", "What may leave, as it was decided", ways, self.residency)
        yield from self.deliveries.collect(self.apps)
        yield self._request_duration()
        yield from process_families(self.means, self.ports)
        state = self.state()
        yield from _gauges(state, self.apps)
        passed, reached = _by_vendor(state, "would_refuse"), _by_vendor(state, "quota_alerts")
        yield counter("tidegate_would_refuse", "Calls let pass in report mode", ("vendor", "rule", "reason"), passed)
        yield counter("tidegate_quota_alerts", "Shares of a quota reached", ("vendor", "limit", "share"), reached)

    def _told_at_the_first(self) -> Iterator[Metric]:
        """What a rule tells at its first time. It is there as 0 before: a series that begins with 1 has not grown."""
        outcomes: dict[Labels, int] = {(vendor, outcome): 0 for vendor in self.servers for outcome in Outcome}
        yield counter("tidegate_outcomes", "What became of writes", ("vendor", "outcome"), outcomes | self._outcomes)
        refusals: dict[Labels, int] = {(vendor, REFUSED_CREDENTIAL): 0 for vendor in self.servers}
        yield counter(
            "tidegate_refusals", "Requests that Tidegate refused", ("vendor", "problem"), refusals | self._refusals
        )

    def _request_duration(self) -> Metric:
        """`http.client.request.duration` of the OpenTelemetry conventions, under the name that Prometheus gives it."""
        by_server: dict[Labels, Histogram] = {}
        for (vendor, template, method, *rest), of in self._requests.items():
            server = self.servers.get(vendor, VendorServer(vendor, 0))
            row = (server.address, str(server.port), method, *rest, template)
            by_server[row] = summed(by_server, row, of)  # two vendors may have one server
        return histogram(REQUEST_DURATION, "Attempts", REQUEST_LABELS, by_server)


def _row(plan: OperationPlan, attempt: Attempt) -> RequestRow:
    return plan.vendor, plan.template, shown_method(plan.method), str(attempt.status or ""), error_type(attempt)


def _by_vendor(state: Mapping[str, VendorState], name: str) -> dict[Labels, int]:
    return {(vendor, *labels): count for vendor, now in state.items() for labels, count in getattr(now, name).items()}


def _gauges(state: Mapping[str, VendorState], apps: AppLabels) -> Iterator[Metric]:
    shares = GaugeMetricFamily("tidegate_limit_used_ratio", "Share of a limit in use", labels=("vendor", "limit"))
    breaker = GaugeMetricFamily("tidegate_breaker_state", "0 closed, 1 half-open, 2 open", labels=("vendor", "group"))
    ends = ("vendor", "operation")
    deprecated = GaugeMetricFamily("tidegate_deprecated", "1 where the vendor has said that it ends", labels=ends)
    sunset = GaugeMetricFamily("tidegate_sunset_days", "Days until the vendor ends an operation", labels=ends)
    worn = ("vendor", "credential")
    aside = GaugeMetricFamily("tidegate_credential_aside", "1 while a pool's credential is set aside", labels=worn)
    depth = GaugeMetricFamily("tidegate_queue_depth", "Calls that wait for a permit", labels=("vendor",))
    connections = GaugeMetricFamily("tidegate_connections", "Connections to a vendor", labels=("vendor",))
    for vendor, now in state.items():
        of = now.limit_apps
        limits: dict[Labels, float]
        limits = {(name.removesuffix(of.get(name, "")), of.get(name, "")): used for name, used in now.limits.items()}
        for (limit, app), share in apps.highest(limits, 1).items():
            shares.add_metric((vendor, limit + app), share)
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
    yield from (shares, breaker, depth, connections, deprecated, sunset, aside)
