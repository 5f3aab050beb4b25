"""Tests of tidegate.proxy.desk.shown_delivery."""

import json

import pytest

from tests.proxy.desk.letters import letter
from tests.proxy.store.places import at
from tidegate.proxy.desk.hidden_content import HiddenContent
from tidegate.proxy.desk.shown_delivery import ATTEMPTS_MAX, AUDIT_LINES_MAX, row, whole
from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryAttempt
from tidegate.redaction.redactor import Redactor

HIDDEN = HiddenContent(Redactor(["canary"]))


def delivery(**changes: float) -> Delivery:
    return Delivery(
        letter(1), "queued", 0, 0, changes.get("not_before", 0.0), 1_700_000_000.0, "queued", ever_sent=False
    )


@pytest.mark.parametrize(
    ("not_before", "shown"), [(0.0, None), (60.0, "2023-11-14T22:14:20.000Z"), (float("inf"), None), (1e300, None)]
)
def test_moments_of_the_store_are_shown_as_dates(not_before: float, shown: str | None) -> None:
    assert row(delivery(not_before=not_before), at(5.0), HIDDEN)["not_before"] == shown


def test_of_attempts_and_audit_so_many_are_shown() -> None:
    attempts = [DeliveryAttempt("d1", n, 1_700_000_000.0) for n in range(ATTEMPTS_MAX + 5)]
    audit = [json.dumps({"by": "ada", "note": f"canary {n}"}) for n in range(AUDIT_LINES_MAX + 5)]
    shown = whole(delivery(), attempts, audit, now=at(5.0), hidden=HIDDEN)
    tries, lines = shown["tries"], shown["audit"]
    assert isinstance(tries, list)
    assert isinstance(lines, list)
    assert (len(tries), tries[-1]["n"]) == (ATTEMPTS_MAX, ATTEMPTS_MAX + 4)
    assert (len(lines), lines[-1]["note"]) == (AUDIT_LINES_MAX, f"[redacted] {AUDIT_LINES_MAX + 4}")
    assert shown["answer"] is None


@pytest.mark.parametrize(("line", "shown"), [("no JSON canary", "no JSON [redacted]"), ("[1]", "[1]")])
def test_a_line_of_the_audit_that_is_no_document_is_shown_as_it_is(line: str, shown: str) -> None:
    assert whole(delivery(), [], [line], now=at(), hidden=HIDDEN)["audit"] == [shown]
