"""Tests of tidegate.proxy.console.traffic.call_view."""

from pathlib import Path

from tests.proxy.console.desk_sources import desk_town
from tests.proxy.desk.letters import CANARY, accept, letter
from tests.proxy.examples import attempt, finished
from tests.proxy.store.places import NOW, at
from tidegate.proxy.call.call import CarriedDeliveries
from tidegate.proxy.call.outcome import Outcome, Verdict

LOST = attempt(
    began=100.1, ended=100.3, status=0, verdict=Verdict.FAILED, error="connection_terminated", then="backoff"
)


async def test_a_call_is_a_timeline_with_the_reason_of_each_step(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        second = attempt(2, began=100.4, ended=100.45, request_id=f"req-{CANARY}")
        carried = CarriedDeliveries(("d7",))
        town.recent.add(finished(attempts=[LOST, second], queued_s=0.1, trace_id="7" * 32, carried=carried))
        page = await town.browser.get("/console/calls/c1")
    assert page.status == 200
    for words in (
        "It waited for one of the vendor's limits.", "No answer came (connection_terminated)", "The app got 200",
        "The vendor's id: req-[redacted]", "A pause before it was sent again",
    ):  # fmt: skip
        assert words in page.words
    assert page.text.count("<rect") == 6
    assert 'href="/console/deliveries/d7"' in page.text
    assert 'href="/console/calls?vendor=stripe&amp;operation=PostRefunds&amp;verdict=success"' in page.text
    assert CANARY not in page.text


async def test_a_call_whose_write_is_a_delivery_leads_there(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        town.recent.add(finished(call_id="d1", outcome=Outcome.UNKNOWN))
        await accept(town.desk.deliveries, letter(1, state="unknown"), letter(2))
        page = await town.browser.get("/console/calls/d1")
        assert 'href="/console/deliveries/d1"' in page.text
        gone = await town.browser.get("/console/calls/d2")
        assert (gone.status, "not in the memory" in gone.words) == (200, True)
        assert 'href="/console/deliveries/d2"' in gone.text


async def test_of_a_call_that_only_the_store_knows_its_record_is_shown(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await town.records.note_unknown("c9", "shop", "stripe", "PostRefunds", began_wall=NOW, now=at())
        page = await town.browser.get("/console/calls/c9")
        assert (page.status, "Outcome unknown" in page.words) == (200, True)
        missing = await town.browser.get("/console/calls/c8")
        assert (missing.status, "log has every call" in missing.words) == (404, True)
        assert (await town.browser.get("/console/calls/a%2Fb")).status == 404
