"""Real documents of millions of bytes: one against itself, and an edited copy, each change with its grade."""

import json
from pathlib import Path

from tests.contracts.drift.edited_documents import CREATE, CREATE_FORM, GONE, INTENT, both, put, rename, uses
from tidegate.contracts.drift.document_drift import document_drift
from tidegate.openapi.document import Document

PROPERTIES, REFUND = f"{INTENT}/properties", "components/schemas/refund/properties"
CUSTOMER = "components/schemas/customer/properties"
WORD = {"type": "string"}


def test_githubs_document_against_itself_is_no_change(specs: Path) -> None:
    path = specs / "github" / "api.github.com.json"
    report = document_drift(Document.load(path), Document.load(path), ())
    assert report.findings == ()


def test_edited_copies_of_stripes_own_document(specs: Path) -> None:
    """Many changes at once, in 2.5 MB: each with its grade, in about a second."""
    path = specs / "stripe" / "spec3.json"
    original = json.loads(path.read_bytes())
    edits = both(
        put(f"{PROPERTIES}/amount/type", "string"), put(f"{PROPERTIES}/currency/nullable", value=True),
        put(f"{REFUND}/payment_intent/anyOf/0", GONE), put(f"{CREATE_FORM}/properties/confirm", GONE),
        put(f"{CREATE_FORM}/properties/capture_method/enum/2", GONE),
        put("paths/~v1~payment_intents~{intent}~capture/post/requestBody/required", value=True),
        put(f"{PROPERTIES}/wallet", WORD), put(f"{PROPERTIES}/status/enum/0", "requires_blessing"),
        put(f"{CREATE}/deprecated", value=True), rename(CUSTOMER, "email", "e_mail"), put("paths/~v1~events/get", GONE),
    )  # fmt: skip
    edits(original)
    report = document_drift(Document.load(path), Document(original), uses(), "stripe")
    assert {(finding.grade, finding.kind) for finding in report.findings} == {
        ("error", "response-property-type-changed"), ("error", "response-property-became-nullable"),
        ("error", "response-property-any-of-removed"), ("error", "request-property-removed"),
        ("error", "request-property-enum-value-removed"), ("error", "request-body-became-required"),
        ("warning", "response-optional-property-added"), ("warning", "response-property-enum-value-added"),
        ("warning", "endpoint-deprecated"), ("notice", "response-property-renamed"),
        ("notice", "api-path-removed-without-deprecation"),
    }  # fmt: skip
