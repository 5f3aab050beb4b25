"""Tests of tidegate.proxy.console.console_views."""

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from tests.proxy.console.desk_sources import sources_over
from tests.proxy.desk.letters import Desk
from tests.proxy.store.places import sqlite_at
from tests.proxy.test_admin import FakeProxy
from tidegate.proxy.console.console_sources import ConsoleSources
from tidegate.proxy.console.console_views import console_views
from tidegate.proxy.console.view import View
from tidegate.proxy.desk.port.overview_page import OverviewPage
from tidegate.proxy.desk.vendor_terms import VendorTerms
from tidegate.proxy.telemetry.overview.overview import Overview
from tidegate.proxy.telemetry.recent_calls import RecentCalls
from tidegate.world.world import RealWorld

PROXY = FakeProxy()
OVERVIEW = OverviewPage(PROXY, Overview(RealWorld(), PROXY.state), list)


@pytest.fixture
async def views(tmp_path: Path) -> tuple[View, ...]:
    """Every page but the audit log's."""
    async with sqlite_at(tmp_path).opened() as store:
        return console_views(sources_over(store, RecentCalls(), Desk(store.deliveries, VendorTerms())))


async def test_no_path_means_two_pages_and_the_overview_comes_first(views: tuple[View, ...]) -> None:
    assert views[0].path == "/"
    assert max(Counter(view.path for view in views).values()) == 1


async def test_every_page_of_the_menu_can_be_shown_without_being_told_more(views: tuple[View, ...]) -> None:
    assert all(view.show is not None and "{" not in view.path for view in views if view.menu)


async def test_a_page_that_belongs_to_another_belongs_to_one_of_the_menu(views: tuple[View, ...]) -> None:
    assert {view.under for view in views if view.under} <= {view.path for view in views if view.menu}


async def test_every_template_is_there(views: tuple[View, ...]) -> None:
    templates = files("tidegate.proxy.console").joinpath("templates")
    assert all(templates.joinpath(view.template).is_file() for view in views)


def test_a_page_whose_source_is_not_there_is_not_there() -> None:
    paths = [view.path for view in console_views(ConsoleSources(PROXY, OVERVIEW)) if view.menu]
    assert paths == ["/", "/configuration"]
