"""On call, in a real browser: from an alert to its cause and its cure, in at most five clicks each.

A proxy with an outage, a dead letter, a write that may have been carried out, and one that waits for approval. Whoever
is told of an alert opens the console's first page; each walk counts the clicks from there.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.acceptance.programs import WAIT_S, House, Proxy, eventually, vendor_folder
from tests.web.watched_page import NARROW, WIDE, violations, watched
from tidegate.loadtests.programs import free_port

pytestmark = pytest.mark.web

CLICKS_MAX = 5
PAYMENT = {
    "amount": "1099", "currency": "eur", "payment_method": "pm_card_visa", "confirm": "true",
    "automatic_payment_methods[enabled]": "true", "automatic_payment_methods[allow_redirects]": "never",
}  # fmt: skip
HOSTILE = "<img src=x onerror=alert(1)>"


@dataclass
class OnCall:
    """What runs, and the ids of what went wrong."""

    house: House
    proxy: Proxy
    admin: str
    letter: str = ""
    unknown: str = ""
    waiting: str = ""
    customer: str = ""
    payment: str = ""

    @property
    def url(self) -> str:
        """The console's first page, where an alert leads."""
        return f"{self.admin}/console/"

    def write(self, path: str, app: str = "shop", key: str = "", **fields: str) -> tuple[int, dict[str, Any]]:
        """Status and document of a write through the proxy."""
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": f"Bearer tga-{app}-0123456789"}
        headers |= {"Idempotency-Key": key} if key else {}
        data = urlencode(fields).encode() if fields else None
        try:
            with urllib.request.urlopen(
                urllib.request.Request(f"{self.proxy.stripe}{path}", data, headers), timeout=WAIT_S
            ) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)

    def delivery(self, delivery_id: str) -> dict[str, Any]:
        """A delivery, as the admin port tells it to programs."""
        with urllib.request.urlopen(f"{self.admin}/deliveries/{delivery_id}", timeout=WAIT_S) as answer:
            document: dict[str, Any] = json.load(answer)
            return document

    def comes_to(self, delivery_id: str, state: str) -> dict[str, Any]:
        """The delivery, once it is in this state."""
        eventually(lambda: self.delivery(delivery_id)["state"] == state, f"{delivery_id} is {state}")
        return self.delivery(delivery_id)


def deferring(content: dict[str, Any]) -> None:
    content["operations"]["PostRefunds"] = {"idempotency": "vendor-key", "defer": "always"}
    content["operations"]["PostCustomersCustomer"] = {"idempotency": "never-resend", "defer": "always"}


@pytest.fixture(scope="module")
def on_call(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnCall]:
    folder = tmp_path_factory.mktemp("house")
    for app in ("shop", "agent"):
        (folder / app).write_text(f"tga-{app}-0123456789")
    vendors, admin = vendor_folder(folder, deferring), free_port()
    with House(folder, vendors=vendors) as house:
        proxy = house.serve(
            admin=f"127.0.0.1:{admin}",
            tokens=[{"app": app, "token": f"file:{folder / app}"} for app in ("shop", "agent")],
            apps={"agent": {"approve": "writes"}},
        )
        town = OnCall(house, proxy, f"http://127.0.0.1:{admin}")
        town.customer = town.write("/v1/customers", key="c-1", email="ada@example.com", name=HOSTILE)[1]["id"]
        town.payment = town.write("/v1/payment_intents", key="p-1", **PAYMENT)[1]["id"]
        _go_wrong(town)
        yield town


def _go_wrong(town: OnCall) -> None:
    vendor = town.house.vendor
    bad = {"payment_intent": HOSTILE, "metadata[email]": "ada@example.com"}
    town.letter = town.write("/v1/refunds", key="r-1", **bad)[1]["call"]
    vendor.fails(kind="reset_after", operations=["PostCustomersCustomer"])
    town.unknown = town.write(f"/v1/customers/{town.customer}", name="Bob")[1]["call"]
    town.waiting = town.write("/v1/customers", "agent", key="a-1", name="Eve")[1]["call"]
    town.comes_to(town.letter, "dead")
    town.comes_to(town.unknown, "parked")
    vendor.works()
    vendor.fails(kind="error", status=503, operations=["GetRefunds"])
    for _ in range(30):
        assert town.write("/v1/refunds")[0] == 503


@dataclass
class Walk:
    """A page, and how often somebody has clicked."""

    page: Page
    clicks: int = field(default=0)

    def click(self, target: Locator) -> None:
        """One click."""
        target.click()
        self.clicks += 1

    def sees(self, *texts: str) -> None:
        """What must stand on the page."""
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)

    def sign(self, note: str) -> None:
        """Who, and why: keys, no clicks."""
        self.page.get_by_label("Your name, for the audit log").fill("ada")
        self.page.get_by_label("Why").fill(note)


@contextmanager
def walking(browser: Browser, on_call: OnCall, **options: Any) -> Iterator[Walk]:
    with watched(browser, **options) as page:
        page.goto(on_call.url)
        walk = Walk(page)
        yield walk
        assert 0 < walk.clicks <= CLICKS_MAX


def test_a_dead_letter_is_mended_and_sent(browser: Browser, on_call: OnCall) -> None:
    with walking(browser, on_call) as walk:
        page = walk.page
        walk.click(page.locator("#deliveries").get_by_role("link", name="dead"))
        walk.click(page.get_by_role("link", name=on_call.letter))
        walk.sees("The other side refused it for good", "No such payment_intent", "metadata[email]=[redacted]")
        assert "ada@example.com" not in page.content()
        walk.click(page.get_by_role("link", name="Edit and send"))
        body = page.get_by_label("The body to send")
        body.fill(f"payment_intent={on_call.payment}&metadata[email]=[redacted]")
        walk.sign("a typing mistake")
        walk.click(page.get_by_role("button", name="Send this under a new key"))
        walk.sees("It is on its way, edited, under a new key.", "ada had it sent under a new key, with another body.")
    on_call.comes_to(on_call.letter, "done")
    (refund,) = on_call.house.vendor.effects("refund.created")
    vendor = on_call.house.vendor  # itself: the breaker holds reads back after the walk to the outage
    refunds = [one["object"] for one in vendor.control("GET", "/objects?kind=refund")["objects"]]
    made = next(one for one in refunds if one["id"] == refund)
    assert made["metadata"]["email"] == "ada@example.com", "what was hidden is sent as it was"


def test_a_write_that_may_have_been_carried_out_is_confirmed(browser: Browser, on_call: OnCall) -> None:
    with walking(browser, on_call) as walk:
        page = walk.page
        kinds = page.locator("#deliveries tr", has_text="shop")
        walk.click(kinds.get_by_role("link", name="parked"))
        walk.click(page.get_by_role("link", name=on_call.unknown))
        walk.sees("only a person can tell", "outcome-unknown: It may have been carried out.")
        walk.click(page.get_by_role("link", name="try 1"))
        walk.sees("No answer came", "it may have been carried out")
        page.go_back()
        walk.click(page.get_by_role("link", name="It was carried out"))
        walk.sees("Nothing is sent.")
        walk.sign("seen at the vendor")
        walk.click(page.get_by_role("button", name="Note it as carried out"))
        walk.sees("It is noted as carried out.")
    assert on_call.delivery(on_call.unknown)["state"] == "done"


def test_a_write_that_waits_is_approved(browser: Browser, on_call: OnCall) -> None:
    with walking(browser, on_call, java_script_enabled=False) as walk:
        page = walk.page
        walk.click(page.locator("#deliveries tr", has_text="agent").get_by_role("link", name="parked"))
        walk.click(page.get_by_role("link", name=on_call.waiting))
        walk.sees("It waits until a person approves it. Nothing was sent.")
        walk.click(page.get_by_role("link", name="Approve"))
        walk.sees("It is sent for the first time")
        walk.sign("asked ada")
        walk.click(page.get_by_role("button", name="Approve and send"))
        walk.sees("It is approved, and on its way.")
    on_call.comes_to(on_call.waiting, "done")


def test_an_outage_is_found_and_its_breaker_kept_open(browser: Browser, on_call: OnCall) -> None:
    assert on_call.write("/v1/refunds")[0] == 503  # the overview is of the last minute, whatever was walked before
    with walking(browser, on_call) as walk:
        page = walk.page
        walk.click(page.locator("#vendors a.figure.bad"))
        walk.sees("GetRefunds", "failed")
        walk.click(page.get_by_role("row", name="failed").get_by_role("link").last)
        walk.sees("The vendor failed with 503.")
        walk.click(page.get_by_role("link", name="breaker, limits, policy"))
        walk.click(page.get_by_role("button", name="Keep open").first)
        walk.click(page.get_by_role("button", name="Keep the breaker open"))
        walk.sees("is kept open")
        page.get_by_role("button", name="Let go").first.click()
        page.get_by_role("button", name="Let the breaker go").click()
        walk.sees("judges again")


@pytest.mark.parametrize(("viewport", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
def test_every_page_of_the_desk_can_be_used_by_everybody(
    browser: Browser, on_call: OnCall, viewport: ViewportSize, scheme: str
) -> None:
    letter = f"deliveries/{on_call.letter}"
    with watched(browser, viewport=viewport, color_scheme=scheme) as page:
        for path in (
            "calls", "calls?verdict=unsuccessful", "calls?until=soon", f"calls/{on_call.letter}", "outbox", "inbox",
            "dead", "unknown", letter, f"{letter}/edit", f"{letter}/replay", f"{letter}/cancel", "replay?box=outbox",
            f"deliveries/{on_call.unknown}", f"deliveries/{on_call.waiting}", "deliveries/none",
        ):  # fmt: skip
            page.goto(on_call.url + path)
            assert not violations(page), path
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], f"{path} is too wide"
            assert page.locator("main img").count() == 0, path
