"""Each rule finds its own mistake at its place, and says nothing about a file that keeps it."""

from pathlib import Path

import pytest

from tests.tidegate.files import DOCUMENT, VENDOR, put
from tidegate.check.rules import check
from tidegate.openapi.document import Document
from tidegate.vendor.vendor import WebhookFacts
from tidegate.vendor.vendor_file import LoadedVendor, read_vendor

Change = tuple[str, str]


def broken(folder: Path, *changes: Change) -> list[tuple[str, str]]:
    """Code and path of every finding."""
    path = put(folder, *changes)
    loaded = read_vendor(path).loaded
    assert loaded is not None
    return [(found.code, found.path) for found in check(loaded, Document.load(loaded.document_path))]


def message(folder: Path, *changes: Change) -> str:
    loaded = read_vendor(put(folder, *changes)).loaded
    assert loaded is not None
    (found,) = check(loaded, Document.load(loaded.document_path))
    return found.message


HIGH = ("owner: shop-team", "owner: shop-team\ncriticality: high")
POST = "Post*: {idempotency: vendor-key}"
LIMIT = "    - {name: account, rate: 100/s, burst: 20}\n"
PERSONAL = (LIMIT, LIMIT + "  personal_data: [/email, /name]\n")


def test_a_good_file_breaks_no_rule(tmp_path: Path) -> None:
    assert broken(tmp_path) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # TG001
        ([("attempt: 12s", "attempt: 40s")], [("TG001", "policy.timeout.attempt")]),
        ([("first_byte: 8s", "first_byte: 11s")], [("TG001", "policy.timeout.attempt")]),
        ([("connect: 2s", "connect: 0s")], [("TG001", "policy.timeout.connect")]),
        ([("policy:\n", "policy:\n  budget: 0s\n")], [("TG001", "policy.budget")]),
        ([(POST, f"{POST}\n  GetOrder: {{budget: 5s}}")], [("TG001", "policy.timeout.attempt")]),
        (
            [(POST, f"{POST}\n  GetOrder: {{timeout: {{attempt: 9s}}}}")],
            [("TG001", "operations.GetOrder.timeout.attempt")],
        ),
        # TG002
        ([(f"operations:\n  {POST}\n", "")], [("TG002", "operations")]),
        ([(POST, "PostOrders: {idempotency: vendor-key}")], [("TG002", "operations")]),
        ([(POST, "Post*: {idempotency: natural}")], [("TG002", "operations.Post*.idempotency")]),
        ([(POST, "Post*: {idempotency: never-resend}")], []),
        ([(POST, f"{POST}\n  PostOrderPay: {{idempotency: natural}}")], []),
        ([(POST, f"{POST}\n  PutOrder: {{idempotency: vendor-key}}")], [("TG002", "operations.PutOrder.idempotency")]),
        ([("methods: [POST]", "methods: [PUT]")], [("TG002", "operations.Post*.idempotency")]),
        (
            [("  idempotency: {header: Idempotency-Key, methods: [POST], remembers: 24h}\n", "")],
            [("TG002", "operations.Post*.idempotency")],
        ),
        # TG003
        ([("policy:\n", "policy:\n  retry: {jitter: none}\n")], [("TG003", "policy.retry.jitter")]),
        ([("policy:\n", "policy:\n  retry: {cap: 50ms}\n")], [("TG003", "policy.retry.cap")]),
        ([("policy:\n", "policy:\n  retry: {base: 0s}\n")], [("TG003", "policy.retry.cap")]),
        ([("policy:\n", "policy:\n  retry: {budget: 0%}\n")], [("TG003", "policy.retry.budget")]),
        ([("policy:\n", "policy:\n  retry: {budget: 80%}\n")], [("TG003", "policy.retry.budget")]),
        # TG004
        ([("  limits:\n" + LIMIT, "")], [("TG004", "facts.limits")]),
        ([("  limits:\n" + LIMIT, "  adaptive: true\n")], []),
        ([("[80%, 95%]", "[100%]")], [("TG004", "policy.quota_alert")]),
        ([("  quota_alert: [80%, 95%]\n", "")], [("TG004", "policy.quota_alert")]),
        ([("burst: 20}", "burst: 20, scope: operations}")], [("TG004", "facts.limits[0]")]),
        ([("burst: 20}", "burst: 20, of: [Get*]}")], [("TG004", "facts.limits[0]")]),
        ([(LIMIT, LIMIT + LIMIT)], [("TG004", "facts.limits[1].name")]),
        # TG005
        ([("owner: shop-team\n", "")], [("TG005", "owner")]),
        ([("  alerts: {errors: 5%, slow_p99: 5s, runbook: shop}\n", "")], [("TG005", "policy.alerts")]),
        ([("runbook: shop", "runbook: ' '")], [("TG005", "policy.alerts.runbook")]),
        # TG006
        ([("    rotate_every: 90d\n", "")], [("TG006", "facts.auth.rotate_every")]),
        ([("    scopes: may read and write orders\n", "")], [("TG006", "facts.auth.scopes")]),
        # TG008
        ([PERSONAL], [("TG008", "facts.region")]),
        ([PERSONAL, ("facts:\n", "facts:\n  region: eu\n")], [("TG008", "policy.data.may_leave")]),
        (
            [
                PERSONAL,
                ("facts:\n", "facts:\n  region: eu\n"),
                ("policy:\n", "policy:\n  data: {may_leave: [/email]}\n"),
            ],
            [("TG008", "policy.data.may_leave")],
        ),
        (
            [
                PERSONAL,
                ("facts:\n", "facts:\n  region: eu\n"),
                ("policy:\n", "policy:\n  data: {may_leave: [/email, /name]}\n"),
            ],
            [],
        ),
        # TG009
        ([HIGH], [("TG009", "operations")]),
        ([(POST, f"{POST}\n  GetOrder: {{critical: true}}")], [("TG009", "operations")]),
        ([HIGH, (POST, f'{POST}\n  "*": {{unavailable: {{fail: no other way}}}}')], []),
        (
            [HIGH, (POST, f"{POST}\n  P*: {{unavailable: {{fail: why}}}}\n  DeleteOrder: {{critical: false}}")],
            [("TG010", "operations.DeleteOrder")],
        ),
        # TG109
        ([(POST, f"{POST}\n  GetOrdr: {{attempts: 1}}")], [("TG109", "operations.GetOrdr")]),
        ([(POST, f"{POST}\n  Patch*: {{attempts: 1}}")], [("TG109", "operations.Patch*")]),
        (
            [("burst: 20}", "burst: 20, scope: operations, of: [Get*, GetOrdr]}")],
            [("TG109", "facts.limits[0].of[1]")],
        ),
    ],
)
def test_a_broken_rule_is_found_at_its_place(
    tmp_path: Path, changes: list[Change], expected: list[tuple[str, str]]
) -> None:
    assert broken(tmp_path, *changes) == expected


def test_a_deprecated_operation_is_a_warning_once_it_is_used(tmp_path: Path) -> None:
    loaded = read_vendor(put(tmp_path, (POST, f"{POST}\n  DeleteOrder: {{attempts: 1}}"))).loaded
    assert loaded is not None
    (found,) = check(loaded, Document.load(loaded.document_path))
    assert (found.code, found.severity, found.line) == ("TG010", "warning", 22)


def test_a_slip_of_the_pen_is_told_with_the_nearest_operation(tmp_path: Path) -> None:
    text = message(tmp_path, (POST, f"{POST}\n  GetOrdrs: {{attempts: 1}}"))
    assert text == "GetOrdrs is no operation of the document; did you mean GetOrders?"


def test_a_mistake_of_the_policy_is_told_once_not_for_each_operation(tmp_path: Path, specs: Path) -> None:
    path = put(tmp_path, ("attempt: 12s", "attempt: 40s"), ("openapi.json", str(specs / "stripe" / "spec3.json")))
    loaded = read_vendor(path).loaded
    assert loaded is not None
    assert [found.code for found in check(loaded, Document.load(loaded.document_path))] == ["TG001"]


def test_webhooks_must_be_told_apart_from_forgeries(tmp_path: Path) -> None:
    hooks = "  webhooks: {}\n"
    found = broken(tmp_path, (LIMIT, LIMIT + hooks))
    assert found == [
        ("TG007", f"facts.webhooks.{name}") for name in ("backfill", "dedupe", "scheme", "secrets", "tolerance")
    ]
    full = (
        "  webhooks: {scheme: stripe, secrets: ['env:A'], tolerance: 5m, dedupe: {pointer: /id}, "
        "backfill: 'none, because the shop asks for each order'}\n"
    )
    assert broken(tmp_path, (LIMIT, LIMIT + full)) == []
    lazy = full.replace("none, because the shop asks for each order", "later")
    assert broken(tmp_path, (LIMIT, LIMIT + lazy)) == [("TG007", "facts.webhooks.backfill")]
    assert WebhookFacts().scheme is None


def test_nothing_is_said_about_a_field_that_cannot_be_read(tmp_path: Path) -> None:
    assert broken(tmp_path, ("attempt: 12s", "attempt: 40")) == []
    assert broken(tmp_path, ("connect: 2s", "connect: 40")) == []
    assert broken(tmp_path, (POST, "Post*: {idempotency: vendor_key}")) == []
    assert broken(tmp_path, ("operations:\n", "operations:\n  GetOrder: 5\n")) == []
    assert broken(tmp_path, ("[80%, 95%]", "[80]")) == []


def test_an_unknown_key_hides_no_broken_rule(tmp_path: Path) -> None:
    assert broken(tmp_path, (POST, "PostOrders: {idempotency: vendor-key, atempts: 1}")) == [("TG002", "operations")]


def test_without_the_document_the_rest_is_still_judged(tmp_path: Path) -> None:
    loaded = read_vendor(put(tmp_path, ("owner: shop-team\n", ""), ("attempt: 12s", "attempt: 40s"))).loaded
    assert loaded is not None
    assert [found.code for found in check(loaded, None)] == ["TG005"]


def test_the_example_uses_every_method(tmp_path: Path) -> None:
    methods = {operation.method for operation in Document(DOCUMENT).operations.values()}
    assert methods == {"GET", "POST", "PUT", "DELETE"}
    assert isinstance(read_vendor(put(tmp_path, text=VENDOR)).loaded, LoadedVendor)
