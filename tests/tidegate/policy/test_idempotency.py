"""The plan of a write's resend, and the record of it."""

from pathlib import Path

import pytest

from tests.tidegate.plans import planned
from tidegate.policy.idempotency import KeyPlan, describe, unwritten_plan, written_plan


@pytest.mark.parametrize(
    ("method", "resend"),
    [("PUT", "natural"), ("DELETE", "natural"), ("POST", "never-resend"), ("PATCH", "never-resend")],
)
def test_without_a_word_the_method_decides(method: str, resend: KeyPlan) -> None:
    assert unwritten_plan(method) == resend


def test_the_first_way_counts() -> None:
    assert written_plan("vendor-key") == "vendor-key"
    assert written_plan(("vendor-key", "lookup")) == "vendor-key"
    assert written_plan("lookup") == "lookup"
    assert written_plan(()) is None


def test_records_are_described_with_their_retention(tmp_path: Path) -> None:
    keyed = planned(tmp_path, entry="keep: 3d", operation="PostOrders")
    assert describe(keyed) == "Idempotency-Key; the vendor remembers it for 1d; our record 3d"
    natural = planned(tmp_path, entry="keep: 3d", operation="PutOrder")
    assert describe(natural) == "natural; our record of a keyed call 3d"
    assert describe(planned(tmp_path)) == "not needed: a read"
