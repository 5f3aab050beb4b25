"""The queue of the calls that wait for a limit."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.tidegate.plans import planned
from tidegate.policy.limiter import Queue, describe


def test_the_queue_is_described_after_the_limits(tmp_path: Path) -> None:
    plan = planned(tmp_path, policy="queue: {depth: 9, wait: 2s, mode: report}")
    assert describe(plan, "none") == "none; queue 9 deep, 2s at most; queue only reports what it would refuse"


def test_both_blocks_may_only_report(tmp_path: Path) -> None:
    plan = planned(tmp_path, policy="limiter: {mode: report}\n  queue: {mode: report}")
    assert plan.reports == ("limiter", "queue")
    assert describe(plan, "none").count("only reports") == 2


def test_an_app_weighs_something() -> None:
    assert Queue.model_validate({"shares": {"shop": 3}}).shares == {"shop": 3}
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Queue.model_validate({"shares": {"shop": 0}})
