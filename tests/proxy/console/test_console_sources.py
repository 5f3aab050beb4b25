"""Tests of tidegate.proxy.console.console_sources."""

from tests.proxy.examples import plan
from tests.proxy.test_admin import FakeProxy
from tidegate.proxy.console.console_sources import ConsoleSources
from tidegate.proxy.desk.port.overview_page import OverviewPage
from tidegate.proxy.telemetry.overview.overview import Overview
from tidegate.world.world import RealWorld


def test_what_is_not_there_is_empty() -> None:
    proxy = FakeProxy()
    sources = ConsoleSources(proxy, OverviewPage(proxy, Overview(RealWorld(), proxy.state), list))
    assert (dict(sources.plans("stripe")), [*sources.stages(plan())]) == ({}, [])
