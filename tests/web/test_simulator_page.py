"""The simulator's page in a real browser: it shows what happened, its buttons work, and foreign text does not run."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.simulator.test_fixture import ask
from tidegate.simulator import Simulator

pytestmark = pytest.mark.web

CHROMIUM = Path(os.environ.get("TIDEGATE_CHROMIUM") or "/usr/bin/chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Missing, it fails in CI and skips elsewhere."""
    if not CHROMIUM.exists():
        missing = f"TIDEGATE_CHROMIUM: there is no {CHROMIUM}; Debian's package chromium brings it"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def stripe() -> Iterator[Simulator]:
    with Simulator("stripe") as simulator:
        yield simulator


def said(message: ConsoleMessage) -> bool:
    """Whether the page logged an error; that a request was refused is the browser's own line, and no error of ours."""
    return message.type == "error" and "Failed to load resource" not in message.text


@pytest.fixture
def page(browser: Browser, stripe: Simulator) -> Iterator[Page]:
    """The page, which must not log an error."""
    context = browser.new_context(accept_downloads=True)
    page, errors = context.new_page(), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if said(message) else None)
    page.goto(stripe.control_url)
    expect(page.locator("#vendor")).to_have_text("stripe")
    yield page
    context.close()
    assert not errors


def test_requests_and_what_they_changed_are_shown(page: Page, stripe: Simulator) -> None:
    expect(page.locator("#journal")).to_contain_text("no requests yet")
    made = ask(stripe, "POST", "/v1/customers", "name=Ada")[1]
    expect(page.locator("#journal tr").first).to_contain_text("POST /v1/customers")
    expect(page.locator("#journal tr").first).to_contain_text(f"customer.created {made['id']}")
    page.locator("#kinds button", has_text="customer (1)").click()
    page.locator("#objects summary", has_text=made["id"]).click()
    expect(page.locator("#objects pre")).to_contain_text('"name": "Ada"')
    expect(page.locator("#operations tr").first).to_contain_text("PostCustomers")
    page.locator("#journal-filter").fill("nothing like this")
    expect(page.locator("#journal")).to_contain_text("nothing fits")


def test_operations_are_found_by_their_path(page: Page) -> None:
    page.locator("#operations-filter").fill("refunds/{")
    expect(page.locator("#operations tr")).to_have_count(2)
    expect(page.locator("#operations")).to_contain_text("GetRefundsRefund")


def test_faults_are_armed_and_dropped_by_hand(page: Page, stripe: Simulator) -> None:
    page.locator("#kind").select_option("error")
    page.locator("[name=operations]").fill("GetCustomers")
    page.locator("[name=more]").fill('{"status": 503}')
    page.get_by_role("button", name="Arm").click()
    expect(page.locator("#said")).to_have_text("armed")
    assert ask(stripe, "GET", "/v1/customers")[0] == 503
    expect(page.locator("#faults")).to_contain_text("GetCustomers")
    expect(page.locator("#journal tr").first).to_contain_text("503")
    page.get_by_role("button", name="Drop all").click()
    expect(page.locator("#faults")).to_contain_text("none armed")
    assert ask(stripe, "GET", "/v1/customers")[0] == 200


def test_a_mistake_is_said(page: Page) -> None:
    page.locator("[name=for]").fill("soon")
    page.get_by_role("button", name="Arm").click()
    expect(page.locator("#said")).to_contain_text("not a duration")


def test_the_clock_goes_forward(page: Page, stripe: Simulator) -> None:
    first = ask(stripe, "POST", "/v1/customers", "name=Ada", Idempotency_Key="k1")[1]
    page.get_by_role("button", name="+1 day").click()
    expect(page.locator("#said")).to_have_text("24h later")
    assert ask(stripe, "POST", "/v1/customers", "name=Ada", Idempotency_Key="k1")[1]["id"] != first["id"]


def test_a_snapshot_is_saved_and_put_back(page: Page, stripe: Simulator, tmp_path: Path) -> None:
    made = ask(stripe, "POST", "/v1/customers", "name=Ada")[1]
    with page.expect_download() as download:
        page.get_by_role("button", name="Save snapshot").click()
    saved = tmp_path / "saved.json"
    download.value.save_as(saved)
    assert json.loads(saved.read_text())["vendor"] == "stripe"
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("#objects")).to_contain_text("holds nothing")
    assert ask(stripe, "GET", f"/v1/customers/{made['id']}")[0] == 404
    page.locator("#load").set_input_files(saved)
    expect(page.locator("#said")).to_have_text("snapshot put back")
    assert ask(stripe, "GET", f"/v1/customers/{made['id']}")[0] == 200


def test_foreign_text_is_text(page: Page, stripe: Simulator) -> None:
    stripe.given("a customer exists", name="<img src=x onerror=alert(1)>")
    ask(stripe, "GET", "/v1/customers?limit=%3Cscript%3Ealert(1)%3C/script%3E")
    expect(page.locator("#objects")).to_contain_text("<img src=x onerror=alert(1)>")
    assert page.locator("#objects img").count() == 0


def test_it_says_that_the_simulator_is_gone_and_comes_back(browser: Browser) -> None:
    with Simulator("stripe") as simulator:
        page = browser.new_page()
        page.goto(simulator.control_url)
        expect(page.locator("#vendor")).to_have_text("stripe")
    expect(page.locator("#said")).to_contain_text("does not answer")
    page.close()
