"""What is asked of a vendor where nobody says: its ordinary traffic, at a rate that meets its limits."""

import random

import pytest

from tests.tidegate.drawing.ferries import ferries
from tidegate.drawing.planned_load import planned_load
from tidegate.drawing.request_drawer import RequestDrawer
from tidegate.drawing.supplies import Supplies
from tidegate.loadtests.offer.usual_load import usual_rate_per_s, usual_requests, usual_scenario
from tidegate.loadtests.schedule import LoadShape
from tidegate.loadtests.soak.traffic import TRAFFIC
from tidegate.openapi.document import Document
from tidegate.vendor.search_path import shipped_vendors
from tidegate.vendor.vendor_file import load_vendor

SHAPE = LoadShape(4, 3, 5, 1)


@pytest.mark.parametrize("name", sorted(TRAFFIC))
def test_every_shipped_vendor_has_requests_whose_names_are_supplied(name: str) -> None:
    document = Document.load(load_vendor(shipped_vendors()[name]).document_path)
    requests = usual_requests(name, document)
    assert requests
    supplies = Supplies(document, RequestDrawer(document), requests)
    for source, request in requests.items():
        assert request.operation in document.operations
        assert {supply.source for supply in supplies.needs(source)} <= {*requests}


def test_another_vendor_has_none_and_its_usual_operations_are_asked_for() -> None:
    assert usual_requests("ferries", ferries()) == {}
    calls = planned_load(usual_scenario(SHAPE, ["ferries"]), {"ferries": ferries()}, random.Random(1), "run")
    assert len(calls) == 8 + 20
    assert {call.operation for call in calls} == {
        "openHarbour", "book", "listHarbours", "showHarbour", "showBooking", "showNote",
    }  # fmt: skip


def test_a_burst_of_stripe_is_four_payments_and_a_read() -> None:
    scenario = usual_scenario(SHAPE, ["stripe", "ferries"])
    assert [(load.vendor, load.mix) for load in scenario.load] == [
        ("stripe", {"payment": 4, "read": 1}),
        ("ferries", {}),
    ]
    assert {*scenario.requests} == {"payment", "read"}
    flat = usual_scenario(LoadShape(4, 3, 5, 0), ["stripe"])
    assert flat.load[0].shape == "constant"


@pytest.mark.parametrize(
    ("name", "rate_per_s"), [("stripe", 40.0), ("openai", 500 / 60 * 0.4), ("github", 1.0), ("adyen", 10.0)]
)
def test_the_rate_is_one_at_which_the_burst_meets_the_limits(name: str, rate_per_s: float) -> None:
    assert usual_rate_per_s({name: load_vendor(shipped_vendors()[name]).vendor}) == pytest.approx(rate_per_s)
