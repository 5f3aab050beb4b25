"""The bulkhead of an operation's group."""

from pathlib import Path

from tests.tidegate.plans import planned
from tidegate.policy.bulkhead import describe


def test_without_one_any_number_of_calls_is_under_way(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert (plan.bulkhead, plan.bulkhead_queue, plan.origins["bulkhead"]) == (0, 0, "default")
    assert describe(plan) == "any number at once"


def test_its_places_and_its_queue_are_described(tmp_path: Path) -> None:
    plan = planned(tmp_path, policy="bulkhead: {concurrent: 20, queue: 5, mode: report}", entry="group: reads")
    assert describe(plan) == "group reads; 20 at once; 5 more wait for 5s at most; only reports what it would refuse"
    assert plan.origins["bulkhead"] == plan.origins["bulkhead_queue"] == "vendor.yaml:17"
