"""What is going away says so: since when where it is known, and never a date that nobody gave."""

from typing import Any

import pytest

from tidegate.openapi.document import Document, Operation
from tidegate.simulator.behaviour.deprecation import Deprecations
from tidegate.vendor.vendor import Deprecation


def operation(**node: Any) -> Operation:
    document = Document({"openapi": "3.0.0", "paths": {"/old": {"get": {"operationId": "GetOld", **node}}}})
    return document.operations["GetOld"]


def test_a_mark_in_the_document_alone_says_nothing_for_there_is_no_value_without_a_date() -> None:
    assert Deprecations({}).headers(operation(deprecated=True)) == {}
    without = {"Get*": Deprecation.model_validate({"sunset": "2027-01-31"})}
    assert Deprecations(without).headers(operation(deprecated=True)) == {"Sunset": "Sun, 31 Jan 2027 00:00:00 GMT"}


@pytest.mark.parametrize(
    ("told", "value"),
    [
        ({"since": "2026-01-31"}, "@1769817600"),
        ({"since": "2026-01-31", "form": "http-date"}, "Sat, 31 Jan 2026 00:00:00 GMT"),
        ({"form": "true"}, "true"),
    ],
)
def test_a_vendor_writes_it_as_the_rfc_does_or_as_a_draft_did(told: dict[str, str], value: str) -> None:
    said = Deprecations({"GetOld": Deprecation.model_validate(told)}).headers(operation())
    assert said == {"Deprecation": value}


def test_the_vendor_file_gives_dates_and_a_link() -> None:
    told = {"since": "2026-01-31", "sunset": "2027-01-31", "link": "https://vendor.example/old"}
    assert Deprecations({"Get*": Deprecation.model_validate(told)}).headers(operation()) == {
        "Deprecation": "@1769817600",
        "Sunset": "Sun, 31 Jan 2027 00:00:00 GMT",
        "Link": '<https://vendor.example/old>; rel="deprecation"; type="text/html"',
    }
