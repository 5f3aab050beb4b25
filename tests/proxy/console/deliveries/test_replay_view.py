"""Tests of tidegate.proxy.console.deliveries.replay_view."""

from pathlib import Path

import pytest

from tests.proxy.console.desk_sources import DeskTown, desk_town
from tests.proxy.desk.letters import accept, dead, letter, settle_all

PATH = "/console/replay"


async def three_dead(town: DeskTown) -> None:
    await accept(town.desk.deliveries, letter(1), letter(2), letter(3, vendor="twilio"))
    await settle_all(town.desk.deliveries, dead())


async def test_what_many_come_to_is_counted_before_they_are_sent_again(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await three_dead(town)
        page = await town.browser.get(f"{PATH}?box=outbox&vendor=stripe")
        assert (page.status, "2 are sent again, the oldest first" in page.words) == (200, True)
        form = {"csrf": page.csrf, "sure": "yes", "by": "ada", "at_most": "2", "box": "outbox", "vendor": "stripe"}
        done = await town.browser.post(PATH, {**form, "share": "50%", "note": "back"})
        assert (done.status, done.headers["Location"].partition("?")[0]) == (303, "/console/dead")
        assert "2 are on their way again" in (await town.browser.get(done.headers["Location"])).words
        assert "dead" in (await town.browser.get("/console/dead")).words
        assert "d3" in (await town.browser.get("/console/dead")).text
        one = await town.browser.get("/console/deliveries/d1")
        assert "ada had it sent again under its key. — back" in one.words


async def test_where_more_match_than_were_counted_none_is_sent(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await three_dead(town)
        form = {"csrf": await town.browser.csrf(), "sure": "yes", "by": "ada", "box": "outbox"}
        page = await town.browser.post(PATH, {**form, "at_most": "2"})
        assert (page.status, "more than 2 match; look again" in page.words) == (400, True)
        assert "3 are sent again" in page.words
        assert (await town.browser.post(PATH, {**form, "at_most": "x"})).status == 400
        unsure = await town.browser.post(PATH, {**form, "sure": "", "at_most": "3"})
        assert (unsure.status, "Send 3 again" in unsure.text) == (200, True)


async def test_more_than_a_page_can_count_are_left_to_be_narrowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tidegate.proxy.console.deliveries.replay_view.MANY_MAX", 2)
    async with desk_town(tmp_path) as town:
        await three_dead(town)
        page = await town.browser.get(f"{PATH}?box=outbox")
        assert (page.status, "more than 2 match; take the oldest first" in page.words) == (400, True)
        assert "2 are sent again" in (await town.browser.get(f"{PATH}?box=outbox&vendor=stripe")).words


async def test_a_share_that_is_none_is_said_and_the_count_is_shown(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await three_dead(town)
        form = {"csrf": await town.browser.csrf(), "sure": "yes", "by": "ada", "box": "outbox", "at_most": "3"}
        page = await town.browser.post(PATH, {**form, "share": "half"})
        assert (page.status, "share" in page.words, "Send 3 again" in page.text) == (400, True, True)


async def test_nothing_to_send_is_said(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        assert "nothing to send again" in (await town.browser.get(f"{PATH}?box=inbox")).words
        page = await town.browser.get(f"{PATH}?vendor=stirpe")
        assert (page.status, "did you mean stripe" in page.words) == (400, True)
        assert "nothing to send" in (await town.browser.get(PATH)).words
