"""Tests of tidegate.proxy.console.deliveries.list_views."""

import re
from pathlib import Path

from tests.proxy.console.desk_sources import desk_town
from tests.proxy.desk.letters import CANARY, accept, dead, letter, settle_all
from tests.proxy.examples import finished
from tidegate.problems import PROBLEMS
from tidegate.proxy.call.call import CarriedDeliveries
from tidegate.proxy.call.outcome import Outcome


def shown(text: str) -> list[str]:
    return re.findall(r'/console/deliveries/(\w+)"', text)


async def test_each_list_shows_its_kind_and_is_narrowed(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        deliveries, get = town.desk.deliveries, town.browser.get
        await accept(deliveries, letter(1), letter(2, vendor="twilio"))
        await settle_all(deliveries, dead())
        await accept(deliveries, letter(3, state="unknown"), letter(4, state="parked"), letter(5, box="inbox"))
        for path, found in (
            ("/outbox", ["d4", "d3", "d2", "d1"]),
            ("/outbox?state=dead&vendor=twilio&app=&text=", ["d2"]),
            ("/inbox", ["d5"]),
            ("/dead", ["d2", "d1"]),
            ("/dead?reason=expired", []),
            ("/unknown", ["d4", "d3"]),
        ):
            assert shown((await get(f"/console{path}")).text) == found, path
        assert "None of these fits" in (await get("/console/dead?reason=expired")).words
        dead_letters = await get("/console/dead?vendor=stripe")
        assert 'href="/console/replay?box=outbox&amp;vendor=stripe"' in dead_letters.text
        assert "rejected" in dead_letters.words
        assert "it said no" in dead_letters.words


async def test_an_empty_list_says_so_and_a_filter_that_means_nothing_too(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        assert "There are no dead letters" in (await town.browser.get("/console/dead")).words
        page = await town.browser.get("/console/dead?vendor=stirpe")
        assert (page.status, "did you mean stripe" in page.words) == (400, True)
        assert (await town.browser.get("/console/dead?after=x")).status == 400


async def test_a_long_list_is_paged(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await accept(town.desk.deliveries, *map(letter, range(60)))
        first = await town.browser.get("/console/outbox?app=shop")
        assert len(shown(first.text)) == 50
        (following,) = re.findall(r'href="([^"]*)" rel="next"', first.text)
        assert "app=shop&amp;after=" in following
        second = await town.browser.get(following.replace("&amp;", "&"))
        assert shown(second.text) == [f"d{number}" for number in range(9, -1, -1)]


async def test_no_secret_and_no_markup_of_others_is_in_a_list(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        evil = "<img src=x onerror=alert(1)>"
        await accept(town.desk.deliveries, letter(1, app=evil, operation=evil, key=CANARY, order_key=CANARY))
        await settle_all(town.desk.deliveries, dead())
        page = await town.browser.get("/console/dead")
        assert ("<img src=x" in page.text, CANARY in page.text) == (False, False)
        assert "&lt;img src=x" in page.text


async def test_calls_that_are_unknown_and_in_no_box_are_listed_with_what_is(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        unknown = {"status": 504, "outcome": Outcome.UNKNOWN, "problem": PROBLEMS["outcome-unknown"]}
        for call_id in ("d1", "c2"):
            town.recent.add(finished(call_id=call_id, **unknown))
        town.recent.add(finished(call_id="c3", app="office", **unknown))
        town.recent.add(finished(call_id="c4", carried=CarriedDeliveries(("d1",)), **unknown))
        await accept(town.desk.deliveries, letter(1, state="unknown"))
        page = await town.browser.get("/console/unknown?app=shop")
        assert [name in page.text for name in ("/calls/c2", "/calls/d1", "/calls/c3", "/calls/c4")] == [
            True,
            *[False] * 3,
        ]
        call = await town.browser.get("/console/calls/c2")
        assert "What to do: It may have happened, and it had no key." in call.words
