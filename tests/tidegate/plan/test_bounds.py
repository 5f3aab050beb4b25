"""Bounds bind the operations that they name, and are written as a person would say them."""

from pathlib import Path

import pytest

from tests.proxy.examples import plan
from tests.tidegate.files import put
from tidegate.plan.bounds import Bound, applies, describe, written_bound, written_limit
from tidegate.vendor.facts import Concurrency, Limit, Quota
from tidegate.vendor.vendor_file import load_vendor

ACCOUNT = Limit.model_validate({"name": "account", "rate": "10/s", "burst": 5})
WINDOW = Limit.model_validate({"name": 'a "b" \\', "rate": "50/m", "algorithm": "fixed", "unit": "bytes"})


def test_a_limit_for_some_operations_binds_those_only(tmp_path: Path) -> None:
    vendor = load_vendor(
        put(tmp_path, ("burst: 20}\n", "burst: 20}\n    - {name: reads, rate: 5/s, scope: operations, of: [Get*]}\n"))
    )
    assert [limit.name for limit in vendor.vendor.facts.limits if applies(limit, "GetOrders")] == ["account", "reads"]
    assert [limit.name for limit in vendor.vendor.facts.limits if applies(limit, "PostOrders")] == ["account"]


def test_a_limit_in_words() -> None:
    assert written_limit(ACCOUNT) == "10/s burst 5"
    assert written_limit(WINDOW) == "50/m bytes fixed"


@pytest.mark.parametrize(
    ("bound", "words"),
    [
        (ACCOUNT, "account 10/s burst 5"),
        (ACCOUNT.model_copy(update={"scope": "operation"}), "account 10/s burst 5 for each operation"),
        (Quota.model_validate({"name": "daily", "count": 9, "per": "day"}), "daily 9 requests a day"),
        (
            Concurrency.model_validate({"name": "together", "at_once": 25, "scope": "app"}),
            "together 25 at once for each app",
        ),
    ],
)
def test_a_bound_in_words(bound: Bound, words: str) -> None:
    assert written_bound(bound) == words


def test_where_no_bound_is_written_the_description_says_so() -> None:
    assert describe(plan()) == "none; queue 500 deep, 5s at most"
    assert describe(plan(adaptive=True)) == "learned from refusals; queue 500 deep, 5s at most"
