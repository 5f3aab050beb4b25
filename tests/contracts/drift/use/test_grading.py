"""Grades by use; the list of changes is in test_document_drift.py."""

from dataclasses import replace

from tests.contracts.drift.edited_documents import INTENT, drift_of, old, put, uses
from tidegate.contracts.drift.documents.document_change import SchemaPlace
from tidegate.contracts.drift.documents.schema_pairs import SchemaPair
from tidegate.contracts.drift.use.grading import ABSENT, media_fits, status_fits, used_operations, value_at

USE = next(use for use in uses() if use.name == "a page of payments with more to come")


def place(where: str, at: str, direction: str = "request", media: str = "") -> SchemaPlace:
    return SchemaPlace("GetPaymentIntents", direction, where, at, media, SchemaPair({}, {}, ""))  # type: ignore[arg-type]  # words


def test_uses_are_found_by_method_and_path() -> None:
    found = used_operations(old(), uses())
    assert sum(map(len, found.values())) == len(uses())
    assert "GetPaymentIntentsIntent" in found
    assert "GetCustomers" not in found


def test_a_use_has_its_values_at_places() -> None:
    assert value_at(place("parameter", "query limit"), USE) == "2"
    assert value_at(place("parameter", "query customer"), USE) is ABSENT
    assert value_at(place("parameter", "header Authorization"), USE) == "Bearer app"
    assert value_at(place("body", "200", "response", "application/json"), USE)["has_more"] is True
    assert value_at(place("body", "404", "response", "application/json"), USE) is ABSENT
    assert value_at(place("header", "200 header content-type", "response"), USE) == "application/json"


def test_statuses_and_media_types_fit_by_their_ranges() -> None:
    assert [status_fits(status, USE) for status in ("200", "2XX", "default", "404")] == [True, True, True, False]
    assert [media_fits(listed, "text/csv") for listed in ("text/csv", "text/*", "*/*", "application/json")] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_value_that_may_be_any_of_its_kind_is_not_broken_by_another_pattern() -> None:
    """The message of an error is matched by its type alone."""
    report = drift_of(put("components/schemas/api_error/properties/message/pattern", "^[0-9]+$"))
    assert {finding.grade for finding in report.findings} == {"warning"}


def test_the_gravest_comes_first() -> None:
    report = drift_of(lambda root: (put("paths/~v1~events/get/deprecated", value=True)(root),
                                    put(f"{INTENT}/properties/amount/nullable", value=True)(root))[0])  # fmt: skip
    assert [finding.grade for finding in report.findings] == ["error", "notice"]


def test_a_use_of_another_operation_is_none() -> None:
    stranger = replace(USE, path="/v9/nothing", operation="Nothing")
    assert used_operations(old(), [stranger]) == {}
