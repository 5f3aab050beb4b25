"""Every effective value is found along one way, and says where it came from."""

from pathlib import Path

import pytest

from tests.tidegate.files import put
from tests.tidegate.plans import plans
from tidegate.plan.planning import plan_unlisted
from tidegate.vendor.vendor_file import load_vendor


def test_a_written_value_tells_its_line_and_a_default_that_it_is_one(tmp_path: Path) -> None:
    plan = plans(tmp_path)["PostOrders"]
    assert (plan.attempt_s, plan.origins["attempt_s"]) == (12.0, "vendor.yaml:17")
    assert (plan.budget_s, plan.origins["budget_s"]) == (30.0, "default")
    assert (plan.idle_s, plan.origins["idle_s"]) == (10.0, "default")
    assert plan.origins["deprecated"] == "document"


def test_the_method_says_what_a_resend_is(tmp_path: Path) -> None:
    planned = plans(tmp_path)
    values = {name: (plan.idempotency, plan.origins["idempotency"]) for name, plan in planned.items()}
    assert values["GetOrders"] == ("safe", "method")
    assert values["PutOrder"] == values["DeleteOrder"] == ("natural", "method")
    assert values["PostOrders"] == ("vendor-key", "vendor.yaml:21")


def test_a_key_is_used_only_where_the_vendor_honours_it(tmp_path: Path) -> None:
    planned = plans(tmp_path)
    assert (planned["PostOrders"].key_header, planned["PostOrders"].key_retention_s) == ("Idempotency-Key", 86400.0)
    assert (planned["DeleteOrder"].key_header, planned["DeleteOrder"].key_retention_s) == (None, 0.0)


def test_a_post_without_a_plan_is_never_resent(tmp_path: Path) -> None:
    plan = plans(tmp_path, ("Post*: {idempotency: vendor-key}", "PostOrderPay: {idempotency: vendor-key}"))
    assert plan["PostOrders"].idempotency == "never-resend"
    assert plan["PostOrders"].origins["idempotency"] == "default"


def test_an_id_wins_over_patterns_and_a_longer_pattern_over_a_shorter(tmp_path: Path) -> None:
    planned = plans(
        tmp_path,
        (
            "  Post*: {idempotency: vendor-key}\n",
            (
                '  "*": {attempts: 1, budget: 25s}\n'
                "  Post*: {idempotency: vendor-key, attempts: 2, timeout: {attempt: 11s}}\n"
                "  PostOrders: {attempts: 5}\n"
                "  PostOrder*: {attempts: 4, timeout: {connect: 1s}}\n"
            ),
        ),
    )
    assert planned["PostOrders"].retry_attempts == 5
    assert planned["PostOrderPay"].retry_attempts == 4
    assert planned["GetOrder"].retry_attempts == 1
    assert (planned["PostOrders"].connect_s, planned["PostOrders"].attempt_s) == (1.0, 11.0)
    assert (planned["PostOrders"].budget_s, planned["PostOrders"].origins["budget_s"]) == (25.0, "vendor.yaml:21")


def test_our_record_is_kept_as_long_as_the_vendor_remembers_unless_said_otherwise(tmp_path: Path) -> None:
    assert plans(tmp_path, ("remembers: 24h", "remembers: 2h"))["PostOrders"].keep_s == 7200.0
    written = plans(tmp_path, ("{idempotency: vendor-key}", "{idempotency: vendor-key, keep: 3d}"))["PostOrders"]
    assert (written.keep_s, written.key_retention_s) == (259200.0, 86400.0)


def test_criticality_makes_writes_critical_and_an_entry_may_say_otherwise(tmp_path: Path) -> None:
    planned = plans(
        tmp_path,
        ("owner: shop-team", "owner: shop-team\ncriticality: high"),
        ("  Post*:", "  GetOrder: {critical: true}\n  PostOrderPay: {critical: false}\n  Post*:"),
    )
    values = {name: plan.critical for name, plan in planned.items()}
    assert values["PostOrders"]
    assert values["DeleteOrder"]
    assert values["GetOrder"]
    assert not values["PostOrderPay"]
    assert not values["GetOrders"]


def test_what_happens_when_the_vendor_is_away_is_said_in_words(tmp_path: Path) -> None:
    planned = plans(tmp_path, ("{idempotency: vendor-key}", "{idempotency: vendor-key, unavailable: {fail: no way}}"))
    assert planned["PostOrders"].unavailable == "fail: no way"
    assert planned["GetOrders"].unavailable == "fail"


@pytest.mark.parametrize(
    ("method", "resend"), [("GET", "safe"), ("PUT", "natural"), ("POST", "never-resend"), ("PATCH", "never-resend")]
)
def test_what_the_document_does_not_know_is_never_resent_if_it_writes(tmp_path: Path, method: str, resend: str) -> None:
    plan = plan_unlisted(load_vendor(put(tmp_path, ("Post*:", '"*": {attempts: 9}\n  Post*:'))), method)
    assert (plan.operation, plan.template, plan.idempotency) == ("unlisted", "", resend)
    assert plan.key_header is None
    assert plan.retry_attempts == 3
