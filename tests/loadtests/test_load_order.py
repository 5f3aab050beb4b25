"""What a load run is asked to play, and what of it nobody could play."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.tidegate.drawing.ferries import vendor_file
from tidegate.loadtests.load_order import LoadOrder, LoadVendor, check_faults
from tidegate.loadtests.offer.offered_call import LoadTarget
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor_file import load_vendor


@pytest.fixture
def ferries(tmp_path: Path) -> LoadVendor:
    return LoadVendor.of(load_vendor(vendor_file(tmp_path)))


def scenario(*faults: dict[str, Any]) -> Scenario:
    return Scenario.model_validate({"name": "x", "faults": list(faults), "load": [{"rate": "1/s"}]})


def test_the_terms_are_those_of_the_file_and_the_plan(ferries: LoadVendor) -> None:
    terms = ferries.terms
    assert [limit.name for limit in terms.limits] == ["account"]
    assert (terms.budget_s, terms.countable) == (8.0, True)
    assert terms.changes == {"openHarbour", "book", "cancelBooking", "addNote"}
    assert terms.once == {"openHarbour", "book", "addNote"}  # a booking may be cancelled twice
    assert (ferries.name, ferries.usual) == ("ferries", {})


def test_a_limit_of_other_units_is_not_counted_in_requests(tmp_path: Path) -> None:
    tokens = "    - {name: tokens, rate: 9000/m, burst: 900, unit: tokens, amount: {fixed: 5}}\npolicy:"
    file = vendor_file(tmp_path, ("policy:", tokens))
    terms = LoadVendor.of(load_vendor(file)).terms
    assert ([limit.name for limit in terms.limits], terms.countable) == (["account"], False)


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ({"kind": "error", "operations": ["bok"]}, "no operation is called bok; did you mean book?"),
        ({"kind": "error", "vendor": "ferrys"}, "no vendor of this run is called ferrys; did you mean ferries?"),
        ({"kind": "error", "from": "2h"}, "fault 1 (error) never happens: it begins at 2h, and the run ends at"),
        ({"kind": "crash", "down": "1s"}, "crash is a fault around the vendor, which `tidegate chaos run` plays"),
    ],
)
def test_a_fault_that_nobody_can_make_happen_is_said(ferries: LoadVendor, fault: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError) as refused:
        check_faults(LoadOrder(scenario(fault), [ferries]))
    assert says in str(refused.value)
    check_faults(LoadOrder(scenario({"kind": "error", "operations": ["book"]}), [ferries]))


def test_at_an_address_that_is_given_faults_are_not_ours_to_make(ferries: LoadVendor) -> None:
    order = LoadOrder(scenario({"kind": "hang"}), [ferries], targets={"ferries": LoadTarget("http://x", {})})
    with pytest.raises(UsageError, match="arm them where the vendor runs"):
        check_faults(order)


def test_more_calls_than_can_be_judged_are_refused_before_anything_starts(ferries: LoadVendor) -> None:
    many = Scenario.model_validate({"name": "x", "load": [{"burst": 200_001, "mix": {"showTides": 1}}]})
    with pytest.raises(UsageError, match="200,001 calls to one vendor are more than its simulator remembers, 200,000"):
        LoadOrder(many, [ferries]).planned(random.Random(1), "run")
