"""Tests of tidegate.proxy.upstream.report_mode."""

from collections.abc import Mapping

from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.upstream.report_mode import ReportMode


def test_every_case_is_counted_and_one_a_second_is_told() -> None:
    told: list[tuple[str, Mapping[str, str | float]]] = []

    async def story() -> ReportMode:
        world = VirtualWorld(1)
        reports = ReportMode(world)
        reports.would_refuse("breaker", "open", "Get")
        reports.note = lambda text, facts: told.append((text, facts))
        for _ in range(25):
            reports.would_refuse("breaker", "open", "Get")
            await world.sleep(0.1)
        reports.would_refuse("queue", "full", "Post")
        return reports

    reports = run(story)
    assert reports.counts == {("breaker", "open"): 26, ("queue", "full"): 1}
    breaker = [facts for _, facts in told if facts["rule"] == "breaker"]
    assert len(breaker) == 3
    assert sum(int(facts["count"]) for facts in breaker) >= 21
    assert told[-1] == ("would refuse", {"rule": "queue", "reason": "full", "operation": "Post", "count": 1})


def test_a_share_of_a_quota_that_is_reached_is_counted_and_told() -> None:
    told: list[tuple[str, Mapping[str, str | float]]] = []
    reports = ReportMode(VirtualWorld(1))
    reports.reached("daily", 0.8)
    reports.note = lambda text, facts: told.append((text, facts))
    reports.reached("daily", 0.95)
    assert reports.crossed == {("daily", "80%"): 1, ("daily", "95%"): 1}
    assert told == [("quota", {"limit": "daily", "share": 0.95})]
