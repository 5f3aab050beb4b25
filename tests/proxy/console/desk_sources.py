"""What the console's pages of calls and deliveries stand on: calls in memory, and the desk over a store in a file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.proxy.console.open_console import Browser, open_console
from tests.proxy.desk.letters import CANARY, Desk
from tests.proxy.store.places import sqlite_at
from tests.proxy.test_admin import FakeProxy
from tidegate.proxy.console.console_sources import ConsoleSources
from tidegate.proxy.console.console_views import console_views
from tidegate.proxy.desk.calls.call_pages import CallPages
from tidegate.proxy.desk.port.overview_page import OverviewPage
from tidegate.proxy.desk.vendor_terms import VendorTerms
from tidegate.proxy.store.records import Records
from tidegate.proxy.store.store import Store
from tidegate.proxy.telemetry.metrics import Metrics
from tidegate.proxy.telemetry.overview.overview import Overview
from tidegate.proxy.telemetry.recent_calls import RecentCalls
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.redaction.redactor import Redactor
from tidegate.world.world import RealWorld

TERMS = VendorTerms(("/email",), rate_per_s=10.0, key_memory_s=86_400.0)


@dataclass
class DeskTown:
    """What there is."""

    browser: Browser
    desk: Desk
    recent: RecentCalls
    records: Records


def call_pages(recent: RecentCalls) -> CallPages:
    world = RealWorld()
    telemetry = Telemetry(world, sink=lambda _: None, redactor=Redactor([CANARY]), metrics=Metrics({}), recent=recent)
    return CallPages(world, recent, telemetry)


def sources_over(store: Store, recent: RecentCalls, desk: Desk) -> ConsoleSources:
    proxy = FakeProxy()
    overview = OverviewPage(proxy, Overview(RealWorld(), proxy.state), list)
    return ConsoleSources(proxy, overview, deliveries=desk.pages, calls=call_pages(recent), records=store.records)


@asynccontextmanager
async def town_at(
    folder: Path, recent: RecentCalls, tokens: tuple[str, ...] = (), terms: VendorTerms = TERMS
) -> AsyncIterator[DeskTown]:
    """A browser before the whole console, over the store in a folder."""
    async with sqlite_at(folder).opened() as store:
        desk = Desk(store.deliveries, terms)
        views = console_views(sources_over(store, recent, desk))
        async with open_console(views=views[1:], tokens=tokens) as browser:
            yield DeskTown(browser, desk, recent, store.records)


@asynccontextmanager
async def desk_town(folder: Path, tokens: tuple[str, ...] = ()) -> AsyncIterator[DeskTown]:
    """As above, over an empty store and no calls."""
    async with town_at(folder, RecentCalls(), tokens) as town:
        yield town
