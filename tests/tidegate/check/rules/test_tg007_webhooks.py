"""TG007: a webhook is told apart from a forgery."""

from pathlib import Path

import pytest

from tests.tidegate.plans import LIMIT, broken, findings
from tidegate.vendor.vendor import WebhookFacts

FULL = (
    "  webhooks: {scheme: stripe, secrets: ['env:A'], tolerance: 5m, dedupe: {pointer: /id}, "
    "backfill: 'none, because the shop asks for each order'}\n"
)


def test_webhooks_must_be_told_apart_from_forgeries(tmp_path: Path) -> None:
    hooks = "  webhooks: {}\n"
    breaches = broken(tmp_path, (LIMIT, LIMIT + hooks))
    assert breaches == [
        ("TG007", f"facts.webhooks.{name}") for name in ("backfill", "dedupe", "scheme", "secrets", "tolerance")
    ]
    assert broken(tmp_path, (LIMIT, LIMIT + FULL)) == []
    lazy = FULL.replace("none, because the shop asks for each order", "later")
    assert broken(tmp_path, (LIMIT, LIMIT + lazy)) == [("TG007", "facts.webhooks.backfill")]
    assert WebhookFacts().scheme is None


@pytest.mark.parametrize("scheme", ["github", "{header: X-Sign, signed: '{raw}'}"])
def test_where_no_time_is_signed_no_age_is_judged(tmp_path: Path, scheme: str) -> None:
    aged = FULL.replace("scheme: stripe", f"scheme: {scheme}")
    assert broken(tmp_path, (LIMIT, LIMIT + aged)) == [("TG007", "facts.webhooks.tolerance")]
    assert broken(tmp_path, (LIMIT, LIMIT + aged.replace("tolerance: 5m, ", ""))) == []


def test_more_secrets_than_are_tried_are_told(tmp_path: Path) -> None:
    many = FULL.replace("'env:A'", ", ".join(f"'env:A{n}'" for n in range(11)))
    assert broken(tmp_path, (LIMIT, LIMIT + many)) == [("TG007", "facts.webhooks.secrets")]
    assert broken(tmp_path, (LIMIT, LIMIT + many.replace("'env:A10'", ""))) == []


def test_a_declared_scheme_that_signs_a_time_needs_a_tolerance(tmp_path: Path) -> None:
    timed = "scheme: {header: X-Sign, ts_header: X-Time, signed: '{ts}.{raw}'}"
    told = FULL.replace("scheme: stripe", timed)
    assert broken(tmp_path, (LIMIT, LIMIT + told)) == []
    assert broken(tmp_path, (LIMIT, LIMIT + told.replace("tolerance: 5m, ", ""))) == [
        ("TG007", "facts.webhooks.tolerance")
    ]


def test_an_answer_with_an_hmac_needs_a_shared_secret(tmp_path: Path) -> None:
    asked = "challenge: {parameter: crc_token, signed: false, method: GET, answer: {token: '{hmac_hex}'}}, dedupe:"
    shared = FULL.replace("dedupe:", asked)
    assert broken(tmp_path, (LIMIT, LIMIT + shared)) == []
    public = shared.replace("scheme: stripe", "scheme: standard-v1a")
    assert broken(tmp_path, (LIMIT, LIMIT + public)) == [("TG007", "facts.webhooks.challenge.answer")]


def test_where_the_body_holds_the_signature_a_question_is_not_signed(tmp_path: Path) -> None:
    asked = "challenge: {parameter: challenge, method: GET}, dedupe:"
    told = FULL.replace("dedupe:", asked).replace("scheme: stripe", "scheme: adyen").replace("tolerance: 5m, ", "")
    (finding,) = findings(tmp_path, (LIMIT, LIMIT + told))
    assert (finding.code, finding.path) == ("TG007", "facts.webhooks.challenge.signed")
    assert "signed: false" in finding.message
