"""Observed answers, graded."""

from typing import Any

import pytest

from tests.contracts.drift.edited_documents import old, uses
from tidegate.contracts.drift.observed_drift import observed_drift, reads
from tidegate.contracts.drift.use.grading import used_operations
from tidegate.verdict import exit_code

USED = used_operations(old(), uses())


def finding(**changes: Any) -> dict[str, Any]:
    return {
        "source": "document", "kind": "response-property-became-nullable", "operation": "GetPaymentIntentsIntent",
        "status": 200, "pointer": "/amount", "says": "it does not keep to `type`", "first": 1.0, "last": 2.0,
        "count": 3, **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, "error"),
        ({"pointer": "/receipt_email"}, "warning"),
        ({"operation": "GetEvents"}, "notice"),
        ({"operation": ""}, "notice"),
        ({"status": 404}, "warning"),
        ({"kind": "response-property-enum-value-added", "pointer": "/status"}, "warning"),
        ({"kind": "response-property-scale-changed", "source": "answers", "says": "is smaller"}, "error"),
        ({"kind": "response-property-pattern-changed", "pointer": "/id"}, "error"),
        ({"kind": "response-property-pattern-changed", "status": 404, "pointer": "/error/message"}, "warning"),
        ({"operation": "GetPaymentIntents", "pointer": "/data/*/amount"}, "error"),
        ({"kind": "response-list-order-changed", "operation": "GetPaymentIntents", "pointer": "/data by created",
          "source": "answers", "says": "goes up now"}, "error"),
        ({"kind": "of-tomorrow"}, "warning"),
    ],
)  # fmt: skip
def test_a_finding_is_graded_by_what_the_pacts_read(changes: dict[str, Any], grade: str) -> None:
    report = observed_drift("stripe", {"answers": 500, "findings": [finding(**changes)]}, USED)
    (one,) = report.findings
    assert one.grade == grade, one.sentence
    assert one.facts is not None
    assert one.facts["first"] == 1.0


def test_without_an_answer_there_is_no_verdict() -> None:
    assert exit_code(observed_drift("stripe", {"answers": 0, "findings": []}, USED).cases("error")) == 2
    assert exit_code(observed_drift("stripe", {"answers": 9, "findings": []}, USED).cases("error")) == 0


def test_an_answer_has_something_at_a_pointer() -> None:
    answer = {"data": [{"a": 1}, {"b": {"c/d": None}}]}
    assert all(reads(answer, pointer) for pointer in ("", "/data", "/data/*/a", "/data/*/b/c~1d"))
    assert not any(reads(answer, pointer) for pointer in ("/x", "/data/*/c", "/data/*/a/b"))
