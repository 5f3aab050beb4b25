"""Puts together what a proxy holds, from its configuration and vendor files: secrets, store, telemetry, upstreams.

The one place that knows every part. It opens the store and starts nothing.
"""

import asyncio
import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tidegate.openapi.document import Document
from tidegate.proxy.config import Config, VendorUse
from tidegate.proxy.configured_vendors import ConfigChange, tokens_of, use_of
from tidegate.proxy.onramp.app_tokens import AppTokens
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerEvent
from tidegate.proxy.store.quotas import SCHEMA as QUOTA_SCHEMA
from tidegate.proxy.store.quotas import Quotas
from tidegate.proxy.store.records import SCHEMA, Records
from tidegate.proxy.telemetry.log_writer import LogWriter
from tidegate.proxy.telemetry.metrics import Metrics, VendorServer, VendorState
from tidegate.proxy.telemetry.recent_calls import RecentCalls
from tidegate.proxy.telemetry.telemetry import Sink, Telemetry
from tidegate.proxy.upstream.answer_cache import AnswerCache
from tidegate.proxy.upstream.credential import Credential
from tidegate.proxy.upstream.report_mode import Note
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.upstream.vendor_breakers import BreakerListener
from tidegate.redact import Redactor
from tidegate.vendor.vendor_file import LoadedVendor
from tidegate.world.world import World

if TYPE_CHECKING:
    from tidegate.proxy.telemetry.spans import Spans

OTLP_VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The standard variables that name a collector (OpenTelemetry, OTLP exporter configuration)."""


Make = Callable[[LoadedVendor, Document, VendorUse], Upstream]


@dataclass(slots=True)
class ProxyParts:
    """What a proxy holds. `writer` is None where the log's lines go to a sink that was given."""

    upstreams: dict[str, Upstream]
    tokens: AppTokens
    records: Records
    quotas: Quotas
    answers: AnswerCache
    recent: RecentCalls
    telemetry: Telemetry
    writer: LogWriter | None
    make: Make
    """Makes an upstream of a vendor file and what tidegate.yaml says of it. Raises UsageError where its secret cannot
    be had."""
    secrets: list[str]
    """Every secret value that must never be told."""

    async def open(self, wall: float) -> None:
        """Open the store, and go on with what it keeps. Raises UsageError where a newer Tidegate made it."""
        await self.records.open(wall)
        for upstream in self.upstreams.values():
            await upstream.limits.open(self.quotas)

    def change(self, to: ConfigChange) -> list[Upstream]:
        """Put a change in force. Returns what it took out of force."""
        over = [self.upstreams.pop(name) for name in to.gone]
        if to.tokens is not None:
            self.tokens = AppTokens(to.tokens)
        secrets = secrets_of((upstream.credential for upstream, _ in to.put), to.tokens or ())
        self.secrets = list(dict.fromkeys([*self.secrets, *secrets]))
        self.telemetry.redactor, servers = Redactor(self.secrets), self.telemetry.metrics.servers
        for upstream, _ in to.put:
            old = self.upstreams.get(upstream.name)
            if old is not None:
                upstream.inherit(old)
                over.append(old)
            servers[upstream.name] = server_of(upstream.address)
            self.upstreams[upstream.name] = upstream
        self.answers.resize(to.config.cache_max_bytes)
        return over

    async def close(self) -> None:
        """Close connections, write down what is still to be told, close the store."""
        for upstream in self.upstreams.values():
            await upstream.close()
        self.telemetry.close()
        await self.records.close()
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
) -> ProxyParts:
    """Make the parts of a proxy for `vendors`. Log lines go to `sink`, or without one where the configuration says.

    A document that is not among `documents` is read.

    Raises UsageError where a secret or a document cannot be had, sqlite3.Error or OSError where the store is broken.
    """
    tokens = tokens_of(config, environ)
    read = {name: documents.get(name) or Document.load(loaded.document_path) for name, loaded in vendors.items()}
    for name, loaded in vendors.items():  # the store is opened last: a start that fails leaves none behind
        _credential(use_of(config, name), loaded, environ)
    database = world.database(config.store, SCHEMA + QUOTA_SCHEMA)
    records, quotas, answers = Records(database), Quotas(database), AnswerCache(config.cache_max_bytes)
    make = _maker(world, config.transport, environ, records, answers)
    upstreams = {name: make(loaded, read[name], use_of(config, name)) for name, loaded in vendors.items()}
    servers = {name: server_of(upstream.address) for name, upstream in upstreams.items()}
    secrets = secrets_of((upstream.credential for upstream in upstreams.values()), tokens)
    writer = None
    if sink is None:
        writer = LogWriter(config.telemetry.log)
        sink = writer.write
    metrics, recent = Metrics(servers, lambda: states(upstreams, world.now())), RecentCalls()
    spans = _spans(config, servers, environ)
    telemetry = Telemetry(world, sink=sink, redactor=Redactor(secrets), metrics=metrics, recent=recent, spans=spans)
    for upstream in upstreams.values():
        _wire(upstream, telemetry, world)

    def make_wired(loaded: LoadedVendor, document: Document, use: VendorUse) -> Upstream:
        upstream = make(loaded, document, use)
        _wire(upstream, telemetry, world)
        return upstream

    return ProxyParts(
        upstreams, AppTokens(tokens), records, quotas, answers, recent, telemetry, writer, make_wired, list(secrets)
    )


def _wire(upstream: Upstream, telemetry: Telemetry, world: World) -> None:
    """Let a vendor's parts tell what they have to tell."""
    upstream.breakers.listener = _into_the_log(upstream.name, telemetry, world)
    upstream.reports.note = upstream.notices.note = _notes(upstream.name, telemetry, world)
    upstream.cache.listener = lambda call, reply: telemetry.record(call, reply, world.now(), world.wall())


def _credential(use: VendorUse, loaded: LoadedVendor, environ: Mapping[str, str]) -> Credential:
    return Credential.load(loaded.vendor.facts.auth, environ, use.secret)


def _maker(world: World, transport: str, environ: Mapping[str, str], records: Records, answers: AnswerCache) -> Make:
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
    """What every vendor's policies are at."""
    return {
        name: VendorState(
            breakers={group: dataclasses.asdict(found) for group, found in upstream.breakers.snapshots(now).items()},
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
    """Whom a base URL leads to. Credentials in it are not shown."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    shown = f"[{host}]" if ":" in host else host
    explicit = f":{parts.port}" if parts.port else ""
    return VendorServer(host, port, f"{parts.scheme}://{shown}{explicit}{parts.path.rstrip('/')}")


def secrets_of(credentials: Iterable[Credential], tokens: Iterable[tuple[str, str]]) -> list[str]:
    """Every secret value that must never be told, as it is stored and as it is sent."""
    found = [token for _, token in tokens]
    for credential in credentials:
        secret = credential.secret.reveal()
        user, _, password = secret.partition(":")
        found += [secret, credential.header_value.reveal(), *([password] if user and password else [])]
    return found


def _into_the_log(vendor: str, telemetry: Telemetry, world: World) -> BreakerListener:
    """Tell about each change of a vendor's breakers."""

    def told(group: str, events: Sequence[BreakerEvent]) -> None:
        for event in events:
            change = {"from": event.source, "to": event.target, "because": event.trigger}
            telemetry.note("breaker", world.wall(), vendor=vendor, group=group, **change)

    return told


def _notes(vendor: str, telemetry: Telemetry, world: World) -> Note:
    """Tell about what a rule in report mode would have refused, quotas that run short, operations that will end."""

    def note(text: str, facts: Mapping[str, str | float]) -> None:
        telemetry.note(text, world.wall(), vendor=vendor, **facts)

    return note


def _spans(config: Config, servers: Mapping[str, VendorServer], environ: Mapping[str, str]) -> "Spans | None":
    """Spans are made only where a collector is named; their library is slow to import, so not before."""
    named = config.telemetry.otlp is not None or any(environ.get(name) for name in OTLP_VARIABLES)
    if not named or environ.get("OTEL_SDK_DISABLED", "").lower() == "true":
        return None
    from tidegate.proxy.telemetry.spans import Spans, exporter_for

    return Spans(exporter_for(config.telemetry.otlp), servers)
