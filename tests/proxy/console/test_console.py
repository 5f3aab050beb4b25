"""Tests of tidegate.proxy.console.console, over real sockets."""

import random
from dataclasses import replace

import aiohttp
import pytest

from tests.proxy.console.open_console import open_console
from tests.proxy.test_admin import FakeProxy
from tidegate.proxy.console.console import FIELDS_MAX
from tidegate.proxy.console.view import Confirmation, PageData, PageFailure, PageRequest, Redirect, View
from tidegate.proxy.store.store_error import StoreError

HOSTILE = "<img src=x onerror=alert(1)>\"'&{{7*7}}"
BY_LINK = {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "navigate", "Sec_Fetch_Dest": "document"}


class Shelf:
    """A page that shows what it is given, and takes one order."""

    def __init__(self) -> None:
        self.done: list[PageRequest] = []
        self.trouble: Exception | None = None

    async def show(self, request: PageRequest) -> PageData | PageFailure:
        if self.trouble is not None:
            raise self.trouble
        if request.path["name"] == "lost":
            return PageFailure(404, "there is no such thing", "Look elsewhere.")
        return PageData({"failure": PageFailure(200, request.path["name"], request.query.get("q", ""))}, title=HOSTILE)

    async def carry_out(self, request: PageRequest) -> Redirect | Confirmation | PageFailure:
        if self.trouble is not None:
            raise self.trouble
        if not request.sure:
            return Confirmation("Really?", f"{request.form['what']} goes", "Do it", back="/shelf/a", grave=True)
        self.done.append(request)
        return Redirect("/shelf/a?q=1", f"{request.form['what']} has gone")

    @property
    def view(self) -> View:
        return View("/shelf/{name}", "Shelf", "failure.html", self.show, self.carry_out)


async def test_the_root_leads_to_the_console_and_the_overview_shows_every_vendor() -> None:
    async with open_console() as browser:
        root = await browser.get("/")
        assert (root.status, root.headers["Location"]) == (303, "/console/")
        page = await browser.get("/console/")
        assert page.status == 200
        assert "stripe" in page.words
        assert "■" not in page.text
        assert 'class="state bad">open' in page.text
        assert 'aria-current="page">Overview' in page.text
        assert (await browser.get("/console/", method="HEAD")).text == ""


async def test_no_page_lets_anything_run_that_is_not_ours() -> None:
    async with open_console() as browser:
        for path in ("/console/", "/console/nothing", "/console/login", "/console/static/console.js"):
            headers = (await browser.get(path)).headers
            policy = headers["Content-Security-Policy"]
            assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
        text = (await browser.get("/console/")).text
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text


async def test_what_is_foreign_is_escaped_wherever_it_stands() -> None:
    async with open_console(views=[Shelf().view]) as browser:
        page = await browser.get("/console/shelf/%3Cimg%20src=x%20onerror=alert(1)%3E?q=%3Cb%3E%7B%7B7*7%7D%7D")
        assert page.status == 200
        for wild in ("<img src=x", "<b>", ">49<"):
            assert wild not in page.text
        assert "{{7*7}}" in page.words
        assert "&lt;img src=x onerror=alert(1)&gt;" in page.text


async def test_a_static_file_is_kept_by_its_digest_and_another_is_not_there() -> None:
    async with open_console() as browser:
        text = (await browser.get("/console/")).text
        address = text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        style = await browser.get(address)
        assert (style.status, style.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
        assert (await browser.get("/console/static/..%2fconsole.py")).status == 404
        assert (await browser.get("/console/static/frame.html")).status == 404


async def test_an_order_is_asked_about_once_and_said_when_it_is_done() -> None:
    shelf = Shelf()
    async with open_console(views=[shelf.view]) as browser:
        assert (await browser.get("/console/login")).headers["Location"] == "/console/"  # nobody has to log in here
        page = await browser.post("/console/shelf/a", {"csrf": await browser.csrf(), "what": HOSTILE})
        assert page.status == 200
        assert "Really?" in page.words
        assert not shelf.done
        assert "<img src=x" not in page.text
        sure = {"csrf": page.csrf, "sure": "yes", "what": HOSTILE}
        done = await browser.post("/console/shelf/a", sure)
        assert done.status == 303
        assert [request.form["what"] for request in shelf.done] == [HOSTILE]
        after = await browser.get(done.headers["Location"])
        assert f"{HOSTILE} has gone" in after.words
        assert "<img src=x" not in after.text


async def test_an_order_of_another_site_or_without_its_token_changes_nothing() -> None:
    shelf = Shelf()
    async with open_console(views=[shelf.view], tokens=("ada",)) as browser:
        await browser.log_in("secret-ada")
        good = {"csrf": (await browser.get("/console/")).csrf, "sure": "yes", "what": "x"}
        for form in ({**good, "csrf": ""}, {**good, "csrf": "0" * 64}, {"sure": "yes", "what": "x"}):
            assert (await browser.post("/console/shelf/a", form)).status == 403
        for headers in ({"Origin": "http://evil.test"}, {"Origin": "null"}, {"Sec_Fetch_Site": "same-site"}):
            assert (await browser.post("/console/shelf/a", good, **headers)).status == 403
        assert (await browser.post("/console/shelf/a", "{}", Content_Type="application/json")).status == 415
        assert not shelf.done
        assert (await browser.post("/console/shelf/a", good)).status == 303
        assert len(shelf.done) == 1


async def test_a_link_that_is_followed_shows_nothing_until_our_own_page_asks() -> None:
    async with open_console(tokens=("ada",)) as browser:
        await browser.log_in("secret-ada")
        arrival = await browser.get("/console/?a=1&b=%3C", **BY_LINK)
        assert arrival.status == 200
        assert 'content="0; url=/console/?a=1&amp;b=%3C"' in arrival.text
        assert "stripe" not in arrival.text
        for other in ({"Sec_Fetch_Dest": "iframe"}, {"Sec_Fetch_Mode": "no-cors"}, {"Sec_Fetch_Mode": "cors"}):
            assert (await browser.get("/console/", **{**BY_LINK, **other})).status == 403


async def test_nobody_sees_a_page_without_logging_in_and_logging_out_ends_it() -> None:
    async with open_console(tokens=("ada",)) as browser:
        away = await browser.get("/console/?x=1")
        assert (away.status, away.headers["Location"]) == (303, "/console/login?next=/console/%3Fx%3D1")
        wrong = await browser.log_in("secret-bob")
        assert (wrong.status, "no token" in wrong.words) == (401, True)
        assert "secret-bob" not in wrong.text
        right = await browser.log_in("secret-ada")
        assert (right.status, right.headers["Location"]) == (303, "/console/")
        cookie = right.headers["Set-Cookie"]
        assert "HttpOnly; SameSite=Strict" in cookie
        assert "Path=/console;" in cookie
        page = await browser.get("/console/")
        assert (page.status, "ada" in page.words) == (200, True)
        assert (await browser.post("/console/logout", {"csrf": page.csrf})).status == 303
        assert (await browser.get("/console/")).status == 303


async def test_the_session_opens_the_console_alone_and_not_the_pages_for_programs() -> None:
    async with open_console(tokens=("ada",)) as browser:
        await browser.log_in("secret-ada")
        assert (await browser.get("/state")).status == 401
        assert (await browser.get("/state", Authorization="Bearer secret-ada")).status == 200


async def test_after_the_login_one_goes_on_to_what_one_wanted_and_never_elsewhere() -> None:
    async with open_console(tokens=("ada",)) as browser:
        for wanted, to in (("/console/shelf/a?b=1", "/console/shelf/a?b=1"), ("//evil.test/", "/console/")):
            login = await browser.get(f"/console/login?next={wanted.replace('?', '%3F')}")
            form = {"csrf": login.csrf, "token": "secret-ada"}
            done = await browser.post(f"/console/login?next={wanted.replace('?', '%3F')}", form)
            assert done.headers["Location"] == to


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/console/nothing", 404),
        ("/console/shelf/lost", 404),
        ("/console/shelf/a?" + "&".join(f"a{n}=1" for n in range(FIELDS_MAX + 1)), 400),
        ("/console/shelf/a?q=" + "a" * 4200, 400),
        ("/console/shelf/a?q=%ff", 400),
        ("/console/shelf/" + "a" * 600, 404),
    ],
)
async def test_what_cannot_be_shown_is_said_in_a_page(path: str, status: int) -> None:
    async with open_console(views=[Shelf().view]) as browser:
        page = await browser.get(path)
        assert page.status == status
        assert "To the overview" in page.words


async def test_a_store_that_does_not_answer_is_said_in_a_page() -> None:
    shelf = Shelf()
    shelf.trouble = StoreError("gone")
    async with open_console(views=[shelf.view]) as browser:
        page = await browser.get("/console/shelf/a")
        assert (page.status, "/readyz says why" in page.words) == (503, True)


async def test_a_page_that_is_not_ready_in_time_says_so_and_an_order_says_what_it_may_have_done() -> None:
    shelf = Shelf()
    shelf.trouble = TimeoutError()
    async with open_console(views=[shelf.view]) as browser:
        page = await browser.get("/console/shelf/a")
        assert (page.status, "done in part" in page.words) == (503, False)
        form = {"csrf": await browser.csrf(), "what": "x", "sure": "yes"}
        order = await browser.post("/console/shelf/a", form)
        assert (order.status, "What was ordered may be done in part." in order.words) == (503, True)
        assert not shelf.done


async def test_a_bug_in_a_page_is_said_in_a_page_without_what_the_data_were() -> None:
    shelf = Shelf()
    shelf.trouble = KeyError("sk_live_secret")
    async with open_console(views=[shelf.view]) as browser:
        page = await browser.get("/console/shelf/a")
        assert (page.status, "this page failed: KeyError" in page.words) == (500, False)
        assert "This page failed: KeyError. The log says where." in page.words
        assert "sk_live" not in page.text


async def test_other_methods_and_orders_to_pages_that_take_none_are_refused() -> None:
    async with open_console(views=[replace(Shelf().view, carry_out=None)]) as browser:
        assert (await browser.get("/console/", method="DELETE")).status == 405
        assert (await browser.post("/console/shelf/a", {"csrf": await browser.csrf()})).status == 405


async def test_an_open_page_is_told_where_to_listen_and_ends_with_the_port() -> None:
    async with open_console(tokens=("ada",)) as browser, aiohttp.ClientSession() as session:
        assert (await browser.get("/console/live")).status == 303
        bearer = {"Authorization": "Bearer secret-ada"}
        async with session.get(f"{browser.base}/console/live", headers=bearer) as stream:
            assert stream.headers["Content-Type"] == "text/event-stream; charset=utf-8"
            assert await stream.content.readline() == b"retry: 3000\n"
        listening = await session.get(f"{browser.base}/console/live", headers=bearer)
    assert listening.closed


async def test_odd_paths_and_queries_get_a_page_and_never_a_bug() -> None:
    rng = random.Random(7)
    odd = ("%00", "%ff", "%2e%2e", "%2F", "//", "..", "%", "{x}", "%7B%7B7*7%7D%7D", ";", "?", "&a=%zz", "%0d%0aX:1")
    parts = (*odd, "shelf/", "static/", "vendors/", "audit", "login")
    async with open_console(views=[Shelf().view]) as browser:
        for _ in range(150):
            path = "/console/" + "".join(rng.choices(parts, k=rng.randint(1, 6)))
            page = await browser.get(path)
            assert page.status in (200, 303, 400, 404, 405), path
            assert "X" not in page.headers, path


async def test_what_is_out_of_force_and_what_troubles_the_proxy_stands_on_top() -> None:
    proxy = FakeProxy()
    proxy.refused = {"adyen": {"why": HOSTILE}}
    proxy.store_trouble = "the disk is full"
    async with open_console(proxy) as browser:
        page = await browser.get("/console/")
        assert f"adyen on disk is not in force: {HOSTILE}" in page.words
        assert "the disk is full" in page.words
        assert "<img" not in page.text.partition("<main")[2]
