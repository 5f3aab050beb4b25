"""A vendor file as rules look at it."""

from pathlib import Path

import pytest

from tests.tidegate.files import put
from tests.tidegate.plans import POST
from tidegate.check.judged_vendor import JudgedVendor, listed
from tidegate.openapi.document import Document
from tidegate.plan.planning import plan_vendor
from tidegate.vendor.vendor_file import load_vendor


@pytest.fixture
def judged(tmp_path: Path) -> JudgedVendor:
    loaded = load_vendor(put(tmp_path, (POST, f"{POST}\n  PostOrders: {{timeout: {{idle: 1s}}}}")))
    return JudgedVendor(loaded, plan_vendor(loaded, Document.load(loaded.document_path)))


def test_the_entry_that_sets_a_key_is_found(judged: JudgedVendor) -> None:
    plan = judged.plans["PostOrders"]
    assert judged.entry_of(plan, "idempotency") == "Post*"
    assert judged.entry_of(plan, "timeout") == "PostOrders"
    assert judged.entry_of(plan, "cache") is None


def test_a_value_is_placed_where_it_is_written(judged: JudgedVendor) -> None:
    plan = judged.plans["PostOrders"]
    idle, attempt = ("timeout", "idle"), ("timeout", "attempt")
    assert judged.place_of(plan, idle, idle) == ("operations", "PostOrders", "timeout", "idle")
    assert judged.place_of(plan, attempt, attempt) == ("policy", "timeout", "attempt")
    assert judged.place_of(plan, (), ("retry", "base")) == ("policy", "retry", "base")


def test_a_name_means_its_operation_and_a_pattern_all_that_match(judged: JudgedVendor) -> None:
    assert [plan.operation for plan in judged.meant_by("Post*")] == ["PostOrders", "PostOrderPay"]
    assert [plan.operation for plan in judged.meant_by("GetOrder")] == ["GetOrder"]


def test_plans_that_came_about_alike_are_judged_once(judged: JudgedVendor) -> None:
    assert [plan.operation for plan in judged.distinct(("idle_s",))] == ["GetOrders", "PostOrders"]


def test_a_long_list_of_names_is_cut() -> None:
    assert listed(["a", "b"]) == "a, b"
    assert listed(["a", "b", "c", "d", "e"]) == "a, b, c and 2 more"
