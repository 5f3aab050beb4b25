"""Assembly: the parts of a proxy, made from its configuration and vendor files and joined to one another.

The one place that knows every part: secrets, store, telemetry, upstreams. It starts nothing.
"""

import asyncio
import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from tidegate.openapi.document import Document
from tidegate.proxy.config import Config, VendorUse
from tidegate.proxy.configured_store import bound, configured_store
from tidegate.proxy.configured_vendors import ConfigChange, sealing_of, tokens_of, use_of
from tidegate.proxy.durable.inbox_carrier import InboxCarrier
from tidegate.proxy.onramp.app_tokens import AppTokens
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerEvent
from tidegate.proxy.store.records import Records
from tidegate.proxy.store.sealed.sealed_store import SealedStore
from tidegate.proxy.telemetry.log_writer import LogWriter
from tidegate.proxy.telemetry.metrics import Metrics, VendorServer, VendorState
from tidegate.proxy.telemetry.recent_calls import RecentCalls
from tidegate.proxy.telemetry.telemetry import Sink, SpanSink, Telemetry
from tidegate.proxy.upstream.answer_cache import AnswerCache
from tidegate.proxy.upstream.credential import Credential
from tidegate.proxy.upstream.own_means import OwnMeans
from tidegate.proxy.upstream.report_mode import Note
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.upstream.vendor_breakers import BreakerListener
from tidegate.proxy.webhook_routes import webhook_routes
from tidegate.redact import Redactor
from tidegate.vendor.vendor_file import LoadedVendor
from tidegate.world.world import World

OTLP_VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The standard variables that name a collector (OpenTelemetry, OTLP exporter configuration)."""


MakeUpstream = Callable[[LoadedVendor, Document, VendorUse], Upstream]


@dataclass(slots=True)
class ProxyParts:
    """The parts of one proxy. `writer` is None where the log's lines go to a sink that was given."""

    upstreams: dict[str, Upstream]
    tokens: AppTokens
    store: SealedStore
    answers: AnswerCache
    recent: RecentCalls
    telemetry: Telemetry
    writer: LogWriter | None
    make: MakeUpstream
    """Makes an upstream of a vendor file and what tidegate.yaml says of it. Raises UsageError where its secret cannot
    be had."""
    secrets: list[str]
    """Every secret value that must never be shown."""
    means: OwnMeans
    inbox: InboxCarrier

    async def open(self, wall: float) -> None:
        """Open the store, and go on with what it keeps. Raises StoreError."""
        await self.store.open(wall)
        for upstream in self.upstreams.values():
            await upstream.limits.open(self.store.quotas)

    def change(self, to: ConfigChange) -> list[Upstream]:
        """Put a change in force. Returns the upstreams that it took out of force."""
        replaced = [self.upstreams.pop(name) for name in to.gone]
        if to.tokens is not None:
            self.tokens = AppTokens(to.tokens)
        if to.routes is not None:
            self.inbox.routes = to.routes
        if to.sealing is not None:
            self.store.seal.keys = to.sealing
        secrets = (
            secrets_of((upstream.credential for upstream, _ in to.put), to.tokens or ()) + self.inbox.routes.secrets
        )
        self.secrets = list(dict.fromkeys([*self.secrets, *secrets, *self.store.seal.keys.secrets]))
        self.telemetry.redactor, servers = Redactor(self.secrets), self.telemetry.metrics.servers
        for upstream, _ in to.put:
            old = self.upstreams.get(upstream.name)
            if old is not None:
                upstream.inherit(old)
                replaced.append(old)
            servers[upstream.name] = server_of(upstream.address)
            self.upstreams[upstream.name] = upstream
        self.answers.resize(to.config.cache_max_bytes)
        bound(to.config, self.store, self.upstreams)
        return replaced

    async def close(self) -> None:
        """Close connections, write down the calls that have ended, close the store."""
        for upstream in self.upstreams.values():
            await upstream.close()
        await self.inbox.close()
        self.telemetry.close()
        await self.store.close()
        if self.telemetry.spans is not None:
            await asyncio.to_thread(self.telemetry.spans.close)
        if self.writer is not None:
            self.writer.close()


def assemble(
    world: World,
    config: Config,
    vendors: Mapping[str, LoadedVendor],
    environ: Mapping[str, str],
    sink: Sink | None,
    documents: Mapping[str, Document],
    spans: SpanSink | None = None,
) -> ProxyParts:
    """Make the parts of a proxy for `vendors`.

    Log lines go to `sink` and spans to `spans`, or without one where the configuration says. A document that is not
    among `documents` is read.

    Raises UsageError where a secret or a document cannot be had, StoreError where the store is broken.
    """
    tokens, keys = tokens_of(config, environ), sealing_of(config, environ)
    routes = webhook_routes(config, {name: loaded.vendor.facts.webhooks for name, loaded in vendors.items()}, environ)
    read = _documents(config, vendors, environ, documents)  # the store is opened last: a start that fails leaves none
    answers, upstreams = AnswerCache(config.cache_max_bytes), dict[str, Upstream]()
    configured = configured_store(world, config, environ, keys, upstreams)
    store = configured.store
    make = _maker(world, config.transport, environ, store.records, answers)
    upstreams |= {name: make(loaded, read[name], use_of(config, name)) for name, loaded in vendors.items()}
    secrets = secrets_of((upstream.credential for upstream in upstreams.values()), tokens)
    secrets += configured.secrets + routes.secrets
    writer = LogWriter(config.telemetry.log) if sink is None else None
    lines = writer.write if writer is not None else sink
    assert lines is not None
    telemetry, recent = _telemetry(world, config, environ, upstreams, store, Redactor(secrets), lines, spans)
    metrics = telemetry.metrics
    metrics.means = means = _means(world, telemetry, upstreams)
    metrics.deliveries = configured.counts
    bound(config, store, upstreams)
    for upstream in upstreams.values():
        _wire(upstream, telemetry, world, means, store)

    def make_wired(loaded: LoadedVendor, document: Document, use: VendorUse) -> Upstream:
        upstream = make(loaded, document, use)
        _wire(upstream, telemetry, world, means, store)
        return upstream

    inbox = InboxCarrier(world, store.clock.now, routes, telemetry.note, config.transport, telemetry.spans)
    metrics.registry.register(inbox.metrics)
    return ProxyParts(
        upstreams, AppTokens(tokens), store, answers, recent, telemetry, writer, make_wired, secrets, means, inbox
    )


def _telemetry(
    world: World,
    config: Config,
    environ: Mapping[str, str],
    upstreams: Mapping[str, Upstream],
    store: SealedStore,
    redactor: Redactor,
    lines: Sink,
    spans: SpanSink | None,
) -> tuple[Telemetry, RecentCalls]:
    servers = {name: server_of(upstream.address) for name, upstream in upstreams.items()}
    metrics, recent = Metrics(servers, lambda: states(upstreams, world.now()), store.health), RecentCalls()
    spans = spans or _spans(config, servers, environ)
    return Telemetry(world, sink=lines, redactor=redactor, metrics=metrics, recent=recent, spans=spans), recent


def _documents(
    config: Config,
    vendors: Mapping[str, LoadedVendor],
    environ: Mapping[str, str],
    known: Mapping[str, Document],
) -> dict[str, Document]:
    """The vendors' documents; those that are not known are read. Raises UsageError, for a secret too."""
    read = {name: known.get(name) or Document.load(loaded.document_path) for name, loaded in vendors.items()}
    for name, loaded in vendors.items():
        _credential(use_of(config, name), loaded, environ)
    return read


def _means(world: World, telemetry: Telemetry, upstreams: Mapping[str, Upstream]) -> OwnMeans:
    means = OwnMeans(world.now, lambda detail: telemetry.note("own means", world.wall(), error=detail))
    means.givers.append(lambda: [upstream.transport.make_room() for upstream in upstreams.values()])
    return means


def _wire(upstream: Upstream, telemetry: Telemetry, world: World, means: OwnMeans, store: SealedStore) -> None:
    """Connect what a vendor's parts report with the log, and their want of connections with whoever can help."""
    upstream.on_shortage, upstream.deliveries, upstream.kept_answers.seal = means.ran_out, store.deliveries, store.seal
    upstream.breakers.listener = _breaker_listener(upstream.name, telemetry, world)
    upstream.reports.note = upstream.notices.note = _notes(upstream.name, telemetry, world)
    upstream.cache.listener = lambda call, reply: telemetry.record(call, reply, world.now(), world.wall())
    upstream.on_late_end = upstream.cache.listener


def _credential(use: VendorUse, loaded: LoadedVendor, environ: Mapping[str, str]) -> Credential:
    return Credential.load(loaded.vendor.facts.auth, environ, use.secret)


def _maker(
    world: World, transport: str, environ: Mapping[str, str], records: Records, answers: AnswerCache
) -> MakeUpstream:
    def make(loaded: LoadedVendor, document: Document, use: VendorUse) -> Upstream:
        return Upstream(
            world,
            loaded,
            document,
            use=use,
            credential=_credential(use, loaded, environ),
            records=records,
            answers=answers,
            transport=transport,
        )

    return make


def states(upstreams: Mapping[str, Upstream], now: float) -> dict[str, VendorState]:
    """The state of every vendor's policies."""
    return {
        name: VendorState(
            breakers={group: dataclasses.asdict(state) for group, state in upstream.breakers.snapshots(now).items()},
            limits=upstream.limits.shares(now),
            queued=upstream.limits.depth,
            connections=upstream.transport.open,
            would_refuse=dict(upstream.reports.counts),
            quota_alerts=dict(upstream.reports.crossed),
            ending=upstream.notices.days_left(),
            file=upstream.file,
        )
        for name, upstream in upstreams.items()
    }


def server_of(base_url: str) -> VendorServer:
    """The server that a base URL leads to. Credentials in it are not shown."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    shown = f"[{host}]" if ":" in host else host
    explicit = f":{parts.port}" if parts.port else ""
    return VendorServer(host, port, f"{parts.scheme}://{shown}{explicit}{parts.path.rstrip('/')}")


def secrets_of(credentials: Iterable[Credential], tokens: Iterable[tuple[str, str]]) -> list[str]:
    """Every secret value that must never be shown, as it is stored and as it is sent."""
    values = [token for _, token in tokens]
    for credential in credentials:
        values += credential.secrets
    return values


def _breaker_listener(vendor: str, telemetry: Telemetry, world: World) -> BreakerListener:
    """A listener that notes each change of a vendor's breakers in the log."""

    def note_changes(group: str, events: Sequence[BreakerEvent]) -> None:
        for event in events:
            change = {"from": event.source, "to": event.target, "because": event.trigger}
            telemetry.note("breaker", world.wall(), vendor=vendor, group=group, **change)

    return note_changes


def _notes(vendor: str, telemetry: Telemetry, world: World) -> Note:
    """A writer of log notes: a rule in report mode would have refused, a quota runs short, an operation will end."""

    def note(text: str, facts: Mapping[str, str | float]) -> None:
        telemetry.note(text, world.wall(), vendor=vendor, **facts)

    return note


def _spans(config: Config, servers: Mapping[str, VendorServer], environ: Mapping[str, str]) -> SpanSink | None:
    """Spans are made only where a collector is named; their library is slow to import, so not before."""
    named = config.telemetry.otlp is not None or any(environ.get(name) for name in OTLP_VARIABLES)
    if not named or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    from tidegate.proxy.telemetry.spans import Spans, exporter_for

    return Spans(exporter_for(config.telemetry.otlp), servers)
