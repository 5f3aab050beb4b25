"""How full the limits were: the same reading as the judges' counts."""

import random

import pytest

from tidegate.scenario.limit_meter import Arrival, over_quota
from tidegate.scenario.limit_use import limit_use
from tidegate.vendor.vendor import Limit


def limit(**more: object) -> Limit:
    return Limit.model_validate({"name": "all", "rate": "2/s", "algorithm": "sliding", **more})


def test_the_share_rises_with_each_arrival_and_falls_with_time() -> None:
    uses = limit_use([limit()], [Arrival(at_s, "Get") for at_s in (0.0, 0.5, 0.6, 3.0)])
    assert [(use.share, use.over) for use in uses] == [(0.5, False), (1.0, False), (1.0, True), (0.5, False)]


def test_the_fullest_of_several_limits_counts_and_others_do_not_concern_it() -> None:
    limits = [limit(), limit(name="writes", rate="1/s", of=("Post*",))]
    uses = limit_use(limits, [Arrival(0.0, "PostX"), Arrival(0.1, "GetX")])
    assert [use.share for use in uses] == [1.0, 1.0]
    assert [use.share for use in limit_use([], [Arrival(0.0, "PostX")])] == [0.0]


@pytest.mark.parametrize("algorithm", ["sliding", "fixed", "token-bucket"])
def test_what_is_over_is_what_the_judge_counts(algorithm: str) -> None:
    rng = random.Random(algorithm)
    burst = {"burst": 3} if algorithm == "token-bucket" else {}
    one = limit(algorithm=algorithm, **burst)
    times = sorted(rng.uniform(0, 20) for _ in range(80))
    arrivals = [Arrival(at_s, "Get", wall_s=at_s) for at_s in times]
    uses = limit_use([one], arrivals)
    assert sum(use.over for use in uses) == over_quota([one], arrivals)["all"] > 0
    assert all(0 < use.share <= 1 + 1e-9 for use in uses)
