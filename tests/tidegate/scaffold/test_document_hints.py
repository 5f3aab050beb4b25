"""Limits in words, forms of errors and names of personal data are found, and other numbers are not taken for limits."""

from typing import Any

import pytest

from tests.tidegate.scaffold.conftest import COFFEE, PARCELS
from tidegate.openapi.document import Document
from tidegate.scaffold.document_hints import (
    callback_names,
    error_form,
    limit_headers,
    personal_fields,
    request_id_header,
    webhook_names,
    worded_limits,
)


def described(text: str) -> Document:
    return Document({"openapi": "3.0.3", "info": {"title": "T", "version": "1", "description": text}, "paths": {}})


@pytest.mark.parametrize(
    ("text", "rates"),
    [
        ("The rate limit is 100 requests per second.", ["100/s"]),
        ("Limits: 1,000 API calls per hour and account.", ["1000/h"]),
        ("You may make up to 5000 requests/hour; the rate limit resets hourly.", ["5000/h"]),
        ("Rate limits apply: 60 requests every minute, 10000 requests per day.", ["60/m", "10000/d"]),
        ("Throttled at 20 write requests a second, 100 read requests a second.", ["20/s"]),
        ("A request takes 2 seconds. Files of 100 MB per request.", []),
        ("Version 2023-01-01: 5 new calls.", []),
        ("Pays 100 euros per day.", []),
        ("Returns the last 100 requests per day of the month.", []),
        ("rate limit of 0 requests per second", []),
    ],
)
def test_limits_are_read_from_words(text: str, rates: list[str]) -> None:
    assert [limit.rate for limit in worded_limits(described(text))] == rates


def test_a_long_text_and_a_text_of_numbers_are_read_in_time() -> None:
    assert worded_limits(described("1 requests " * 50_000)) == []
    assert worded_limits(described("9" * 100_000)) == []


def test_what_the_document_of_parcels_hints_at() -> None:
    document = Document(PARCELS)
    operations = [*document.operations.values()]
    [limit] = worded_limits(document)
    assert (limit.rate, limit.quote, limit.where) == ("100/m", "100 requests per minute", "info")
    assert limit_headers(document) == {"X-RateLimit-Remaining": "ListDepots"}
    assert request_id_header(document) == "X-Request-Id"
    assert personal_fields(document, operations) == ["/email", "/to/address"]
    assert (webhook_names(document), callback_names(document)) == (["parcel.sent"], [])
    form = error_form(document, operations)
    assert form is not None
    assert (form.envelope, form.code) == ("/error", "/error/code")
    assert form.ours == {"error": {"code": "{problem}", "message": "{detail}"}}


def test_a_document_without_errors_has_no_form_of_one() -> None:
    document = Document(COFFEE)
    assert error_form(document, [*document.operations.values()]) is None


def test_what_is_unsound_costs_nothing_but_itself() -> None:
    odd: Any = {"responses": {"400": {"$ref": "#/nowhere"}, "200": 7}, "callbacks": [], "requestBody": {"$ref": "#/no"}}
    document = Document({"openapi": "3.1.0", "paths": {"/a": {"post": odd}}, "webhooks": []})
    operations = [*document.operations.values()]
    assert error_form(document, operations) is None
    assert personal_fields(document, operations) == webhook_names(document) == callback_names(document) == []
