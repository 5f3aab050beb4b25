"""A request names what it makes, carries what it changed back to its journal entry, and keeps nothing for the next."""

import pytest

from tests.simulator.houses import Street
from tidegate.simulator.objects.operation_request import OperationRequest, OperationResult
from tidegate.values.json_value import Obj


def carried_out(request: OperationRequest) -> OperationResult:
    """A house is made by this request, at a vendor of its own."""
    street = Street()
    make = street.resource_operations.of(street.document.operations["POST /houses"])
    return street.service.carry_out(make, {}, {"name": "Mill"}, request)


def test_the_effects_of_a_request_go_into_the_list_that_it_was_given() -> None:
    effects: list[Obj] = []
    made = carried_out(OperationRequest("one", 1, effects=effects)).body
    assert [(effect["kind"], effect["id"]) for effect in effects] == [("houses.created", made["id"])]


def test_what_is_made_is_named_after_the_request_and_nothing_else() -> None:
    first, again, other = (carried_out(OperationRequest(name, 1)).body["id"] for name in ("one", "one", "other"))
    assert first == again != other


@pytest.mark.parametrize("name", ["one", "other"])
def test_a_request_without_a_list_has_one_of_its_own(name: str) -> None:
    request = OperationRequest(name, 1)
    carried_out(request)
    assert len(request.effects) == 1
