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
from tidegate.proxy.configured_vendors import ConfigChange, tokens_of, use_of
from tidegate.proxy.onramp.app_tokens import AppTokens
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerEvent
from tidegate.proxy.store.records import Records
from tidegate.proxy.store.store import Store
from tidegate.proxy.store.store_choice import store_for
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
    store: Store
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
        secrets = secrets_of((upstream.credential for upstream, _ in to.put), to.tokens or ())
        self.secrets = list(dict.fromkeys([*self.secrets, *secrets]))
        self.telemetry.redactor, servers = Redactor(self.secrets), self.telemetry.metrics.servers
        for upstream, _ in to.put:
            old = self.upstreams.get(upstream.name)
            if old is not None:
                upstream.inherit(old)
                replaced.append(old)
            servers[upstream.name] = server_of(upstream.address)
            self.upstreams[upstream.name] = upstream
        self.answers.resize(to.config.cache_max_bytes)
        return replaced

    async def close(self) -> None:
        """Close connections, write down the calls that have ended, close the store."""
        for upstream in self.upstreams.values():
            await upstream.close()
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
    """Make the parts of a proxy for `vendors`. Log lines go to `sink`, or without one where the configuration says.

    So do `spans`.

    A document that is not among `documents` is read.

    Raises UsageError where a secret or a document cannot be had, StoreError where the store is broken.
    """
    tokens = tokens_of(config, environ)
    read = {name: documents.get(name) or Document.load(loaded.document_path) for name, loaded in vendors.items()}
    for name, loaded in vendors.items():  # the store is opened last: a start that fails leaves none behind
        _credential(use_of(config, name), loaded, environ)
    store, answers = store_for(world, config.store), AnswerCache(config.cache_max_bytes)
    make = _maker(world, config.transport, environ, store.records, answers)
    upstreams = {name: make(loaded, read[name], use_of(config, name)) for name, loaded in vendors.items()}
    servers = {name: server_of(upstream.address) for name, upstream in upstreams.items()}
    secrets = secrets_of((upstream.credential for upstream in upstreams.values()), tokens)
    writer = None
    if sink is None:
        writer = LogWriter(config.telemetry.log)
        sink = writer.write
    metrics, recent = Metrics(servers, lambda: states(upstreams, world.now()), store.health), RecentCalls()
    spans = spans or _spans(config, servers, environ)
    telemetry = Telemetry(world, sink=sink, redactor=Redactor(secrets), metrics=metrics, recent=recent, spans=spans)
    means = OwnMeans(world.now, lambda detail: telemetry.note("own means", world.wall(), error=detail))
    metrics.means = means
    means.givers.append(lambda: [upstream.transport.make_room() for upstream in upstreams.values()])
    for upstream in upstreams.values():
        _wire(upstream, telemetry, world, means)

    def make_wired(loaded: LoadedVendor, document: Document, use: VendorUse) -> Upstream:
        upstream = make(loaded, document, use)
        _wire(upstream, telemetry, world, means)
        return upstream

    return ProxyParts(
        upstreams, AppTokens(tokens), store, answers, recent, telemetry, writer, make_wired, list(secrets), means
    )


def _wire(upstream: Upstream, telemetry: Telemetry, world: World, means: OwnMeans) -> None:
    """Connect what a vendor's parts report with the log, and their want of connections with whoever can help."""
    upstream.on_shortage = means.ran_out
    upstream.breakers.listener = _breaker_listener(upstream.name, telemetry, world)
    upstream.reports.note = upstream.notices.note = _notes(upstream.name, telemetry, world)
    upstream.cache.listener = lambda call, reply: telemetry.record(call, reply, world.now(), world.wall())


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
