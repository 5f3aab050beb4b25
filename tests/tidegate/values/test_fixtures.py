"""The vendor's own sample objects give new ones their values, and their ids their prefix."""

from pathlib import Path

import pytest

from tidegate.openapi.document import Document
from tidegate.problems import UsageError
from tidegate.simulator.document.resource_operation import ResourceOperations
from tidegate.simulator.objects.operation_request import OperationRequest
from tidegate.simulator.objects.service import Service
from tidegate.values.fixtures import read_fixtures
from tidegate.values.value_generator import ValueGenerator


def test_objects_of_the_payments_vendor_look_like_its_fixtures(specs: Path) -> None:
    document = Document.load(specs / "stripe" / "spec3.json")
    resource_operations, fixtures = ResourceOperations(document), read_fixtures(specs / "stripe" / "fixtures3.json")
    service = Service(
        resource_operations, {}, ValueGenerator(1, document.schemas), api_version=None, later=lambda *_: None,  # type: ignore[arg-type]  # no timer is set
        wall=lambda: 0.0, fixtures=fixtures,
    )  # fmt: skip
    prefixes = {"customer": "cus_", "payment_intent": "pi_", "invoice": "in_", "price": "price_", "product": "prod_"}
    for name, prefix in prefixes.items():
        thing = service.store.prototypes.new(resource_operations.kinds[name], "one", 1)
        assert thing["id"].startswith(prefix)
        assert thing["id"] != fixtures[name]["id"]
        assert document.schemas.validator(resource_operations.kinds[name].schema, of="answer").errors(thing) == []
    shape = resource_operations.of(document.operations["PostPrices"])
    made = service.carry_out(shape, {}, {"currency": "eur"}, OperationRequest("one", 1)).body
    assert (made["currency"], made["type"]) == ("eur", fixtures["price"]["type"])


@pytest.mark.parametrize(("text", "said"), [("{", "not JSON"), ("[]", "must be"), (None, "cannot be read")])
def test_what_is_no_fixture_file_is_refused_by_name(tmp_path: Path, text: str | None, said: str) -> None:
    file = tmp_path / "fixtures.json"
    if text is not None:
        file.write_text(text)
    with pytest.raises(UsageError, match=said) as refused:
        read_fixtures(file)
    assert str(file) in str(refused.value)
