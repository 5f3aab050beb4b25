"""A drafted document names each place once, and each operation apart."""

from pathlib import Path

from tests.proxy.discovery.sightings import catalog_of, seen
from tidegate.openapi.document import Document
from tidegate.proxy.discovery.document_draft import document_draft, named_template, operation_ids


def test_parameters_are_named_by_what_stands_before_them() -> None:
    assert named_template("/v1/customers/{}/sources/{}") == (
        "/v1/customers/{customer_id}/sources/{source_id}", ["customer_id", "source_id"],
    )  # fmt: skip
    assert named_template("/repos/{}/{}/branches/{}.json")[0] == "/repos/{repo_id}/{item_id}/branches/{branch_id}.json"
    assert named_template("/items/{}/items/{}")[0] == "/items/{item_id}/items/{item_id2}"
    assert named_template("/AvailablePhoneNumbers/{}")[0] == "/AvailablePhoneNumbers/{available_phone_number_id}"
    assert named_template("/") == ("/", [])
    assert named_template("/a{x}/b\n\x9b") == ("/a%7Bx%7D/b%0A%C2%9B", [])


def test_the_document_is_one_that_tidegate_reads(tmp_path: Path) -> None:
    catalog = catalog_of(
        seen("GET", "/orders/42", queried=("expand[]",), answered_type="application/json"),
        seen("POST", "/orders/42", sent_type="application/x-www-form-urlencoded", status=0),
        seen("GET", "/orders-items"),
        seen("GET", "/orders/items"),
    )
    operations = catalog.operations("api.shop.example")
    drafted = document_draft("shop", "https://api.shop.example", operations)
    file = tmp_path / "openapi.json"
    import json

    file.write_text(json.dumps(drafted))
    document = Document.load(file)
    assert len({*operation_ids(operations)}) == len(document.operations) == 4
    found = document.match("GET", "/orders/42")
    assert found is not None
    assert found.operation.id == "GetOrdersOrderId"
    written = drafted["paths"]["/orders/{order_id}"]
    assert written["post"]["requestBody"]["content"] == {"application/x-www-form-urlencoded": {}}
    assert written["post"]["responses"] == {"default": {"description": "no success was seen"}}
    assert written["get"]["parameters"][1]["name"] == "expand[]"
