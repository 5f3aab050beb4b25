"""The breaker of an operation's group."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from tests.tidegate.plans import planned
from tidegate.policy.breaker import Breaker, describe


def test_the_defaults_in_words(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert describe(plan) == (
        "group default; opens where 50% of at least 20 calls in 30s failed or took more than 10s; "
        "open 2.5s to 10s; 2 probes; ramp 5s"
    )
    assert (plan.origins["breaker"], plan.origins["breaker_group"]) == ("default", "default")


def test_what_is_written_is_planned_whole(tmp_path: Path) -> None:
    plan = planned(tmp_path, policy="breaker: {last: 50, mode: report}", entry="group: reads")
    assert (plan.breaker.last, plan.breaker_group, plan.reports) == (50, "reads", ("breaker",))
    assert plan.origins["breaker"] == plan.origins["reports"] == "vendor.yaml:17"
    assert "group reads; opens where 50% of at least 20 calls in the last 50 failed" in describe(plan)
    assert describe(plan).endswith("; only reports what it would refuse")


@pytest.mark.parametrize("written", ['"failures": "0%"', '"slow": "0s"', '"open": "0s"', '"open_max": "0ms"'])
def test_what_would_open_it_for_every_call_or_never_keep_it_open_is_refused(written: str) -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        Breaker.model_validate_json("{" + written + "}")
