"""Changes of operations, and who is broken by them."""

from dataclasses import replace

import pytest

from tests.contracts.drift.edited_documents import uses
from tidegate.contracts.drift.documents.document_change import Part, changed
from tidegate.contracts.drift.use.operation_use import breaks_operation

PAGE = next(use for use in uses() if use.name == "a page of payments with more to come")
PAY = next(use for use in uses() if use.name == "a payment is prepared")


@pytest.mark.parametrize(
    ("kind", "part", "at", "page", "pay"),
    [
        ("api-removed-with-deprecation", "operation", "", True, True),
        ("request-parameter-removed", "parameter", "query limit", True, False),
        ("request-parameter-removed", "parameter", "header Idempotency-Key", False, True),
        ("request-parameter-removed", "parameter", "path intent", True, True),
        ("request-parameter-removed", "parameter", "cookie x", False, False),
        ("new-required-request-parameter", "parameter", "query limit", False, True),
        ("new-optional-request-parameter", "parameter", "query limit", False, False),
        ("request-body-added-required", "body", "", True, False),
        ("request-body-removed", "body", "", False, True),
        ("request-body-media-type-removed", "media", "application/x-www-form-urlencoded", False, True),
        ("request-body-media-type-removed", "media", "application/json", False, False),
        ("request-body-encoding-changed", "media", "application/x-www-form-urlencoded amount", False, True),
        ("request-body-encoding-changed", "media", "application/x-www-form-urlencoded other", False, False),
        ("response-success-status-removed", "status", "200", True, True),
        ("response-success-status-removed", "status", "2XX", True, True),
        ("response-non-success-status-removed", "status", "default", False, False),
        ("response-media-type-removed", "media", "200 application/json", True, True),
        ("response-media-type-removed", "media", "404 application/json", False, False),
        ("optional-response-header-removed", "header", "200 x-total", False, False),
        ("optional-response-header-removed", "header", "200 Content-Type", True, True),
    ],
)
def test_a_use_is_broken_by_what_it_needs(kind: str, part: Part, at: str, page: bool, pay: bool) -> None:
    change = changed(kind, part, "x", at)
    assert (breaks_operation(change, PAGE), breaks_operation(change, PAY)) == (page, pay)


def test_a_parameter_with_fields_is_sent_by_its_name() -> None:
    use = replace(PAGE, query={"created[gte]": ["1"]})
    assert breaks_operation(changed("request-parameter-removed", "parameter", "x", "query created"), use)


def test_a_class_of_statuses_of_which_the_one_is_kept_is_not_missed() -> None:
    gone = [changed("response-success-status-removed", "status", "x", "2XX", new=new) for new in (["201"], ["200"])]
    assert [breaks_operation(change, PAGE) for change in gone] == [True, False]
