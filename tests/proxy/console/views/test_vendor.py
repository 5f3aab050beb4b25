"""Tests of tidegate.proxy.console.views.vendor, of a whole proxy over real sockets."""

import re
from pathlib import Path

from tests.proxy.console.served_town import ServedTown, served_town
from tests.proxy.examples import finished, plan
from tests.proxy.town import ENVIRON, PATHS, SECRET
from tidegate.proxy.console.views.vendor import OPERATIONS_MAX, limit_rows, operation_rows
from tidegate.proxy.telemetry.recent_calls import RecentCalls


async def part(served: ServedTown, id_: str) -> str:
    """The text of one part of the page, between its id and the next section."""
    page = await served.browser.get("/console/vendors/things")
    assert page.status == 200
    return page.text.partition(f'id="{id_}"')[2].partition("</section>")[0]


async def test_a_vendor_is_shown_with_its_limits_breakers_credentials_and_operations(tmp_path: Path) -> None:
    async with served_town(tmp_path, [200, 500, 500, 500]) as served:
        await served.town.ask("GET", "/things/things")
        await served.town.ask("PUT", "/things/things/1", body=b"{}")
        page = await served.browser.get("/console/vendors/things")
        assert "Keeps things." in page.words
        assert 'aria-label="account, last ten minutes' in await part(served, "limits")
        assert "default" in await part(served, "breakers")
        secrets = await part(served, "credentials")
        assert "env:THINGS_KEY" in secrets
        assert re.search("in (90 d|89 d 23 h)<", secrets), "it is to be rotated every 90 days"
        operations = await part(served, "operations")
        assert operations.index("GetThings") < operations.index("PostThings"), "what was called comes first"
        assert 'href="/console/vendors/things/operations/GetThings"' in operations
        for secret in (SECRET, *ENVIRON.values()):
            assert secret not in page.text


async def test_operations_are_looked_for_by_path_or_id(tmp_path: Path) -> None:
    async with served_town(tmp_path) as served:
        page = await served.browser.get("/console/vendors/things?q=SHOTS")
        assert "PostShots" in page.words
        assert "GetThings" not in page.words
        assert "1 of 6" in page.words
        assert "Nothing fits" in (await served.browser.get("/console/vendors/things?q=%3Cb%3E")).words


async def test_a_vendor_that_is_not_served_is_not_there(tmp_path: Path) -> None:
    async with served_town(tmp_path) as served:
        page = await served.browser.get("/console/vendors/%3Cscript%3E")
        assert (page.status, "o vendor '<script>' is served" in page.words) == (404, True)
        assert "<script>" not in page.text


async def test_what_the_vendor_ends_is_shown_with_who_calls_it(tmp_path: Path) -> None:
    ending = {"/things": {"get": {**PATHS["/things"]["get"], "deprecated": True}}}
    async with served_town(tmp_path, paths=ending) as served:
        assert "GetThings" in await part(served, "ending")


def test_operations_that_were_called_lately_come_first_with_what_failed() -> None:
    recent = RecentCalls()
    for number, status in enumerate((200, 503, 0)):
        recent.add(finished(call_id=str(number), plan=plan(operation="Z"), status=status))
    plans = {name: plan(operation=name) for name in ("A", "B", "Z")}
    rows = operation_rows(plans, recent, plan().vendor)
    assert [(row.name, row.calls, row.failed) for row in rows] == [("Z", 3, 2), ("A", 0, 0), ("B", 0, 0)]
    assert len(operation_rows({str(n): plan(operation=str(n)) for n in range(900)}, recent, "x")) > OPERATIONS_MAX


def test_the_fullest_limit_comes_first() -> None:
    rows = limit_rows({"limits": {"a": 0.1, "b": 0.9, "c": 0.1}, "history": {"limits": {"a": [None, 0.1]}}})
    assert [row.name for row in rows] == ["b", "a", "c"]


def test_a_limit_is_shown_over_minutes_and_over_a_day() -> None:
    history, day = {"limits": {"a": [None, 0.1]}}, {"a": [0.2, None, 0.75]}
    (row,) = limit_rows({"limits": {"a": 0.1}, "history": history, "limits_day": day})
    assert (row.chart.points, row.day.points) == ((None, 0.1), (0.2, None, 0.75))
    assert row.day.label == "a, last 24 hours, at most 75 %"
