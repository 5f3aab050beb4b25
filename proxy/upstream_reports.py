"""What a vendor's parts report: to the log, their want of means to whoever can help, their state to whoever asks."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from tidegate.proxy.audit.audit_recorder import AuditRecorder
from tidegate.proxy.credentials.credential_provider import CredentialProvider
from tidegate.proxy.discovery.recorder import DiscoveryRecorder
from tidegate.proxy.observation.answer_recorder import AnswerRecorder
from tidegate.proxy.observation.recalled_endings import recorded_by
from tidegate.proxy.policies.resilience.circuit_breaker import BreakerEvent
from tidegate.proxy.store.sealed.sealed_store import SealedStore
from tidegate.proxy.telemetry.metrics import VendorState
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.proxy.upstream.own_means import OwnMeans
from tidegate.proxy.upstream.report_mode import Note
from tidegate.proxy.upstream.upstream import Upstream
from tidegate.proxy.upstream.vendor_breakers import BreakerListener
from tidegate.proxy.wire.egress import AddressDecision
from tidegate.world.world import World

NOTED_EVERY_S = 10.0
"""A decision on an address of one kind is written down once in so many seconds; each is counted."""


def report_to(
    upstream: Upstream,
    *,
    telemetry: Telemetry,
    world: World,
    means: OwnMeans,
    store: SealedStore,
    discovery: DiscoveryRecorder,
    observation: AnswerRecorder,
    audit: AuditRecorder,
) -> None:
    """Connect what a vendor's parts report with the logs, and their want of connections with whoever can help."""
    store.tokens.on_unopened = lambda name, reason: telemetry.note(
        "tokens unread", world.wall(), of=name, because=reason
    )
    upstream.on_shortage, upstream.deliveries, upstream.kept_answers.seal = means.ran_out, store.deliveries, store.seal
    upstream.discovery = discovery
    telemetry.deprecated.endings[upstream.name] = upstream.notices.endings.operations
    upstream.notices.announced = recorded_by(audit, upstream.name)
    if upstream.policy.drift.sample is not None:
        upstream.observation, observation.redact = observation, telemetry.redactor.text
        personal = frozenset(pointer.rpartition("/")[2] for pointer in upstream.facts.personal_data)
        observation.watch(upstream.name, upstream.document, personal, _notes(upstream.name, telemetry, world))
    upstream.breakers.listener = _breaker_listener(upstream.name, telemetry, world)
    upstream.reports.note = upstream.notices.note = upstream.provider.note = _notes(upstream.name, telemetry, world)
    for one in upstream.provider.singles():
        _hear(one, upstream.name, telemetry, world, audit)
    upstream.cache.listener = lambda call, reply: telemetry.record(call, reply, world.now(), world.wall())
    upstream.on_late_end = upstream.cache.listener
    upstream.on_address = address_listener(upstream.name, telemetry, world)


def _breaker_listener(vendor: str, telemetry: Telemetry, world: World) -> BreakerListener:
    """A listener that notes each change of a vendor's breakers in the log."""

    def note_changes(group: str, events: Sequence[BreakerEvent]) -> None:
        for event in events:
            change = {"from": event.source, "to": event.target, "because": event.trigger}
            telemetry.note("breaker", world.wall(), vendor=vendor, group=group, **change)

    return note_changes


def address_listener(vendor: str, telemetry: Telemetry, world: World) -> Callable[[AddressDecision], object]:
    """A listener that counts decisions on addresses and writes them down, not more often than NOTED_EVERY_S."""
    noted: dict[tuple[str, str], float] = {}

    def listen(decision: AddressDecision) -> None:
        telemetry.metrics.addresses[vendor, decision.result, decision.kind] += 1
        now, what = world.now(), (decision.result, decision.kind)
        if now - noted.get(what, -NOTED_EVERY_S) >= NOTED_EVERY_S:
            noted[what] = now
            facts = {"vendor": vendor} if vendor else {}
            telemetry.note(f"address {decision.result}", world.wall(), **facts, because=decision.reason)

    return listen


def _notes(vendor: str, telemetry: Telemetry, world: World) -> Note:
    """A writer of log notes: a rule in report mode would have refused, a quota runs short, a token was refreshed."""

    def note(text: str, facts: Mapping[str, str | float]) -> None:
        telemetry.note(text, world.wall(), vendor=vendor, **facts)

    return note


def _hear(one: CredentialProvider, vendor: str, telemetry: Telemetry, world: World, audit: AuditRecorder) -> None:
    """Note what becomes of one credential, by its name where the vendor has several, and record what needs a person."""
    name = one.current.name
    whose = {"vendor": vendor, "credential": name} if name else {"vendor": vendor}

    def note(text: str, facts: Mapping[str, str | float]) -> None:
        telemetry.note(text, world.wall(), **{**whose, **facts})

    def reauthorize(reason: str) -> None:
        target = f"credential:{vendor}/{name}" if name else f"credential:{vendor}"
        audit.record("token.reauth", target=target, reason=reason)

    one.note, one.on_reauthorize = note, reauthorize


def states(upstreams: Mapping[str, Upstream], now: float) -> dict[str, VendorState]:
    """The state of every vendor's policies."""
    return {
        name: VendorState(
            breakers={group: dataclasses.asdict(state) for group, state in upstream.breakers.snapshots(now).items()},
            limits=upstream.limits.shares(now),
            limit_apps=upstream.limits.of_apps(),
            queued=upstream.limits.depth,
            connections=upstream.transport.open,
            leased=upstream.transport.leased,
            would_refuse=dict(upstream.reports.counts),
            quota_alerts=dict(upstream.reports.crossed),
            ending=upstream.notices.days_left(),
            credentials=upstream.pool.states() if upstream.pool is not None else {},
            worn=dict(upstream.pool.attempts) if upstream.pool is not None else {},
            file=upstream.file,
        )
        for name, upstream in upstreams.items()
    }
