"""The console in a real browser: everybody can use it, it follows what happens, and nothing foreign runs."""

import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.acceptance.programs import House, Proxy
from tests.web.watched_page import NARROW, WIDE, violations, watched

pytestmark = pytest.mark.web

TOKEN = "tga-the-token-of-ada-0123456789"
HOSTILE = "<img src=x onerror=alert(1)>"
PAGES = (
    "/", "/vendors/stripe", "/vendors/stripe?q=refund", "/vendors/stripe/operations/PostPaymentIntents", "/calls",
    "/outbox", "/inbox", "/configuration", "/audit", "/nothing",
)  # fmt: skip


@dataclass
class Console:
    """What runs."""

    house: House
    proxy: Proxy
    url: str

    def call(self, path: str, body: str | None = None, key: str = "") -> int:
        """The status of a call through the proxy."""
        headers = {"Authorization": "Bearer any"} | ({"Idempotency-Key": key} if key else {})
        data = body.encode() if body is not None else None
        request = urllib.request.Request(f"{self.proxy.stripe}{path}", data, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    """A proxy whose admin port asks for tokens, with some calls behind it; one of a client that means no good."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "ada").write_text(TOKEN)
    with House(folder) as house:
        proxy = house.serve(admin_tokens=[{"name": "ada", "token": f"file:{folder / 'ada'}"}])
        admin = next(line for line in proxy.lines if "admin on " in line).rpartition("admin on ")[2].strip()
        console = Console(house, proxy, f"{admin}/console")
        assert console.call("/v1/customers", "name=Ada", key="k-1") == 200
        assert console.call("/v1/customers", f"name={HOSTILE}", key=HOSTILE) == 200
        console.call("/v1/customers/%3Cimg%20src=x%20onerror=alert(1)%3E")
        house.vendor.fails(kind="error", status=503, operations=["GetRefunds"])
        assert console.call("/v1/refunds") == 503
        yield console


@pytest.fixture(scope="module")
def logged_in(browser: Browser, console: Console) -> dict[str, object]:
    """The cookies of somebody who has logged in, by the keyboard alone."""
    with watched(browser) as page:
        page.goto(f"{console.url}/")
        expect(page.get_by_label("Your admin token")).to_be_focused()
        page.keyboard.type("wrong")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("no token of admin_tokens")
        page.keyboard.type(TOKEN)
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Overview")).to_be_visible()
        state: dict[str, object] = dict(page.context.storage_state())
        return state


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_page_can_be_used_by_everybody(
    browser: Browser, console: Console, logged_in: dict[str, object], viewport: ViewportSize, scheme: str
) -> None:
    with watched(browser, storage_state=logged_in, viewport=viewport, color_scheme=scheme) as page:
        for path in PAGES:
            page.goto(f"{console.url}{path}")
            assert not violations(page), path
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], f"{path} is too wide"


def test_pages_that_are_led_to_can_be_used_by_everybody(page: Page, console: Console) -> None:
    page.goto(f"{console.url}/calls")
    page.locator("main table a").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url != f"{console.url}/calls"
    assert not violations(page)
    page.goto(f"{console.url}/vendors/stripe")
    page.get_by_role("button", name="Keep open").first.click()
    assert not violations(page)
    page.goto(f"{console.url}/configuration")
    page.locator("#defaults summary").click()
    assert not violations(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_login_can_be_used_by_everybody(browser: Browser, console: Console, scheme: str) -> None:
    with watched(browser, viewport=NARROW, color_scheme=scheme) as page:
        page.goto(f"{console.url}/login")
        assert not violations(page)


@pytest.fixture
def page(browser: Browser, console: Console, logged_in: dict[str, object]) -> Iterator[Page]:
    with watched(browser, storage_state=logged_in) as page:
        page.goto(f"{console.url}/")
        yield page


def test_an_open_page_follows_what_happens_until_it_is_paused(page: Page, console: Console) -> None:
    page.goto(f"{console.url}/vendors/stripe?q=Get")
    expect(page.locator("#live")).to_have_text("Live")
    row = page.locator("#operations tr", has=page.get_by_role("link", name="GetCustomers", exact=True))
    before = int(row.locator("td").last.inner_text().split()[0])
    assert console.call("/v1/customers") == 200
    expect(row.locator("td").last).to_contain_text(str(before + 1), timeout=15_000)
    page.get_by_role("link", name="GetRefunds", exact=True).focus()
    assert console.call("/v1/refunds") == 503
    expect(page.locator("#operations tr", has_text="GetRefunds").first).to_contain_text("failed", timeout=15_000)
    expect(page.get_by_role("link", name="GetRefunds", exact=True)).to_be_focused()
    page.get_by_role("button", name="Pause").click()
    expect(page.locator("#live")).to_have_text("Paused")
    expect(page.get_by_role("button", name="Follow")).to_be_visible()


def test_foreign_text_is_text(page: Page, console: Console) -> None:
    for path in ("/calls", "/audit", f"/audit?target={HOSTILE}", f"/vendors/stripe?q={HOSTILE}", f"/{HOSTILE}"):
        page.goto(f"{console.url}{path}")
        assert page.locator("main img").count() == 0
        assert page.evaluate("document.querySelectorAll('script').length") == 1


def test_it_is_whole_without_script_and_a_breaker_is_kept_open_and_let_go(
    browser: Browser, console: Console, logged_in: dict[str, object]
) -> None:
    with watched(browser, storage_state=logged_in, java_script_enabled=False) as page:
        page.goto(f"{console.url}/")
        page.get_by_role("link", name="stripe", exact=True).click()
        page.get_by_role("button", name="Keep open").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("keep the breaker open?")
        page.get_by_label("Why, for the audit log").fill("a drill")
        page.get_by_role("button", name="Keep the breaker open").click()
        expect(page.get_by_role("status").filter(has_text="is kept open")).to_be_visible()
        page.get_by_role("button", name="Let go").first.click()
        page.get_by_role("button", name="Let the breaker go").click()
        expect(page.get_by_role("status").filter(has_text="judges again")).to_be_visible()
        page.get_by_role("link", name="Audit log").click()
        expect(page.locator("#rows")).to_contain_text("a drill")


def test_a_link_from_another_site_arrives_where_it_leads(page: Page, console: Console) -> None:
    page.set_content(f'<a href="{console.url}/audit">runbook</a>')
    page.get_by_role("link", name="runbook").click()
    expect(page.get_by_role("heading", name="Audit log")).to_be_visible()


def test_whoever_logs_out_sees_nothing_more(browser: Browser, console: Console) -> None:
    with watched(browser) as page:
        page.goto(f"{console.url}/audit")
        page.get_by_label("Your admin token").fill(TOKEN)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_role("heading", name="Audit log")).to_be_visible()
        page.get_by_role("button", name="Log out").click()
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()
        page.goto(f"{console.url}/audit")
        expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_the_token_stands_in_no_page_and_in_no_log(page: Page, console: Console) -> None:
    for path in PAGES:
        page.goto(f"{console.url}{path}")
        assert TOKEN not in page.content()
    assert not any(TOKEN in line for line in console.proxy.lines)
    assert TOKEN.encode() not in b"".join(file.read_bytes() for file in Path(console.house.folder).glob("store.db*"))
