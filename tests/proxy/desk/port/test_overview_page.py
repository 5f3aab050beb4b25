"""Tests of tidegate.proxy.desk.port.overview_page."""

import orjson

from tests.proxy.test_admin import FakeProxy
from tidegate.proxy.desk.port.overview_page import OverviewPage
from tidegate.proxy.telemetry.overview.overview import Overview
from tidegate.world.world import RealWorld


def test_the_page_shows_vendors_and_the_proxy_itself() -> None:
    proxy = FakeProxy()
    proxy.troubles["means"], proxy.store_trouble = "there are no descriptors", "the disk is full"
    proxy.refused["stripe"] = {"why": "line 3: no such key", "sha256": "x"}
    depths: list[dict[str, object]] = [{"box": "outbox", "state": "dead", "deliveries": 2}]
    page = OverviewPage(proxy, Overview(RealWorld(), proxy.state), lambda: depths).answer()
    document = orjson.loads(page.body)
    assert (page.status, document["in_flight"], document["draining"]) == (200, 2, False)
    assert document["troubles"] == {"means": "there are no descriptors", "store": "the disk is full"}
    assert document["refused"] == {"stripe": "line 3: no such key"}
    assert document["deliveries"] == depths
    assert document["vendors"]["stripe"]["breaker"] == "open"
