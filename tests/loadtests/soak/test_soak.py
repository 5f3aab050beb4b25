"""A soak as a whole, and what it starts its programs with."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.tidegate.drawing.ferries import vendor_file
from tidegate.loadtests.house import copied
from tidegate.loadtests.load_order import LoadOrder, LoadVendor
from tidegate.loadtests.offer.offered_call import LoadTarget
from tidegate.loadtests.offer.usual_load import usual_scenario
from tidegate.loadtests.schedule import LoadShape
from tidegate.loadtests.soak.soak import FACTOR, SoakShape, run_soak, target_of, widen
from tidegate.loadtests.soak.traffic import TRAFFIC
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.search_path import shipped_vendors
from tidegate.vendor.vendor_file import load_vendor


def order(*files: Path) -> LoadOrder:
    vendors = [LoadVendor.of(load_vendor(file)) for file in files]
    return LoadOrder(usual_scenario(LoadShape(1, 5), [one.name for one in vendors]), vendors)


@pytest.mark.slow
def test_a_short_soak_of_two_vendors_fails_nothing_and_comes_to_rest(tmp_path: Path) -> None:
    progress: list[str] = []
    both = order(shipped_vendors()["openai"], vendor_file(tmp_path))
    verdict = run_soak(both, SoakShape(150, 16), progress.append)
    assert verdict.held, verdict.document()
    assert verdict.stretches["at once"].calls >= 300
    assert verdict.after is not None
    assert verdict.after.connections <= 4
    assert progress[0] == "openai, ferries: starting the simulator and the proxy"


def test_at_an_address_where_nothing_answers_no_soak_begins(tmp_path: Path) -> None:
    nowhere = LoadTarget("http://127.0.0.1:1/ferries", {})
    with pytest.raises(UsageError, match="ferries: nothing answers there"):
        run_soak(replace(order(vendor_file(tmp_path)), targets={"ferries": nowhere}), SoakShape(1, 1), print)


def test_a_request_of_a_name_that_nothing_has_begins_no_soak(tmp_path: Path) -> None:
    day = Scenario.model_validate({"name": "day", "requests": {"a": {"operation": "bok"}}})
    with pytest.raises(UsageError, match=r"request a: no operation is called bok; did you mean book\?"):
        run_soak(replace(order(vendor_file(tmp_path)), scenario=day), SoakShape(1, 1), print, drawn=True)


@pytest.mark.parametrize("name", sorted(TRAFFIC))
def test_the_copy_of_a_vendor_has_wider_limits_and_is_else_the_same(name: str, tmp_path: Path) -> None:
    shipped = load_vendor(shipped_vendors()[name])
    loaded = load_vendor(copied(shipped, tmp_path, widen))
    assert loaded.vendor.vendor == name
    assert loaded.path == tmp_path / name / "vendor.yaml"
    assert loaded.document_path.samefile(shipped.document_path)


def test_every_limit_is_multiplied() -> None:
    facts = {"limits": [{"rate": "5/m", "burst": 2}, {"rate": "100/s"}], "concurrency": [{"at_once": 3}]}
    widen(facts)
    assert facts == {
        "limits": [{"rate": f"{5 * FACTOR}/m", "burst": 2 * FACTOR}, {"rate": f"{100 * FACTOR}/s"}],
        "concurrency": [{"at_once": 3 * FACTOR}],
    }


def test_an_app_sends_its_key_in_the_vendors_place() -> None:
    target = LoadTarget("http://x", {"X-API-Key": "app"})
    adyen = target_of(load_vendor(shipped_vendors()["adyen"]).vendor, target)
    github = target_of(load_vendor(shipped_vendors()["github"]).vendor, target)
    assert (dict(adyen.headers), adyen.key_header) == ({"X-API-Key": "app"}, "Idempotency-Key")
    assert (adyen.base_url, github.key_header) == ("http://x", "")
