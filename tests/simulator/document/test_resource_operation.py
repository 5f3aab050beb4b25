"""Each operation's shape follows from its method, path and schemas."""

from typing import Any

import pytest

from tidegate.openapi.document import Document, DocumentError
from tidegate.simulator.document.resource_operation import ResourceOperations


@pytest.mark.parametrize(
    ("operation", "does", "kind", "action"),
    [
        ("GetCustomers", "list", "customer", ""),
        ("PostCustomers", "create", "customer", ""),
        ("GetCustomersCustomer", "retrieve", "customer", ""),
        ("PostCustomersCustomer", "update", "customer", ""),
        ("DeleteCustomersCustomer", "delete", "customer", ""),
        ("PostPaymentIntents", "create", "payment_intent", ""),
        ("PostPaymentIntentsIntentConfirm", "act", "payment_intent", "confirm"),
        ("PostPaymentIntentsIntentCapture", "act", "payment_intent", "capture"),
        ("PostPaymentIntentsIntentCancel", "act", "payment_intent", "cancel"),
        ("GetRefundsRefund", "retrieve", "refund", ""),
        ("GetEventsId", "retrieve", "event", ""),
    ],
)
def test_the_payments_vendors_operations_are_understood(
    document: Document, operation: str, does: str, kind: str, action: str
) -> None:
    shape = ResourceOperations(document).of(document.operations[operation])
    assert (shape.does, shape.kind, shape.action) == (does, kind, action)


def test_no_operation_of_the_payments_vendor_is_only_a_sample(document: Document) -> None:
    resource_operations = ResourceOperations(document)
    assert [one.id for one in document.operations.values() if resource_operations.of(one).does == "sample"] == []


def test_a_list_is_filtered_by_query_parameters_that_are_fields(document: Document) -> None:
    kinds = ResourceOperations(document).kinds
    assert kinds["customer"].filters == {"email": "email"}
    assert kinds["payment_intent"].filters == {"customer": "customer"}
    assert kinds["refund"].filters == {"charge": "charge", "payment_intent": "payment_intent"}
    assert kinds["event"].filters == {"type": "type", "types": "type"}


def test_only_kinds_that_say_so_leave_a_trace_when_deleted(document: Document) -> None:
    assert ResourceOperations(document).of(document.operations["DeleteCustomersCustomer"]).leaves_trace
    plain = ResourceOperations(vendor_of_boxes())
    assert not plain.of(vendor_of_boxes().operations["DELETE /boxes/{box}"]).leaves_trace


def vendor_of_boxes() -> Document:
    box = {"type": "object", "properties": {"id": {"type": "string"}, "size": {"type": "integer"}}}
    made = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/box"}}}}
    broken = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/gone"}}}}
    body = {"content": {"application/json": {"schema": box}}}
    paths: dict[str, Any] = {
        "/boxes": {"post": {"requestBody": body, "responses": {"201": made, "default": {"description": "No."}}}},
        "/boxes/{box}": {
            "get": {"responses": {"200": made}},
            "put": {"requestBody": body, "responses": {"200": made}},
            "delete": {"responses": {"204": {"description": "Gone."}}},
        },
        "/boxes/{box}/lid/open": {"post": {"responses": {"2XX": made}}},
        "/lids/{lid}": {"get": {"responses": {"200": broken}}},
        "/health": {"get": {"responses": {"200": made}}},
    }
    return Document({"openapi": "3.0.3", "paths": paths, "components": {"schemas": {"box": box}}})


def test_any_other_document_is_understood_by_the_same_rules() -> None:
    boxes = vendor_of_boxes()
    resource_operations = ResourceOperations(boxes)
    does = {
        one.id: (resource_operations.of(one).does, resource_operations.of(one).kind)
        for one in boxes.operations.values()
        if "lids" not in one.id
    }
    assert does == {
        "POST /boxes": ("create", "boxes"),
        "GET /boxes/{box}": ("retrieve", "boxes"),
        "PUT /boxes/{box}": ("put", "boxes"),
        "DELETE /boxes/{box}": ("delete", "boxes"),
        "POST /boxes/{box}/lid/open": ("sample", ""),
        "GET /health": ("retrieve", "health"),
    }


def test_a_broken_reference_costs_its_own_operation_only() -> None:
    boxes = vendor_of_boxes()
    resource_operations = ResourceOperations(boxes)
    with pytest.raises(DocumentError):
        resource_operations.of(boxes.operations["GET /lids/{lid}"])
    assert resource_operations.of(boxes.operations["GET /boxes/{box}"]).does == "retrieve"
