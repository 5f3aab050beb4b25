"""The block `drift` of a vendor's policy."""

from pathlib import Path

from tests.tidegate.plans import planned
from tidegate.policy.watch.drift import describe


def test_a_rate_becomes_the_time_between_two_samples(tmp_path: Path) -> None:
    plan = planned(tmp_path, policy="drift: {sample: 30/m}")
    assert plan.drift_every_s == 2.0
    assert plan.origins["drift_every_s"].startswith("vendor.yaml:")
    assert describe(plan).startswith("an answer every 2s is compared")


def test_without_a_rate_none_is_looked_at(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert (plan.drift_every_s, describe(plan)) == (0.0, "no answer is looked at for drift")
