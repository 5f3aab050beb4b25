"""A load through the real proxy and simulators, as a whole."""

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from tests.tidegate.drawing.ferries import vendor_file
from tidegate.loadtests import burst, house
from tidegate.loadtests.burst import own_plan, run_burst
from tidegate.loadtests.burst_verdict import BurstVerdict
from tidegate.loadtests.load_order import LoadOrder, LoadVendor
from tidegate.loadtests.offer.call_record import CallRecord
from tidegate.loadtests.offer.locust_run import LocustOptions, run_worker
from tidegate.loadtests.offer.offered_call import LoadTarget
from tidegate.loadtests.offer.usual_load import usual_scenario
from tidegate.loadtests.programs import free_port
from tidegate.loadtests.schedule import LoadShape
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.search_path import shipped_vendors
from tidegate.vendor.vendor_file import load_vendor

needs_locust = pytest.mark.skipif(find_spec("locust") is None, reason="locust is not installed")

SMALL = LoadShape(rate_per_s=6, seconds=3, burst_s=1)

UNSAFE = """
from unittest.mock import patch
from tidegate.proxy.policies.resilience import retry_decision
patch.object(retry_decision, "may_resend", lambda plan, *, sent, keyed: True).start()
from tidegate.cli import main
main()
"""
"""The proxy with a bug: what was sent is sent again, whether or not it is safe to happen twice."""


def order(shape: LoadShape, *files: Path) -> LoadOrder:
    vendors = [LoadVendor.of(load_vendor(file)) for file in files]
    return LoadOrder(usual_scenario(shape, [one.name for one in vendors]), vendors)


def scenario(**parts: Any) -> Scenario:
    return Scenario.model_validate({"name": "day", "seconds": 2, **parts})


def broken(verdict: BurstVerdict) -> list[str]:
    return [promise.name for promise in verdict.promises if not promise.held]


def test_without_locust_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(burst, "find_spec", lambda _: None)
    with pytest.raises(UsageError, match=r"tidegate\[harness\]"):
        run_burst(order(SMALL, shipped_vendors()["stripe"]), print)


def test_at_an_address_where_nothing_answers_no_load_begins(tmp_path: Path) -> None:
    nowhere = replace(order(SMALL, vendor_file(tmp_path)), targets={"ferries": LoadTarget("http://127.0.0.1:1/x", {})})
    with pytest.raises(UsageError, match="/x: nothing answers there"):
        run_burst(nowhere, lambda _: None)


@pytest.mark.slow
@needs_locust
def test_two_vendors_one_of_them_the_users_own_are_loaded_by_two_workers_with_faults(tmp_path: Path) -> None:
    both = order(SMALL, vendor_file(tmp_path / "ferries"), shipped_vendors()["stripe"])
    day = scenario(
        faults=[{"kind": "error", "status": 503, "effect": "none", "nth": 10}, {"kind": "reset_after", "nth": 13}],
        load=[
            {"shape": "ramp", "rate": "5/s", "to": "20/s", "vendor": "ferries", "mix": {"own": 2, "show*": 1}},
            {"rate": "10/s", "vendor": "stripe", "mix": {"PostPaymentIntents": 3, "cancel": 1}},
        ],
        requests={
            "own": {"operation": "book", "body": {"metres": 12}, "draw": True},
            "cancel": {"operation": "DeleteCustomersCustomer"},
        },
        checks=[{"done": "60%", "p99": "15s"}],
    )
    port = free_port()
    spread = LocustOptions(tmp_path / "run", 2, ["--master-bind-port", str(port)])
    with ThreadPoolExecutor(2) as workers:
        running = [workers.submit(run_worker, "127.0.0.1", port) for _ in range(2)]
        ran = run_burst(replace(both, scenario=day, locust=spread), lambda _: None)
        for one in running:
            one.result()
    assert ran.verdict.held, ran.verdict.document()
    assert ran.verdict.figures.offered == ran.verdict.figures.achieved == 45
    assert ran.verdict.figures.vendor_requests > 45
    assert (tmp_path / "run_stats.csv").read_text().splitlines()[-1].startswith(",Aggregated,45,")


@pytest.mark.slow
@needs_locust
def test_a_bug_planted_in_the_proxy_is_found_with_an_invented_vendor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house, "tidegate", lambda *words: [sys.executable, "-c", UNSAFE, *words])
    day = scenario(
        faults=[{"kind": "reset_after", "nth": 3, "operations": ["addNote"]}, {"kind": "error", "apps": ["nobody"]}],
        load=[{"rate": "10/s", "mix": {"addNote": 1, "book": 1}}],
    )
    ran = run_burst(replace(order(SMALL, vendor_file(tmp_path)), scenario=day), lambda _: None)
    assert broken(ran.verdict) == ["not doubled"]
    assert ran.verdict.figures.doubled >= 3
    assert ran.verdict.untried == ("fault 2 (error) never happened: it met no target",)


def test_what_users_of_ones_own_asked_for_is_matched_to_vendors_and_operations(tmp_path: Path) -> None:
    vendors = order(SMALL, vendor_file(tmp_path), shipped_vendors()["stripe"]).vendors
    targets = {"ferries": LoadTarget("http://p/ferries", {}), "stripe": LoadTarget("http://p/stripe/", {})}
    urls = ["http://p/ferries/harbours/7?a=1", "http://p/stripe/v1/customers", "http://p/stripe/none", "http://q/x"]
    records = [CallRecord(n, "x", f"run-{n}", 1.0, 1.5, 2.0, 200, method="GET", url=url) for n, url in enumerate(urls)]
    planned = own_plan(records, vendors, targets)
    assert [(one.number, one.vendor, one.operation, one.at_s) for one in planned] == [
        (0, "ferries", "showHarbour", 1.5), (1, "stripe", "GetCustomers", 1.5), (2, "stripe", "", 1.5),
    ]  # fmt: skip
