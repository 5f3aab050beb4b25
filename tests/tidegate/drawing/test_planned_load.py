"""A scenario's load becomes calls in order, each with its request; what is not there is said at once."""

import random
from collections import Counter
from typing import Any

import pytest

from tests.tidegate.drawing.ferries import ferries
from tidegate.drawing.planned_load import PlannedRequest, planned_load, usual_operations
from tidegate.openapi.document import Document
from tidegate.problems import UsageError
from tidegate.scenario.scenario import Scenario


def planned(
    load: list[dict[str, Any]], vendors: tuple[str, ...] = ("ferries",), **parts: Any
) -> tuple[PlannedRequest, ...]:
    document = ferries()
    scenario = Scenario.model_validate({"name": "x", "seconds": 10, "load": load, **parts})
    return planned_load(scenario, dict.fromkeys(vendors, document), random.Random(7), "run")


def test_the_calls_of_all_loads_are_in_order_and_each_has_a_tag_of_its_own() -> None:
    calls = planned([{"rate": "2/s", "mix": {"showTides": 1}}, {"from": "3s", "burst": 5, "mix": {"book": 1}}])
    assert [call.at_s for call in calls] == sorted(call.at_s for call in calls)
    assert Counter(call.operation for call in calls) == {"showTides": 20, "book": 5}
    assert [call.tag for call in calls[:2]] == ["run-000000", "run-000001"]
    assert len({call.tag for call in calls}) == 25


def test_the_mix_names_requests_operations_and_patterns_by_weight() -> None:
    requests = {"large": {"operation": "book", "body": {"metres": 400}}}
    calls = planned([{"rate": "100/s", "mix": {"large": 3, "show*": 1}}], requests=requests)
    counts = Counter(call.source for call in calls)
    assert 700 < counts["large"] < 800
    assert {*counts} == {"large", "showHarbour", "showBooking", "showNote", "showTides"}
    assert {call.operation for call in calls if call.source == "large"} == {"book"}


def test_the_same_seed_gives_the_same_calls() -> None:
    load = [{"rate": "20/s", "spacing": "random"}]
    assert planned(load) == planned(load)


def test_a_load_is_for_one_vendor_or_for_each() -> None:
    both = planned([{"rate": "1/s"}, {"rate": "3/s", "vendor": "barges"}], ("ferries", "barges"))
    assert Counter(call.vendor for call in both) == {"ferries": 10, "barges": 40}


def test_without_a_mix_the_requests_given_are_made_or_else_the_usual_operations() -> None:
    requests = {"large": {"operation": "book"}}
    assert {call.source for call in planned([{"rate": "9/s"}], requests=requests)} == {"large"}
    assert {call.source for call in planned([{"rate": "9/s"}])} == {*usual_operations(ferries())}


def test_the_usual_operations_make_list_and_show_and_remove_nothing() -> None:
    assert usual_operations(ferries()) == [
        "openHarbour",
        "book",
        "listHarbours",
        "showHarbour",
        "showBooking",
        "showNote",
    ]
    only = Document({"openapi": "3.0.0", "paths": {"/x/{id}": {"get": {}, "delete": {}}}})
    assert usual_operations(only) == ["GET /x/{id}"]


@pytest.mark.parametrize(
    ("load", "says"),
    [
        ([], "nothing is asked of the vendor"),
        ([{"rate": "1/s", "mix": {"bok": 1}}], "load 1: no request or operation is called bok; did you mean book?"),
        ([{"rate": "1/s", "mix": {"bad": 1}}], "the request bad is for shwTides, no operation; did you mean"),
        ([{"rate": "1/s", "mix": {"book": 0}}], "every weight in `mix` is 0"),
        ([{"rate": "1/s", "vendor": "ferry"}], "no vendor of this run is called ferry; did you mean ferries?"),
        ([{"rate": "1/m", "until": "1s"}], "load 1 asks for nothing"),
        ([{"rate": "1000000/s"}], "load 1: a load of 10,000,000 calls is more than can be played"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_said(load: list[dict[str, Any]], says: str) -> None:
    with pytest.raises(UsageError) as refused:
        planned(load, requests={"bad": {"operation": "shwTides"}})
    assert says in str(refused.value)
