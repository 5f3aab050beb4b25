"""The list of changes, made by hand: each with its kind, and its grade by what the payments adapter uses of Stripe."""

from copy import deepcopy
from typing import Any

import pytest

from tests.contracts.drift.edited_documents import (
    CREATE,
    CREATE_FORM,
    GONE,
    INTENT,
    LIST,
    Edit,
    both,
    drift_of,
    edited,
    put,
    rename,
    stripe,
    uses,
)
from tidegate.contracts.drift.document_drift import document_drift, uses_of
from tidegate.contracts.drift.documents.document_comparison import compare
from tidegate.contracts.pact_files import PACTS
from tidegate.drift.change_kinds import KINDS
from tidegate.openapi.document import Document

PROPERTIES, REFUND = f"{INTENT}/properties", "components/schemas/refund/properties"
CUSTOMER, EVENT = "components/schemas/customer/properties", "components/schemas/event/properties"
ERROR = "components/schemas/api_error/properties"
FORM = "application~x-www-form-urlencoded"
WORD = {"type": "string"}

CHANGES: tuple[tuple[str, Edit, str, str], ...] = (
    # --- what the adapter reads
    ("a field that is read goes", put(f"{PROPERTIES}/amount", GONE), "response-required-property-removed", "error"),
    ("an optional one that is read goes", put(f"{PROPERTIES}/amount_received", GONE),
     "response-optional-property-removed", "error"),
    ("one that is read is renamed", rename(PROPERTIES, "amount_received", "amount_recvd"),
     "response-property-renamed", "error"),
    ("one that is read is a text now", put(f"{PROPERTIES}/amount/type", "string"),
     "response-property-type-changed", "error"),
    ("one that is read has a fraction now", put(f"{PROPERTIES}/amount/type", "number"),
     "response-property-type-generalized", "error"),
    ("one that is read may be null", put(f"{PROPERTIES}/currency/nullable", value=True),
     "response-property-became-nullable", "error"),
    ("one that is read need not be there", put(f"{INTENT}/required/5", GONE),
     "response-property-became-optional", "error"),
    ("a status that the adapter tells apart goes", put(f"{PROPERTIES}/status/enum",
     ["processing", "requires_action", "requires_confirmation", "requires_payment_method", "requires_capture",
      "succeeded"]), "response-property-enum-value-removed", "error"),
    ("a status that nobody knows comes", put(f"{PROPERTIES}/status/enum/0", "requires_blessing"),
     "response-property-enum-value-added", "warning"),
    ("a status is any text now", put(f"{PROPERTIES}/status/enum", GONE), "response-property-became-not-enum",
     "warning"),
    ("what holds what is read goes", put("components/schemas/payment_intent_list/properties/data", GONE),
     "response-required-property-removed", "error"),
    ("a page is an object of pages", put("components/schemas/payment_intent_list/properties/data/type", "object"),
     "response-property-type-changed", "error"),
    ("pairs of one's own are numbers", put(f"{PROPERTIES}/metadata/additionalProperties/type", "integer"),
     "response-property-type-changed", "error"),
    ("an id that is read has another pattern", put(f"{PROPERTIES}/id/pattern", "^pay_"),
     "response-property-pattern-added", "error"),
    ("an error's code goes", put(f"{ERROR}/code", GONE), "response-optional-property-removed", "error"),
    ("an error's message may be null", put(f"{ERROR}/message/nullable", value=True),
     "response-property-became-nullable", "error"),
    ("the kinds of errors lose one that is told apart", put(f"{ERROR}/type/enum", ["api_error", "card_error"]),
     "response-property-enum-value-removed", "error"),
    ("a refund's payment is never the id", put(f"{REFUND}/payment_intent/anyOf/0", GONE),
     "response-property-any-of-removed", "error"),
    # --- what stands beside it
    ("a field that nobody reads goes", put(f"{PROPERTIES}/receipt_email", GONE),
     "response-optional-property-removed", "warning"),
    ("a field comes", put(f"{PROPERTIES}/wallet", WORD), "response-optional-property-added", "warning"),
    ("a field comes that is always there",
     both(put(f"{PROPERTIES}/wallet", WORD), put(f"{INTENT}/required/0", "wallet")),
     "response-required-property-added", "warning"),
    ("a field that nobody reads is deprecated", put(f"{PROPERTIES}/client_secret/deprecated", value=True),
     "response-property-deprecated", "warning"),
    ("one that nobody reads is in milliseconds", put(f"{PROPERTIES}/created/format", "unix-time-ms"),
     "response-property-type-changed", "warning"),
    ("a default is another one", put(f"{PROPERTIES}/confirmation_method/default", "manual"),
     "response-property-default-value-changed", "warning"),
    ("one that was always there may be left out", put(f"{INTENT}/required/0", GONE),
     "response-property-became-optional", "error"),
    # --- what stands behind an id that the adapter does not follow, and elsewhere
    ("a customer, behind its id, loses a field", put(f"{CUSTOMER}/balance", GONE),
     "response-optional-property-removed", "notice"),
    ("a customer's e-mail is renamed", rename(CUSTOMER, "email", "e_mail"), "response-property-renamed", "notice"),
    ("an event has a field more", put(f"{EVENT}/account", WORD), "response-optional-property-added", "notice"),
    ("an operation that nobody uses goes", put("paths/~v1~events/get", GONE),
     "api-path-removed-without-deprecation", "notice"),
    ("an operation comes", put("paths/~v1~charges", {"get": {"responses": {}}}), "endpoint-added", "notice"),
    ("a parameter of one that nobody uses goes", put("paths/~v1~events/get/parameters/3", GONE),
     "request-parameter-removed", "notice"),
    # --- what the adapter sends
    ("a field that is sent is no longer taken", put(f"{CREATE_FORM}/properties/confirm", GONE),
     "request-property-removed", "error"),
    ("one that is sent is renamed",
     rename(f"{CREATE_FORM}/properties", "payment_method_types", "payment_methods_types"),
     "request-property-renamed", "error"),
    ("one that nobody sends is no longer taken", put(f"{CREATE_FORM}/properties/return_url", GONE),
     "request-property-removed", "warning"),
    ("a field must be sent that is not", both(put(f"{CREATE_FORM}/properties/mandate", WORD),
     put(f"{CREATE_FORM}/required/0", "mandate")), "new-required-request-property", "error"),
    ("one that is always sent must be sent", put(f"{CREATE_FORM}/required/0", "payment_method_types"),
     "request-property-became-required", "warning"),
    ("one that is not always sent must be sent", put(f"{CREATE_FORM}/required/0", "confirm"),
     "request-property-became-required", "error"),
    ("one that is sent need not be", put(f"{CREATE_FORM}/required/0", GONE), "request-property-became-optional",
     "warning"),
    ("a field may be sent", put(f"{CREATE_FORM}/properties/mandate", WORD), "new-optional-request-property", "warning"),
    ("a choice that is sent goes", put(f"{CREATE_FORM}/properties/capture_method/enum/2", GONE),
     "request-property-enum-value-removed", "error"),
    ("a choice that nobody sends goes", put(f"{CREATE_FORM}/properties/capture_method/enum/1", GONE),
     "request-property-enum-value-removed", "warning"),
    ("an amount may be as large as never before", put(f"{CREATE_FORM}/properties/amount/maximum", 10**9),
     "request-property-max-increased", "warning"),
    ("an amount that is sent is too large", put(f"{CREATE_FORM}/properties/amount/maximum", 1000),
     "request-property-max-decreased", "error"),
    ("a text that is sent is too long", put(f"{CREATE_FORM}/properties/payment_method/maxLength", 5),
     "request-property-max-length-decreased", "error"),
    ("a text that is sent is short enough", put(f"{CREATE_FORM}/properties/payment_method/maxLength", 500),
     "request-property-max-length-decreased", "warning"),
    ("a number in a form is a text", put(f"{CREATE_FORM}/properties/confirm/type", "string"),
     "request-property-type-changed", "warning"),
    ("a text that is sent must match", put(f"{CREATE_FORM}/properties/currency/pattern", "^[A-Z]{3}$"),
     "request-property-pattern-changed", "error"),
    ("the form is JSON now", rename(f"{CREATE}/requestBody/content", "application/x-www-form-urlencoded",
     "application/json"), "request-body-media-type-removed", "error"),
    ("JSON is taken, too", put(f"{CREATE}/requestBody/content/application~json", {"schema": {}}),
     "request-body-media-type-added", "warning"),
    ("a body must be sent", put("paths/~v1~refunds/post/requestBody/required", value=True),
     "request-body-became-required", "warning"),
    ("a body must be sent where none always is",
     put("paths/~v1~payment_intents~{intent}~capture/post/requestBody/required", value=True),
     "request-body-became-required", "error"),
    # --- parameters, answers, operations
    ("a parameter that is sent goes", put(f"{LIST}/parameters/3", GONE), "request-parameter-removed", "error"),
    ("one that nobody sends goes", put(f"{LIST}/parameters/5", GONE), "request-parameter-removed", "warning"),
    ("a parameter must be sent", put(f"{LIST}/parameters/0", {"name": "account", "in": "query", "required": True,
     "schema": WORD}), "new-required-request-parameter", "error"),
    ("a header must be sent", put(f"{LIST}/parameters/0", {"name": "X-Account", "in": "header", "required": True,
     "schema": WORD}), "new-required-request-parameter", "error"),
    ("a parameter may be sent", put(f"{LIST}/parameters/0", {"name": "account", "in": "query", "schema": WORD}),
     "new-optional-request-parameter", "warning"),
    ("a page may be no longer than one", put(f"{LIST}/parameters/3/schema/maximum", 1),
     "request-parameter-max-decreased", "error"),
    ("the default page is longer", put(f"{LIST}/parameters/3/schema/default", 25),
     "request-parameter-default-value-changed", "warning"),
    ("a parameter is written otherwise", put(f"{LIST}/parameters/3/style", "deepObject"),
     "request-parameter-style-changed", "error"),
    ("an answer has another status", rename(f"{CREATE}/responses", "200", "201"),
     "response-success-status-removed", "error"),
    ("an answer has one more status", put(f"{CREATE}/responses/202", {"description": "Later."}),
     "response-success-status-added", "warning"),
    ("an answer is XML", rename(f"{CREATE}/responses/200/content", "application/json", "application/xml"),
     "response-media-type-removed", "error"),
    ("an operation that is used goes", put(CREATE, GONE), "api-removed-without-deprecation", "error"),
    ("one that is used moves", rename("paths", "/v1/refunds", "/v2/refunds"), "endpoint-moved", "error"),
    ("one that is used is deprecated", put(f"{CREATE}/deprecated", value=True), "endpoint-deprecated", "warning"),
    ("one that is used has another id", put(f"{CREATE}/operationId", "CreatePayment"),
     "api-operation-id-removed", "warning"),
    ("a way in goes", put("security/0", GONE), "api-security-removed", "warning"),
    ("a scope is needed", put("security/1/bearer/0", "payments"), "api-security-scope-added", "warning"),
    ("the vendor has another address", put("servers/0/url", "https://api.stripe.example"), "api-servers-changed",
     "warning"),
)  # fmt: skip


@pytest.mark.parametrize(("edit", "kind", "grade"), [one[1:] for one in CHANGES], ids=[one[0] for one in CHANGES])
def test_a_change_has_its_kind_and_its_grade(edit: Edit, kind: str, grade: str) -> None:
    findings = {finding.kind: finding for finding in reversed(drift_of(edit).findings)}  # the gravest of a kind
    assert kind in findings, sorted(findings)
    assert findings[kind].grade == grade, findings[kind].sentence
    assert bool(findings[kind].pacts) == (grade != "notice")
    assert findings[kind].kind in KINDS


def test_the_list_has_forty_changes_of_thirty_kinds_and_of_each_grade() -> None:
    assert len(CHANGES) >= 40
    assert len({kind for _, _, kind, _ in CHANGES}) >= 30
    assert {grade for *_, grade in CHANGES} == {"error", "warning", "notice"}


SAME: tuple[tuple[str, Edit], ...] = (
    ("other words", put(f"{PROPERTIES}/amount/description", "Money.")),
    ("another example", put(f"{PROPERTIES}/amount/example", 7)),
    ("another name of a path's parameter", both(
        rename("paths", "/v1/payment_intents/{intent}", "/v1/payment_intents/{payment}"),
        put("paths/~v1~payment_intents~{payment}/get/parameters/0/name", "payment"),
        put("paths/~v1~payment_intents~{payment}/post/parameters/0/name", "payment"))),
    ("null as a type", both(put(f"{PROPERTIES}/description/nullable", GONE),
                            put(f"{PROPERTIES}/description/type", ["string", "null"]))),
    ("null as an alternative", put(f"{PROPERTIES}/latest_charge", {"oneOf": [{"type": "null"}, WORD]})),
    ("a schema of its own name", both(put("components/schemas/money", {"type": "integer"}),
                                      put(f"{PROPERTIES}/amount_received", {"$ref": "#/components/schemas/money",
                                                                             "default": 0}))),
    ("a schema of another name", both(
        rename("components/schemas", "refund", "refund_object"),
        put("paths/~v1~refunds/post/responses/200/content/application~json/schema/$ref",
            "#/components/schemas/refund_object"),
        put("components/schemas/refund_list/properties/data/items/$ref", "#/components/schemas/refund_object"),
        put("paths/~v1~refunds~{refund}/get/responses/200/content/application~json/schema/$ref",
            "#/components/schemas/refund_object"),
        put("paths/~v1~refunds~{refund}/post/responses/200/content/application~json/schema/$ref",
            "#/components/schemas/refund_object"))),
    ("one part of allOf", put(f"{PROPERTIES}/shipping", {
        "allOf": [{"allOf": [{"$ref": "#/components/schemas/shipping"}]}], "nullable": True})),
    ("alternatives in another order", put(f"{PROPERTIES}/customer/anyOf", [
        {"$ref": "#/components/schemas/deleted_customer"}, {"type": "string", "maxLength": 5000},
        {"$ref": "#/components/schemas/customer"}])),
    ("an enum of one as a const", both(put(f"{PROPERTIES}/object/enum", GONE),
                                       put(f"{PROPERTIES}/object/const", "payment_intent"))),
    ("a media type with its charset", rename(f"{CREATE}/responses/200/content", "application/json",
                                             "application/json; charset=utf-8")),
    ("a schema that nobody refers to", put("components/schemas/nobody", {"type": "object"})),
    ("extensions", put(f"{CREATE}/x-stability", "beta")),
)  # fmt: skip


@pytest.mark.parametrize("edit", [one[1] for one in SAME], ids=[one[0] for one in SAME])
def test_the_same_said_otherwise_is_no_change(edit: Edit) -> None:
    report = drift_of(edit)
    assert [finding.sentence for finding in report.findings] == []


def test_a_change_that_many_operations_share_is_told_once_and_at_one_that_is_used() -> None:
    report = drift_of(put(f"{PROPERTIES}/amount", GONE))
    (finding,) = report.findings
    assert finding.facts is not None
    assert len(finding.facts["operations"]) > 10
    assert finding.place.startswith("PostPaymentIntents response 200 /amount and ")
    assert "payments: a payment is looked up" in finding.pacts


def test_a_change_in_a_request_is_none_of_the_answer() -> None:
    report = drift_of(put("components/schemas/address_params/properties/city", GONE))
    assert {finding.kind for finding in report.findings} == {"request-property-removed"}


def test_a_document_that_holds_itself_is_compared() -> None:
    def tree(leaf: str) -> Document:
        node = {
            "type": "object",
            "properties": {"value": {"type": leaf}, "child": {"$ref": "#/components/schemas/node"}},
        }
        answer = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/node"}}}}}
        root: dict[str, Any] = {
            "openapi": "3.0.3", "paths": {"/t": {"get": {"operationId": "t", "responses": answer}}},
            "components": {"schemas": {"node": node}},
        }  # fmt: skip
        return Document(root)

    changes = compare(tree("integer"), tree("string")).changes
    assert [(change.kind.name, change.pointer) for change in changes] == [("response-property-type-changed", "/value")]


def test_the_pacts_that_fit_a_document_are_found() -> None:
    document = Document(deepcopy(stripe()))
    assert {use.provider for use in uses_of(document, PACTS)} == {"stripe"}
    assert uses_of(document, PACTS, "nobody") == []


def test_a_provider_that_is_named_and_not_met_proves_nothing() -> None:
    other = Document({"openapi": "3.0.3", "paths": {}}, "other")
    report = document_drift(other, other, uses(), "stripe")
    (sentence,) = report.untried
    assert sentence.startswith("no interaction of the pacts with stripe is an operation of other")


def test_a_mistake_in_one_operation_costs_that_operation() -> None:
    broken = Document(edited(put(f"{CREATE}/requestBody", {"$ref": "#/nowhere"})), "broken")
    report = document_drift(broken, broken, uses())
    assert report.findings == ()


def test_documents_without_an_operation_prove_nothing() -> None:
    empty = Document({"openapi": "3.0.3", "paths": {}}, "empty")
    assert document_drift(empty, empty, []).untried == ("neither document has an operation: nothing was compared",)
    assert document_drift(Document(deepcopy(stripe())), empty, []).untried == ()
