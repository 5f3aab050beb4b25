"""TG116: what is joined can be sent again row by row, and the bulk form has what it needs."""

from pathlib import Path

import pytest

from tests.tidegate.plans import POST, broken, findings

FORM = "items: /orders, results: /results, status: /status"
NAMED = ", id: {pointer: /id, value: '{no}'}"
LOOKED_UP = "lookup: {operation: GetOrder, by: {id: '{id}'}}"


def bulk(form: str = FORM, operation: str = "PostOrders", when: str = "always") -> str:
    return f"{{when: {when}, bulk: {{operation: {operation}, {form}}}}}"


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (f"PutOrder: {{idempotency: natural, defer: {bulk(operation='NoSuch')}}}", "no operation NoSuch"),
        (f"PutOrder: {{idempotency: natural, defer: {bulk(operation='GetOrders')}}}", "is a read"),
        (f"PutOrder: {{idempotency: natural, defer: {bulk(operation='PutOrder')}}}", "itself deferred"),
        (f"PutOrder: {{idempotency: natural, defer: {bulk(when='never')}}}", "only where an app asks for it"),
        (f"PostOrderPay: {{idempotency: vendor-key, defer: {bulk()}}}", "carries no key of its own"),
        (f"PostOrderPay: {{idempotency: never-resend, defer: {bulk()}}}", "cannot be sent again (never-resend)"),
        (
            f"PostOrderPay: {{idempotency: lookup, {LOOKED_UP}, defer: {bulk()}}}",
            "cannot be sent again (lookup)",
        ),
        (
            f"PutOrder: {{idempotency: natural, defer: {bulk(FORM + ', add: {k: ' + repr('{key}') + '}')}}}",
            "{key} is no path parameter",
        ),
        (
            f"PutOrder: {{idempotency: natural, defer: {bulk(FORM + NAMED)}}}",
            "{no} is no path parameter",
        ),
    ],
)
def test_what_would_not_be_sound_is_refused_with_the_reason(tmp_path: Path, entry: str, words: str) -> None:
    [message] = [one.message for one in findings(tmp_path, (POST, f"{POST}\n  {entry}")) if one.code == "TG116"]
    assert words in message


def test_a_bulk_form_that_needs_another_path_parameter_is_told_once_for_a_pattern(tmp_path: Path) -> None:
    form = bulk(FORM + ", add: {k: '{key}'}", operation="PostOrderPay")
    entry = f"Post*: {{idempotency: vendor-key}}\n  PostOrders: {{idempotency: vendor-key, defer: {form}}}"
    assert broken(tmp_path, (POST, entry)) == [("TG116", "operations.PostOrders.defer.bulk")]


@pytest.mark.parametrize(
    "entry",
    [
        f"PutOrder: {{idempotency: natural, defer: {bulk(FORM + ', add: {id: ' + repr('{id}') + '}')}}}",
        f"PostOrderPay: {{idempotency: vendor-key, defer: {bulk(FORM + ', add: {k: ' + repr('{key}') + '}')}}}",
    ],
)
def test_what_is_sound_is_not(tmp_path: Path, entry: str) -> None:
    assert broken(tmp_path, (POST, f"{POST}\n  {entry}")) == []
