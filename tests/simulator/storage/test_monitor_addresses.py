"""What was only accepted leads to what tells how it goes on, where the document has that."""

from typing import Any

import pytest

from tests.simulator.small_vendor import TEXT, SmallVendor, fields, operation
from tidegate.openapi.document import Document
from tidegate.simulator.storage.monitor_addresses import MonitorAddresses

NUMBER = {"type": "integer"}


def shown(name: str = "id", schema: Any = None) -> dict[str, Any]:
    parameters = [{"name": name, "in": "path", "required": True, "schema": schema or TEXT}]
    return {"get": {"parameters": parameters, "responses": {}}}


def address(paths: dict[str, Any], asked: str = "/v1/models/x/analyze?dry=1") -> str:
    post = {"operationId": "it", "responses": {}}
    document = Document({"openapi": "3.1.0", "paths": {"/models/{m}/analyze": {"post": post}, **paths}})
    return MonitorAddresses(document, lambda name, level: f"<{name}:{level['type']}>").of("it", asked)


@pytest.mark.parametrize(
    ("paths", "place"),
    [
        ({"/operations/{operationId}": shown("operationId")}, "/v1/operations/<operationId:string>"),
        ({"/jobs/{id}": shown(schema=NUMBER)}, "/v1/jobs/<id:integer>"),
        (
            {"/models/{m}/analyzeResults/{r}": shown("r"), "/operations/{id}": shown()},
            "/v1/models/x/analyzeResults/<r:string>",
        ),
        ({"/models/{m}/analyze/results/{r}": shown("r")}, "/v1/models/x/analyze/results/<r:string>"),
        ({"/jobs": {"post": {"responses": {}}}, "/jobs/{id}": shown()}, ""),  # only what was made is there
        ({"/pets/{id}": shown(), "/operations": {"get": {"responses": {}}}}, ""),
        ({"/operations/{a}/parts/{id}": shown()}, ""),
    ],
)
def test_a_monitor_is_known_by_its_words(paths: dict[str, Any], place: str) -> None:
    assert address(paths) == place


def test_where_operation_location_leads_there_is_an_answer() -> None:
    accepted: dict[str, Any] = {
        "responses": {"202": {"description": "", "headers": {"Operation-Location": {"schema": TEXT}}}}
    }
    status = {**operation(fields("status", status=TEXT)), "parameters": shown()["get"]["parameters"]}
    vendor = SmallVendor({"/docs/analyze": {"post": accepted}, "/operations/{id}": {"get": status}})
    made = vendor.ask("POST", "/docs/analyze", {})
    assert made.status == 202
    assert vendor.read(made.headers["Operation-Location"])["status"]


def test_location_leads_to_what_tells_no_id() -> None:
    export = fields("state", state=TEXT)
    answer = operation(export, fields(), status=201)
    answer["responses"]["201"]["headers"] = {"Location": {"schema": TEXT}}
    vendor = SmallVendor({"/exports": {"post": answer}, "/exports/{id}": {"get": operation(export)}})
    made = vendor.ask("POST", "/exports", {"state": "begun"})
    assert made.headers["Location"].startswith("/exports/")
    assert vendor.read(made.headers["Location"]) == made.body
