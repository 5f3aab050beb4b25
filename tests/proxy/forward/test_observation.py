"""Tests of tidegate.proxy.forward.observation."""

from dataclasses import replace

from tidegate.chaos.world.virtual_loop import run
from tidegate.chaos.world.virtual_world import VirtualWorld
from tidegate.proxy.forward.observation import (
    FLUSH_S,
    REPEATED_WITHIN_S,
    REQUESTS_KEPT_MAX,
    SLICE,
    WAITING_MAX,
    Observation,
    Observations,
)

ONE = Observation(1.0, "shop", "opened", "https", "api.example", 443, "POST", "/v1/charges", 200)


def test_listeners_are_told_later_and_in_order() -> None:
    async def story() -> None:
        world, seen = VirtualWorld(1), list[int]()
        observations = Observations(world)
        observations.listeners.append(lambda each: seen.append(each.status))
        for status in range(2 * SLICE):
            observations.add(replace(ONE, status=status))
        assert seen == []
        await world.sleep(FLUSH_S + 0.1)
        assert seen == list(range(2 * SLICE))

    run(story)


def test_without_a_listener_nothing_is_kept() -> None:
    async def story() -> None:
        observations = Observations(VirtualWorld(1))
        observations.add(ONE)
        assert (observations.wanted, len(observations._waiting)) == (False, 0)

    run(story)


def test_more_than_may_wait_is_dropped_and_counted() -> None:
    async def story() -> None:
        observations, seen = Observations(VirtualWorld(1)), list[Observation]()
        observations.listeners.append(seen.append)
        for _ in range(WAITING_MAX + 3):
            observations.add(ONE)
        observations.close()
        assert (len(seen), observations.dropped) == (WAITING_MAX, 3)

    run(story)


def test_the_same_request_soon_again_is_a_repeat_and_much_later_it_is_none() -> None:
    async def story() -> None:
        observations = Observations(VirtualWorld(1))
        assert [observations.repeat(7, now) for now in (0.0, 1.0, 2.0)] == [0, 1, 2]
        assert observations.repeat(8, 2.0) == 0
        assert observations.repeat(7, 3.0 + REPEATED_WITHIN_S) == 0

    run(story)


def test_only_so_many_requests_are_remembered() -> None:
    async def story() -> None:
        observations = Observations(VirtualWorld(1))
        for request in range(REQUESTS_KEPT_MAX + 10):
            observations.repeat(request, 1.0)
        assert len(observations._known) == REQUESTS_KEPT_MAX
        assert observations.repeat(0, 1.0) == 0

    run(story)
