"""Pacts within documents."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import tidegate
from tests.contracts.drift.edited_documents import CREATE, CREATE_FORM, GONE, INTENT, LIST, edited, old, put, uses
from tidegate.contracts.covered import CoverReport, cover
from tidegate.contracts.drift.use.pact_use import PactUse, read_uses
from tidegate.contracts.pact_files import PACTS
from tidegate.contracts.provider_headers import provider_headers
from tidegate.openapi.document import Document
from tidegate.vendor.vendor_file import load_vendor
from tidegate.verdict import exit_code

WORD = {"type": "string"}
PAGE = next(use for use in uses() if use.name == "a page of payments with more to come")
PAY = next(use for use in uses() if use.name == "a payment is prepared")


def sentences(use: PactUse, document: Document | None = None) -> list[str]:
    return [one.sentence for one in cover("stripe", document or old(), [use]).uncovered]


def test_every_pact_that_ships_is_within_its_vendors_document() -> None:
    folder = Path(tidegate.__file__).parent / "adapters"
    everything = read_uses(sorted(PACTS.glob("*.json")))
    for provider in {use.provider for use in everything}:
        document = Document.load(folder / provider / "openapi.json")
        put_in = provider_headers(load_vendor(folder / provider / "vendor.yaml").vendor.facts)
        report = cover(provider, document, [use for use in everything if use.provider == provider], put_in.keys())
        assert [one.sentence for one in report.uncovered] == []
        assert exit_code(report.cases()) == (0 if report.uses else 2), "of messages alone nothing can be said"


def test_what_stripe_itself_publishes_covers_the_pact(specs: Path) -> None:
    assert cover("stripe", Document.load(specs / "stripe" / "spec3.json"), uses()).uncovered == ()


@pytest.mark.parametrize(
    ("use", "place", "says", "cure"),
    [
        (replace(PAGE, path="/v1/payment_intent", operation=""), "GET /v1/payment_intent", "no such operation",
         "did you mean GET /v1/payment_intents?"),
        (replace(PAGE, query={"limt": ["2"]}), "request query limt", "no such parameter", "did you mean limit?"),
        (replace(PAGE, query={"limit": ["many"]}), "request query limit", "integer here, not string", "send what"),
        (replace(PAGE, query={"limit": ["1000"]}), "request query limit", "maximum", "send what"),
        (replace(PAGE, answer={"has_more": "no"}), "response 200 /has_more", "boolean here, not string", "count on"),
        (replace(PAGE, answer={"data": [{"amout": 1}]}), "response 200 /data/*/amout", "no such field",
         "did you mean amount?"),
        (replace(PAGE, answer_media="text/csv"), "response 200", "does not promise text/csv", "it has application"),
        (replace(PAY, sent={"currency": "eur"}), "request /amount", "asks for it", "send it"),
        (replace(PAY, sent={**PAY.sent, "colour": "red"}), "request /colour", "no such field", "send what"),
        (replace(PAY, sent={**PAY.sent, "capture_method": "later"}), "request /capture_method", "not one of",
         "send what"),
        (replace(PAY, sent=None), "request body", "asks for one", "send it"),
        (replace(PAY, media="application/json"), "request body", "does not take application/json",
         "send application/x-www"),
        (replace(PAGE, sent={"a": 1}, media="application/json"), "request body", "takes none", "leave it out"),
    ],
)  # fmt: skip
def test_what_is_beyond_is_told_with_place_and_cure(use: PactUse, place: str, says: str, cure: str) -> None:
    (sentence,) = sentences(use)
    assert sentence.startswith(f"{place}: ")
    assert says in sentence
    assert f"; {cure}" in sentence


@pytest.mark.parametrize(
    "change",
    [
        put(f"{LIST}/parameters/0", {"name": "account", "in": "header", "required": True, "schema": WORD}),
        put(f"{LIST}/parameters/3", GONE),
        put(f"{CREATE_FORM}/properties/currency", GONE),
        put(f"{INTENT}/properties/metadata/additionalProperties/type", "integer"),
        put(f"{CREATE}/responses", {"201": {"description": "Made."}}),
    ],
)
def test_a_document_that_promises_less_does_not_cover_them_all(change: Any) -> None:
    assert cover("stripe", Document(edited(change)), uses()).uncovered


@pytest.mark.parametrize("media", ["application/xml", "multipart/form-data"])
def test_a_text_that_stands_for_an_object_in_a_way_that_is_not_read_is_not_judged(media: str) -> None:
    content = {media: {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}}
    answers = {"200": {"description": "Good.", "content": content}}
    operation = {"requestBody": {"content": content}, "responses": answers}
    document = Document({"openapi": "3.1.0", "paths": {"/o": {"post": operation}}})
    use = replace(PAY, path="/o", media=media, answer_media=media, answer="<o><a>x</a></o>", headers={}, query={})
    assert sentences(replace(use, sent="<o><a>x</a></o>"), document) == []
    assert sentences(replace(use, sent={"b": "x"}), document)[0].startswith("request /b")


def test_a_request_that_shall_be_refused_may_be_beyond_the_document() -> None:
    assert sentences(replace(PAY, sent={"amount": "none"}, status=400, answer={"error": {"type": "api_error"}})) == []


def test_a_failure_need_not_be_described() -> None:
    bare = Document(edited(put(f"{LIST}/responses", {"200": {"description": "Good."}})))
    assert sentences(replace(PAGE, status=503, answer={"error": {}}), bare) == []
    assert "no such answer" in sentences(replace(PAGE, status=404, answer={}), bare)[0]


def test_messages_are_held_against_webhooks_where_the_document_has_any() -> None:
    message = replace(PAGE, method="", path="", operation="", answer={"id": "x"})
    report = cover("stripe", old(), [PAGE, message])
    assert (report.uncovered, len(report.uses)) == ((), 1)
    assert next(iter(report.lines())).startswith("stripe: note: the document describes no webhooks")
    schema = {"type": "object", "properties": {"id": WORD}, "additionalProperties": False}
    post = {"requestBody": {"content": {"application/json": {"schema": schema}}}}
    hooked = Document({"openapi": "3.1.0", "paths": {}, "webhooks": {"paid": {"post": post}}})
    assert cover("stripe", hooked, [message]).uncovered == ()
    (one,) = cover("stripe", hooked, [replace(message, answer={"ident": "x"})]).uncovered
    assert one.says == "no webhook of the document is so"


def test_nothing_to_look_into_is_no_verdict() -> None:
    report = cover("stripe", old(), [])
    assert exit_code(report.cases()) == 2
    assert [*report.lines()] == [
        "stripe: inconclusive: there is no interaction with stripe", "stripe: 0 of 0 interactions within old",
    ]  # fmt: skip


def test_the_report_counts_interactions_and_not_mistakes() -> None:
    bad = replace(PAGE, answer={"x": 1, "y": 2})
    report = cover("stripe", old(), [bad, PAY])
    assert len(report.uncovered) == 2
    assert [*report.lines()][-1] == "stripe: 1 of 2 interactions within old"
    assert isinstance(report, CoverReport)
    assert sum(bool(case.broken) for case in report.cases()) == 1
