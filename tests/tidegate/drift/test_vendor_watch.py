"""All that is watched of one vendor."""

from typing import Any

from tests.tidegate.drift.test_document_watch import DOCUMENT, GOOD
from tidegate.drift.vendor_watch import FINDINGS_MAX, SampledAnswer, VendorWatch
from tidegate.openapi.document import Document


def answer(document: Any, number: int, operation: str = "t", status: int = 200) -> SampledAnswer:
    return SampledAnswer(operation, status, document, number, 0, 1_000.0 + number)


def test_what_departs_from_the_document_is_told_once_and_counted() -> None:
    watch = VendorWatch(DOCUMENT)
    told = [found for number in range(3) for found in watch.look(answer({**GOOD, "size": None, "x": number}, number))]
    assert [(one.kind, one.source) for one in told] == [
        ("response-property-became-nullable", "document"), ("response-optional-property-added", "document"),
    ]  # fmt: skip
    assert (told[0].count, told[0].first, told[0].last) == (3, 1_000.0, 1_002.0)


def test_what_was_otherwise_before_is_told() -> None:
    watch = VendorWatch(DOCUMENT)
    told = []
    for number in range(400):
        told += watch.look(answer({"size": number % 9 if number < 300 else str(number % 9)}, number, operation="other"))
    assert [(one.kind, one.source, one.pointer) for one in told] == [
        ("response-property-kind-appeared", "answers", "/size")
    ]
    assert watch.overview()["fields"] == 1


def test_another_document_takes_what_was_found_beside_the_old_one_away() -> None:
    watch = VendorWatch(DOCUMENT)
    watch.look(answer({**GOOD, "new": 1}, 1))
    assert len(watch.findings) == 1
    watch.change(DOCUMENT, frozenset())
    assert len(watch.findings) == 1, "it is the same"
    watch.change(Document({"openapi": "3.1.0", "paths": {}}), frozenset())
    assert watch.findings == {}
    assert watch.look(answer({**GOOD, "new": 1}, 2)) == []


def test_findings_are_bound() -> None:
    watch = VendorWatch(DOCUMENT)
    for number in range(FINDINGS_MAX + 10):
        watch.look(answer({**GOOD, f"new{number}": 1}, number))
    assert len(watch.findings) == FINDINGS_MAX
    assert watch.overview()["untold"] == 10
    assert watch.overview()["findings"][0]["pointer"] == f"/new{FINDINGS_MAX - 1}", "the newest first"
