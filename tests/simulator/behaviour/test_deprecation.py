"""What is going away says so: since when where it is known, and never a date that nobody gave."""

from typing import Any

from tidegate.openapi import Document, Operation
from tidegate.simulator.behaviour.deprecation import Deprecations
from tidegate.vendor import Deprecation


def operation(**node: Any) -> Operation:
    document = Document({"openapi": "3.0.0", "paths": {"/old": {"get": {"operationId": "GetOld", **node}}}})
    return document.operations["GetOld"]


def test_an_operation_that_the_document_marks_says_so_without_a_date() -> None:
    assert Deprecations({}).headers(operation(deprecated=True)) == {"Deprecation": "true"}
    assert Deprecations({}).headers(operation()) == {}


def test_the_vendor_file_gives_dates_and_a_link() -> None:
    told = {"since": "2026-01-31", "sunset": "2027-01-31", "link": "https://vendor.example/old"}
    assert Deprecations({"Get*": Deprecation.model_validate(told)}).headers(operation()) == {
        "Deprecation": "@1769817600",
        "Sunset": "Sun, 31 Jan 2027 00:00:00 GMT",
        "Link": '<https://vendor.example/old>; rel="deprecation"; type="text/html"',
    }
