"""Tests of tidegate.proxy.console.views.overview."""

from pathlib import Path
from typing import Any

from tests.proxy.console.served_town import served_town
from tests.proxy.desk.letters import letter
from tidegate.proxy.console.views.overview import vendor_row
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.telemetry.metrics import VendorState
from tidegate.proxy.telemetry.overview.overview import Overview
from tidegate.world.world import RealWorld


def document(state: VendorState) -> Any:
    return Overview(RealWorld(), lambda: {"stripe": state}).document()["vendors"]["stripe"]  # type: ignore[index]  # JSON


def test_a_row_shows_the_worst_breaker_and_the_fullest_limit() -> None:
    state = VendorState(
        breakers={"a": {"state": "closed"}, "b": {"state": "open"}, "c": {"state": "half-open"}},
        limits={"account": 0.2, "daily": 0.9},
        queued=3,
    )
    row = vendor_row("stripe", document(state), "line 3")
    assert (row.breaker, row.groups, row.limit, row.used, row.waiting) == ("open", "b", "daily", 0.9, 3)
    assert (row.tone, row.refused, row.error_share) == ("bad", "line 3", None)


def test_a_vendor_without_breaker_and_limits_has_a_row() -> None:
    row = vendor_row("stripe", document(VendorState()))
    assert (row.breaker, row.groups, row.limit, row.used, row.tone) == ("closed", "", "", None, "soft")


def test_what_a_line_shows_is_said_in_words_too() -> None:
    of = document(VendorState())
    of |= {"ended": {"refused": 1, "failed": 3}}
    of["history"] |= {"calls_per_s": [1.0, 12.5], "p99_ms": [None, 250.0]}
    row = vendor_row("stripe", of)
    assert 'aria-label="calls a second in the last ten minutes, at most 12.5"' in row.calls_chart.__html__()
    assert "at most 250 ms" in row.slow_chart.__html__()
    assert [*row.ended] == ["failed", "refused"]


async def test_what_waits_is_shown_to_who_loads_the_page_once(tmp_path: Path) -> None:
    async with served_town(tmp_path) as served:
        store = served.town.proxy.parts.store
        now = store.clock.now()
        waiting = letter(1, vendor="things", operation="PostThings", accepted_wall=now.wall, deadline=1e9)
        await store.deliveries.accept(waiting, now, BacklogBounds())
        page = await served.browser.get("/console/")
        assert "things" in page.text.partition('id="deliveries"')[2].partition("</section>")[0]
