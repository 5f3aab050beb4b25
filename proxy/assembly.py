"""Assembly: the parts of a proxy, made from its configuration and vendor files and joined to one another.

The one place that knows every part: secrets, store, telemetry, upstreams. It starts nothing.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from tidegate.openapi.document import Document
from tidegate.proxy.access.access_flaws import check_access
from tidegate.proxy.access.admin_door import AdminDoor
from tidegate.proxy.access.app_rules import app_settings
from tidegate.proxy.access.callers import Callers
from tidegate.proxy.access.quota_keeper import QuotaKeeper
from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.proxy.audit.refusal_tally import RefusalTally
from tidegate.proxy.config import Config, VendorUse
from tidegate.proxy.configured_store import bound, configured_store
from tidegate.proxy.configured_vendors import (
    ConfigChange,
    placeholders_of,
    residency_of,
    residency_rules,
    residency_watch,
    sealing_of,
    tokens_of,
    use_of,
)
from tidegate.proxy.credentials.provider_choice import ProviderChoice, is_text, secrets_of
from tidegate.proxy.credentials.secret_reference import resolve
from tidegate.proxy.credentials.token_metrics import TokenMetrics
from tidegate.proxy.discovery.recorder import DiscoveryRecorder
from tidegate.proxy.durable.inbox_carrier import InboxCarrier
from tidegate.proxy.observation.answer_recorder import AnswerRecorder
from tidegate.proxy.observation.recalled_endings import recall_endings
from tidegate.proxy.policies.residency.residency_rules import ResidencyWatch
from tidegate.proxy.secrecy.placeholder_grants import NO_GRANTS, PlaceholderGrants
from tidegate.proxy.store.sealed.sealed_store import SealedStore
from tidegate.proxy.telemetry.audit_notes import audit_recorder
from tidegate.proxy.telemetry.configured_telemetry import configured_telemetry, put_apps
from tidegate.proxy.telemetry.log_writer import LogWriter
from tidegate.proxy.telemetry.metrics import VendorServer
from tidegate.proxy.telemetry.recent_calls import RecentCalls
from tidegate.proxy.telemetry.telemetry import Sink, SpanSink, Telemetry
from tidegate.proxy.upstream.answer_cache import AnswerCache
from tidegate.proxy.upstream.own_means import OwnMeans
from tidegate.proxy.upstream.upstream import Upstream, origin
from tidegate.proxy.upstream_reports import report_to, states
from tidegate.proxy.webhook_routes import webhook_routes
from tidegate.proxy.wire.transport_choice import transport_for
from tidegate.redaction.redactor import Redactor
from tidegate.vendor.search_path import find_vendors
from tidegate.vendor.vendor_file import LoadedVendor
from tidegate.world.world import World

MakeUpstream = Callable[[LoadedVendor, Document, VendorUse], Upstream]


@dataclass(slots=True)
class ProxyParts:
    """The parts of one proxy. `writer` is None where the log's lines go to a sink that was given."""

    upstreams: dict[str, Upstream]
    callers: Callers
    store: SealedStore
    answers: AnswerCache
    recent: RecentCalls
    telemetry: Telemetry
    writer: LogWriter | None
    make: MakeUpstream
    """Makes an upstream of a vendor file and what tidegate.yaml says of it. Raises UsageError where its secret cannot
    be had."""
    means: OwnMeans
    inbox: InboxCarrier
    audit: AuditRecorder
    turned: Callable[[str, str], None]
    """Told of each request that is nobody's: why, and from where."""
    residency: ResidencyWatch
    quotas: QuotaKeeper
    door: AdminDoor
    """Who may ask the admin port."""
    discovery: DiscoveryRecorder
    observation: AnswerRecorder
    judge: Callable[[Config, Mapping[str, str]], object] = lambda _config, _environ: None
    """Reads what else a configuration needs before it comes into force. Raises UsageError where it cannot be had."""

    async def open(self, wall: float) -> None:
        """Open the store, and go on with what it keeps. Raises StoreError."""
        await self.store.open(wall)
        for upstream in self.upstreams.values():
            await upstream.limits.open(self.store.quotas)
        await recall_endings(self.store.audit, {name: one.notices.endings for name, one in self.upstreams.items()})
        await self.quotas.open()
        if self.telemetry.push is not None:
            self.telemetry.push.start()

    def change(self, to: ConfigChange) -> list[Upstream]:
        """Put a change in force. Returns the upstreams that it took out of force."""
        replaced = [self.upstreams.pop(name) for name in to.gone]
        if to.tokens is not None:
            self.door.change(to.tokens.admin)
            self.callers.change(to.tokens.apps, app_settings(to.config), anonymous=to.config.anonymous)
            self.quotas.begin()
        if to.routes is not None:
            self.inbox.routes = to.routes
        if to.sealing is not None:
            self.store.seal.keys = to.sealing
        redactor, servers = self.telemetry.redactor, self.telemetry.metrics.servers
        if to.tokens is not None:
            redactor.learn(to.tokens.secrets, of="tokens of apps")
        redactor.learn(self.inbox.routes.secrets, of="secrets of webhooks")
        redactor.learn(self.store.seal.keys.secrets)
        self.residency.put(residency_rules(to.config))
        for upstream, _ in to.put:
            redactor.follow(upstream.redactor)
            old = self.upstreams.get(upstream.name)
            if old is not None:
                upstream.inherit(old)
                replaced.append(old)
            servers[upstream.name] = VendorServer.of(upstream.address)
            self.upstreams[upstream.name] = upstream
        self._put_placeholders(to.placeholders)
        put_apps(self.telemetry.metrics, to.config)
        self.answers.resize(to.config.cache_max_bytes)
        bound(to.config, self.store, self.upstreams)
        return replaced

    def _put_placeholders(self, grants: PlaceholderGrants | None) -> None:
        """Let apps use these; None for those that are in force."""
        upstreams = self.upstreams.values()
        if grants is None:
            known = (upstream.placeholders for upstream in upstreams if upstream.placeholders is not NO_GRANTS)
            grants = next(known, NO_GRANTS)
        for upstream in upstreams:
            if upstream.placeholders is not grants:
                upstream.put_placeholders(grants)

    async def close(self) -> None:
        """Close connections, write down the calls that have ended, close the store."""
        for upstream in self.upstreams.values():
            await upstream.close()
        await self.inbox.close()
        await self.quotas.close()
        await self.audit.close()
        self.telemetry.close()
        self.discovery.close()
        self.observation.close()
        await self.store.close()
        spans, push = self.telemetry.spans, self.telemetry.push
        last = [push.close()] if push is not None else []
        await asyncio.gather(*last, *([asyncio.to_thread(spans.close)] if spans is not None else []))
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
    among `documents` is read. Raises UsageError where a secret or a document cannot be had, StoreError where the store
    is broken.
    """
    tokens, keys, grants = tokens_of(config, environ), sealing_of(config, environ), placeholders_of(config, environ)
    routes = webhook_routes(config, {name: loaded.vendor.facts.webhooks for name, loaded in vendors.items()}, environ)
    read = _documents(config, vendors, environ, documents)  # the store is opened last: a start that fails leaves none
    check_access(config, {*vendors, *find_vendors(config.vendors)}, read)
    answers, watch, upstreams = AnswerCache(config.cache_max_bytes), residency_watch(config), dict[str, Upstream]()
    store = (configured := configured_store(world, config, environ, keys, upstreams)).store
    make = _maker(world, config.transport, environ, store, answers, watch)
    upstreams |= {name: make(loaded, read[name], use_of(config, name)) for name, loaded in vendors.items()}
    writer = LogWriter(config.telemetry.log) if sink is None else None
    lines = writer.write if writer is not None else sink
    assert lines is not None
    redactor = _redactor(world, tokens.secrets + configured.secrets + routes.secrets, upstreams, grants)
    telemetry, recent = _telemetry(world, config, environ, upstreams, store, redactor, lines, spans, watch)
    metrics, means = telemetry.metrics, _means(world, telemetry, upstreams)
    metrics.means, metrics.deliveries, metrics.residency = means, configured.counts, watch.counts
    bound(config, store, upstreams)
    discovery, audit = DiscoveryRecorder(world), audit_recorder(world, store, telemetry)
    wire = partial(
        report_to, telemetry=telemetry, world=world, means=means, store=store, discovery=discovery, audit=audit,
        observation=(observation := AnswerRecorder(world)),
    )  # fmt: skip
    for upstream in upstreams.values():
        wire(upstream)
    inbox = InboxCarrier(world, store.clock.now, routes, telemetry.note, config.transport, telemetry.spans)
    metrics.registry.register(inbox.metrics.labelled(metrics.apps))
    callers = Callers(tokens.apps, app_settings(config), world.wall, anonymous=config.anonymous)
    return ProxyParts(
        upstreams, callers, store, answers, recent, telemetry, writer, _wired(make, wire), means, inbox,
        audit, RefusalTally(world, audit).turned_away, watch, QuotaKeeper(world, store.quotas, lambda: callers.rules),
        AdminDoor(tokens.admin, world.wall), discovery, observation,
    )  # fmt: skip


def _wired(make: MakeUpstream, wire: Callable[[Upstream], None]) -> MakeUpstream:
    def make_wired(loaded: LoadedVendor, document: Document, use: VendorUse) -> Upstream:
        upstream = make(loaded, document, use)
        wire(upstream)
        return upstream

    return make_wired


def _redactor(
    world: World, secrets: list[str], upstreams: Mapping[str, Upstream], grants: PlaceholderGrants
) -> Redactor:
    """What knows every secret: those that are given, those of the vendors, and those behind placeholders."""
    redactor = Redactor(secrets, now=world.now)
    for upstream in upstreams.values():
        redactor.follow(upstream.redactor)
        upstream.put_placeholders(grants)
    return redactor


def _telemetry(
    world: World,
    config: Config,
    environ: Mapping[str, str],
    upstreams: Mapping[str, Upstream],
    store: SealedStore,
    redactor: Redactor,
    lines: Sink,
    spans: SpanSink | None,
    watch: ResidencyWatch,
) -> tuple[Telemetry, RecentCalls]:
    servers = {name: VendorServer.of(upstream.address) for name, upstream in upstreams.items()}
    made = configured_telemetry(
        world, config, environ, servers, lambda: states(upstreams, world.now()), store.health, redactor, lines, spans,
        watch,
    )  # fmt: skip
    tokens = TokenMetrics(lambda: {name: one.provider for name, one in upstreams.items()}, world.now)
    made[0].metrics.registry.register(tokens)
    return made


def _documents(
    config: Config,
    vendors: Mapping[str, LoadedVendor],
    environ: Mapping[str, str],
    known: Mapping[str, Document],
) -> dict[str, Document]:
    """The vendors' documents; those that are not known are read. Raises UsageError, for a secret too."""
    read = {name: known.get(name) or Document.load(loaded.document_path) for name, loaded in vendors.items()}
    for name, loaded in vendors.items():
        use, auth = use_of(config, name), loaded.vendor.facts.auth
        for secret in secrets_of(use, auth):
            resolve(secret, environ, text=is_text(auth))
    return read


def _means(world: World, telemetry: Telemetry, upstreams: Mapping[str, Upstream]) -> OwnMeans:
    means = OwnMeans(world.now, lambda detail: telemetry.note("own means", world.wall(), error=detail))
    means.givers.append(lambda: [upstream.transport.make_room() for upstream in upstreams.values()])
    return means


def _maker(
    world: World,
    transport: str,
    environ: Mapping[str, str],
    store: SealedStore,
    answers: AnswerCache,
    watch: ResidencyWatch,
) -> MakeUpstream:
    choice = ProviderChoice(world, environ, store.tokens, store.clock.now, transport_for(transport))

    def make(loaded: LoadedVendor, document: Document, use: VendorUse) -> Upstream:
        facts = loaded.vendor.facts
        address = use.base_url or facts.base_url
        provider = choice.provider(loaded.vendor.vendor, facts.auth, origin(address, use), address, use)
        return Upstream(
            world,
            loaded,
            document,
            use=use,
            provider=provider,
            records=store.records,
            answers=answers,
            transport=transport,
            residency=residency_of(loaded, use, environ, watch),
        )

    return make
