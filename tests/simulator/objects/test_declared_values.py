"""A field that the vendor file declares has the value of its places."""

import pytest

from tests.simulator.houses import WALL, Street
from tests.simulator.small_vendor import TEXT, SmallVendor, collection, fields, listed
from tidegate.simulator.objects.declared_values import DeclaredValues, fits
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.vendor.resource_facts import ObjectOperation, Transition


def test_places_are_filled_from_the_object_the_request_and_the_moment() -> None:
    street = Street()
    kind = street.resource_operations.kinds["houses"]
    declared = DeclaredValues(street.service.store.prototypes)
    request = OperationRequest("n", WALL, base="http://vendor.test")
    made = declared.set(kind, {"id": "hs_1"}, {"q": "x"}, {"name": "{base}/{id}?{q}"}, None, request)
    assert made == {"id": "hs_1", "name": "http://vendor.test/hs_1?x"}
    narrowed = ObjectOperation(does="list", narrow={"name": "{q}"})
    assert declared.narrowed(kind, narrowed, {"q": "x"}, request) == {"name": "x"}
    after = declared.after(
        kind, {"id": "hs_1", "street": {"name": "s"}}, Transition(set={"name": "{street.name}"}), request
    )
    assert after["name"] == "s"


def test_an_object_that_nobody_made_has_them_too() -> None:
    house = fields("id", "name", id=TEXT, name=TEXT, url=TEXT)
    declared = {"path": "/{town}/houses/{Sid}", "always": True, "set": {"url": "/{town}/{Sid}", "name": "House {id}"}}
    paths = collection(house, listed(house), house, path="/{town}/houses", item="/{Sid}")
    read = SmallVendor(paths, facts={"objects": {"houses": declared}}).read
    assert (read("/kiel/houses/h7")["name"], read("/kiel/houses/h7")["url"]) == ("House h7", "/kiel/h7")


def test_a_url_has_what_a_path_cannot_hold_percent_encoded() -> None:
    house = fields("id", "name", id=TEXT, name=TEXT, url=TEXT)
    places = {"url": "{base}/houses/{id}", "name": "House {id}"}
    declared = {"path": "/houses/{id}", "always": True, "set": places}
    paths = collection(house, listed(house), house, path="/houses", item="/{id}")
    found = SmallVendor(paths, facts={"objects": {"houses": declared}}).read("/houses/a%20%C3%BD%25")
    assert found["url"].endswith("/houses/a%20%C3%BD%25")
    assert found["name"] == "House a \u00fd%"


@pytest.mark.parametrize(
    ("when", "made"),
    [
        ({}, True),
        ({"state": "closed"}, True),
        ({"state": "open"}, False),
        ({"/method/holder": "DECLINED"}, True),
        ({"/method/a~1b": 1}, True),
        ({"/method/holder/deeper": "DECLINED"}, False),
        ({"/nothing/there": "DECLINED"}, False),
        ({"state": "closed", "/method/holder": "Ada"}, False),
    ],
)
def test_a_transition_is_made_for_the_values_that_it_names(when: dict[str, object], made: bool) -> None:
    values = {"state": "closed", "method": {"holder": "DECLINED", "a/b": 1}}
    assert fits(Transition(when=when), values) is made
