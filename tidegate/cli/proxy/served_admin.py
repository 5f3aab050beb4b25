"""The admin port of a proxy that is served: its pages for programs, and the console for people."""

import asyncio
from collections.abc import Callable

from tidegate.proxy.admin import Admin
from tidegate.proxy.app import Proxy
from tidegate.proxy.audit.refusal_tally import RefusalTally
from tidegate.proxy.console.console import Console
from tidegate.proxy.console.console_sources import ConsoleSources
from tidegate.proxy.console.console_views import console_views
from tidegate.proxy.console.entry.console_gate import ConsoleGate
from tidegate.proxy.console.live_feed import LiveFeed
from tidegate.proxy.console.page_changes import PageChanges
from tidegate.proxy.desk.calls.call_pages import CallPages
from tidegate.proxy.desk.delivery_desk import desk_for
from tidegate.proxy.desk.delivery_pages import DeliveryPages
from tidegate.proxy.desk.drift_desk import DriftDesk
from tidegate.proxy.desk.drift_metrics import DriftMetrics
from tidegate.proxy.desk.port.audit_pages import AuditDesk
from tidegate.proxy.desk.port.overview_page import OverviewPage
from tidegate.proxy.desk.secret_metrics import SecretMetrics
from tidegate.proxy.desk.secret_pages import SecretPages
from tidegate.proxy.pipeline import describe
from tidegate.proxy.reload.reload import Reloader
from tidegate.world.world import RealWorld


def served_admin(world: RealWorld, proxy: Proxy, reloader: Reloader, secrets: SecretPages) -> Admin:
    """The port, which has not begun to listen."""
    parts, telemetry = proxy.parts, proxy.telemetry
    telemetry.metrics.registry.register(SecretMetrics(secrets.statuses, secrets.counts))
    telemetry.metrics.registry.register(DriftMetrics(parts.observation))
    telemetry.overview.start()
    deliveries = DeliveryPages(desk_for(world, parts.store, telemetry, proxy.upstreams, proxy.gateway.plan))
    if telemetry.push is not None:
        telemetry.push.before = deliveries.depths.look
    audit, calls = AuditDesk(parts.store, proxy.audit), CallPages(world, parts.recent, telemetry)
    drift = DriftDesk(world, parts.observation, telemetry.deprecated, proxy.upstreams)
    overview = OverviewPage(proxy, telemetry.overview, deliveries.depths.document)
    sources = ConsoleSources(
        proxy, overview=overview, deliveries=deliveries, audit=audit, calls=calls, records=parts.store.records,
        secrets=secrets, drift=drift, recent=parts.recent, upstreams=proxy.upstreams, plans=proxy.gateway.plans,
        stages=describe, redact=telemetry.redactor.url, reload=reloader.reload,
    )  # fmt: skip
    console = _console(world, proxy, sources, lambda: admin.port)
    admin = Admin(
        world, proxy.config.admin, proxy, telemetry.metrics, reloader.reload, deliveries, audit, parts.door, secrets,
        parts.discovery, drift, calls, overview, console,
    )  # fmt: skip
    return admin


def _console(world: RealWorld, proxy: Proxy, sources: ConsoleSources, port: Callable[[], int]) -> Console:
    config, recent, recorder = proxy.config, proxy.parts.recent, proxy.audit
    gate = ConsoleGate(proxy.parts.door, world.secret_bytes, world.now, port, secure=config.tls.admin is not None)
    marks = (lambda: next((call.call_id for call in recent.newest()), ""), lambda: recorder.written)
    depths = sources.deliveries.depths if sources.deliveries is not None else None
    live = LiveFeed(world, PageChanges(proxy, world.now, marks, depths).revision)
    console = Console(world, gate, console_views(sources), live, asyncio.to_thread)
    console.refused = RefusalTally(world, recorder, "admin.refused").turned_away
    console.failed = lambda error: proxy.telemetry.crashed("console", error, world.wall())
    console.entered = lambda who, source: recorder.record("admin.login", who=who, target=f"address:{source}")
    return console
