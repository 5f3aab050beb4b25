"""The simulator's page in a real browser: it shows what happened, its buttons work, and foreign text does not run."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.simulator.test_fixture import ask
from tests.web.watched_page import violations, watched
from tidegate.simulator import Simulator

pytestmark = pytest.mark.web


@pytest.fixture
def stripe() -> Iterator[Simulator]:
    with Simulator("stripe") as simulator:
        yield simulator


@pytest.fixture
def page(browser: Browser, stripe: Simulator) -> Iterator[Page]:
    """The page, which must not log an error."""
    with watched(browser, accept_downloads=True) as page:
        page.goto(stripe.control_url)
        expect(page.locator("#vendor")).to_have_text("stripe")
        yield page


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


def test_an_armed_fault_says_what_it_does_and_how_it_stands_and_one_of_them_is_dropped(
    page: Page, stripe: Simulator
) -> None:
    page.locator("#kind").select_option("latency")
    expect(page.locator("#meaning")).to_have_text("The vendor thinks before it acts.")
    ask(stripe, "GET", "/v1/customers")
    for kind in ("empty", "hang"):
        page.locator("#kind").select_option(kind)
        page.locator("[name=operations]").fill("PostCustomers")
        page.get_by_role("button", name="Arm").click()
    rows = page.locator("#faults tr")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("closed in good order")
    expect(rows.first).to_contain_text("active until it is dropped")
    expect(rows.first).to_contain_text("0 of 0")
    page.get_by_role("button", name="Drop empty, number 0").click()
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("hang")


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_can_be_used_by_everybody(browser: Browser, stripe: Simulator, scheme: str) -> None:
    ask(stripe, "POST", "/v1/customers", "name=Ada")
    with watched(browser, color_scheme=scheme) as page:
        page.goto(stripe.control_url)
        expect(page.locator("#journal tr").first).to_contain_text("POST /v1/customers")
        assert not violations(page)
