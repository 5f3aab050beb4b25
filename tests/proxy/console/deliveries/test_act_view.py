"""Tests of tidegate.proxy.console.deliveries.act_view."""

import re
from html import unescape
from pathlib import Path

import orjson
import pytest

from tests.proxy.console.desk_sources import DeskTown, desk_town
from tests.proxy.desk.letters import accept, dead, letter, settle_all
from tidegate.proxy.console.deliveries.act_view import EDITED_BYTES_MAX
from tidegate.proxy.policies.delivery.delivery import Settlement

SURE = {"sure": "yes", "by": "ada"}


async def state(town: DeskTown, delivery_id: str = "d1") -> str:
    found = await town.desk.deliveries.find(delivery_id)
    assert found is not None
    return found.state


async def sent(town: DeskTown, path: str, **form: str) -> tuple[int, str, str]:
    """Status, where to and what is said, of the form of an act's page."""
    asked = await town.browser.get(path)
    fields = {"csrf": asked.csrf, "sure": "yes", "by": "ada", **form}
    done = await town.browser.post(path, fields)
    to = done.headers.get("Location", "")
    return done.status, to.partition("?")[0], (await town.browser.get(to)).words if to else done.words


async def test_an_act_asks_once_is_done_once_and_is_on_record(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await accept(town.desk.deliveries, letter(1))
        await settle_all(town.desk.deliveries, dead())
        asked = await town.browser.get("/console/deliveries/d1/replay")
        for words in (
            "What will happen",
            "sent again under its own key",
            "first it is asked what became of it",
            "Your name",
        ):
            assert words in asked.words
        assert await state(town) == "dead"
        status, to, words = await sent(town, "/console/deliveries/d1/replay", note="vendor is back")
        assert (status, to) == (303, "/console/deliveries/d1")
        assert "It is on its way again, under its own key." in words
        assert "ada had it sent again under its key. — vendor is back" in words
        assert await state(town) == "unknown"
        again = await town.browser.post(
            "/console/deliveries/d1/replay", {"csrf": asked.csrf, "sure": "yes", "by": "ada"}
        )
        assert (again.status, "It is unknown, and replay is for what is dead" in again.words) == (409, True)


@pytest.mark.parametrize(
    ("name", "first", "after"),
    [
        ("approve", "parked", "queued"),
        ("refuse", "parked", "dead"),
        ("cancel", "queued", "cancelled"),
        ("confirm", "unknown", "done"),
    ],
)
async def test_every_act_does_what_its_page_says(tmp_path: Path, name: str, first: str, after: str) -> None:
    async with desk_town(tmp_path) as town:
        await accept(town.desk.deliveries, letter(1, state=first))
        status, _, _ = await sent(town, f"/console/deliveries/d1/{name}")
        assert (status, await state(town)) == (303, after)


async def test_who_has_logged_in_acts_under_their_own_name(tmp_path: Path) -> None:
    async with desk_town(tmp_path, tokens=("ada",)) as town:
        await accept(town.desk.deliveries, letter(1))
        await town.browser.log_in("secret-ada")
        asked = await town.browser.get("/console/deliveries/d1/cancel")
        assert ("You act as ada" in asked.words, 'name="by"' in asked.text) == (True, False)
        await sent(town, "/console/deliveries/d1/cancel", by="eve")
        (line,) = await town.desk.deliveries.audit("d1")
    assert orjson.loads(line)["by"] == "ada"


async def test_without_a_name_or_the_pages_own_form_nothing_is_done(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await accept(town.desk.deliveries, letter(1))
        path = "/console/deliveries/d1/cancel"
        status, _, words = await sent(town, path, by=" ", note="kept")
        assert (status, "by says who does it" in words) == (400, True)
        assert (await town.browser.post(path, {"sure": "yes", "by": "ada"})).status == 403
        unsure = await town.browser.post(path, {"csrf": await town.browser.csrf(), "by": "ada"})
        assert (unsure.status, "Give up?" in unsure.words) == (200, True)
        assert await state(town) == "queued"


def edited(page_text: str) -> str:
    (text,) = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", page_text, re.DOTALL)
    return unescape(text)


async def test_a_body_is_edited_and_what_is_hidden_in_it_is_kept(tmp_path: Path) -> None:
    path = "/console/deliveries/d1/edit"
    async with desk_town(tmp_path) as town:
        await accept(town.desk.deliveries, letter(1, body=b'{"amount": 1, "email": "ada@example.com"}'))
        await settle_all(town.desk.deliveries, dead())
        body = edited((await town.browser.get(path)).text)
        assert body == '{"amount":1,"email":"[redacted]"}'
        status, _, words = await sent(town, path, body=body.replace("email", "mail"), note="why not")
        assert (status, "a hidden value that cannot be put back" in words) == (400, True)
        failed = await town.browser.post(
            path,
            {"csrf": await town.browser.csrf(), **SURE, "body": '{"x": "[redacted]"}', "note": "n"},
        )
        assert (edited(failed.text), 'value="n"' in failed.text) == ('{"x": "[redacted]"}', True), "nothing is lost"
        assert (await sent(town, path, body=body.replace("1", "2")))[0] == 303
        found = await town.desk.deliveries.find("d1")
        assert found is not None
        assert orjson.loads(found.new.body) == {"amount": 2, "email": "ada@example.com"}


async def test_a_body_that_cannot_be_edited_says_why(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        long = b'{"a": "' + b"x" * EDITED_BYTES_MAX + b'"}'
        plain, digest = b'[["Content-Type", "text/plain"]]', b'[["Repr-Digest", "x"]]'
        await accept(
            town.desk.deliveries, letter(1, body=long), letter(2, headers=plain), letter(3, headers=digest),
        )  # fmt: skip
        await settle_all(town.desk.deliveries, dead())
        for number, why in ((1, "too long"), (2, "may be shown"), (3, "digest")):
            page = await town.browser.get(f"/console/deliveries/d{number}/edit")
            assert (page.status, why in page.words) == (409, True), why


async def test_what_was_sent_before_is_warned_of_before_it_is_sent_anew(tmp_path: Path) -> None:
    async with desk_town(tmp_path) as town:
        await accept(town.desk.deliveries, letter(1))
        await settle_all(town.desk.deliveries, Settlement("parked"))
        page = await town.browser.get("/console/deliveries/d1/redo")
        assert "this does it twice" in page.words
        assert (await sent(town, "/console/deliveries/d1/redo"))[0] == 303
        assert await state(town) == "queued"
