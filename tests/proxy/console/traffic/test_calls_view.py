"""Tests of tidegate.proxy.console.traffic.calls_view."""

from pathlib import Path

from tests.proxy.console.desk_sources import desk_town
from tests.proxy.examples import attempt, finished
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.telemetry.recent_calls import TurnedAway


async def test_calls_are_searched_and_paged(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        for number in range(51):
            town.recent.add(finished(call_id=f"c{number}"))
        refused = {"status": 503, "verdict": Verdict.REFUSED, "problem": PROBLEMS["overloaded"]}
        town.recent.add(finished(call_id="r1", app="office", **refused))
        page = await town.browser.get("/console/calls")
        assert page.status == 200
        assert page.text.index("calls/r1") < page.text.index("calls/c50")
        assert 'calls/c1"' not in page.text
        older = await town.browser.get("/console/calls?after=c2")
        assert ('calls/c1"' in older.text, 'calls/c2"' in older.text) == (True, False)
        found = await town.browser.get("/console/calls?app=office&vendor=&verdict=&since=")
        assert ("calls/r1" in found.text, "calls/c" in found.text) == (True, False)
        assert "overloaded, done" in found.words
        assert 'value="office"' in found.text


async def test_a_filter_that_cannot_be_meant_is_said_above_the_form(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        page = await town.browser.get("/console/calls?until=soon&app=shop")
        assert (page.status, "until is no time" in page.words) == (400, True)
        assert 'value="shop"' in page.text
        assert "No call in memory fits" in (await town.browser.get("/console/calls?verdict=failed")).words


async def test_what_vendors_and_callers_wrote_is_text(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        evil = "<script>alert(1)</script>"
        town.recent.add(finished(call_id="c1", app=evil, attempts=[attempt(request_id=f'"{evil}')]))
        for path in ("/calls", "/calls/c1", f"/calls?id={evil}", f"/calls?until={evil}"):
            page = await town.browser.get(f"/console{path}")
            assert "<script>alert" not in page.text, path
            assert "&lt;script&gt;alert(1)" in page.text, path


async def test_a_request_that_never_became_a_call_is_listed_and_shown(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        town.recent.add_turned_away(TurnedAway("r1", 1.0, "", "", "<b>", PROBLEMS["app-unauthorized"], "Send a token."))
        assert "app-unauthorized" in (await town.browser.get("/console/calls")).words
        one = await town.browser.get("/console/calls/r1")
        assert (one.status, "Send a token. It never became a call" in one.words) == (200, True)
        assert "<b>" not in one.text
        assert "breaker, limits, policy" not in one.words


async def test_an_unknown_outcome_is_seen(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        town.recent.add(finished(call_id="c1", outcome=Outcome.UNKNOWN))
        assert '<span class="state bad">success, unknown' in (await town.browser.get("/console/calls")).text
