"""A trial request is valid, names what exists, and says how it is written."""

import pytest

from tests.simulator.houses import PATHS, Street
from tests.simulator.valid_requests import Trial, Trials
from tidegate.simulator.objects.operation_request import OperationRequest

OPERATIONS = sorted(Street().document.operations)


def trial(street: Street, operation: str) -> Trial:
    trials = Trials(street.document, street.resource_operations, street.generator, street.service)
    return trials.of(street.document.operations[operation])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_can_be_tried(operation: str) -> None:
    street = Street()
    wanted = trial(street, operation)
    shape = street.resource_operations.of(street.document.operations[operation])
    outcome = street.service.carry_out(shape, wanted.params, wanted.values, OperationRequest("n", 1, path=wanted.path))
    assert 200 <= outcome.status < 300
    assert len(PATHS) == 11


def test_ids_in_the_path_are_of_objects_that_exist() -> None:
    street = Street()
    wanted = trial(street, "GET /houses/{house}/rooms/{room_number}")
    _, _, home, _, number = wanted.path.split("/")
    assert street.ask("GET /houses/{id}", id=home).body["id"] == home
    assert street.ask("GET /houses/{house}/rooms/{room_number}", house=home, room_number=number).body["room"]
