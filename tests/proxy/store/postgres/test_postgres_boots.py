"""Tests of tidegate.proxy.store.postgres.postgres_boots: who may take over whose calls, and when."""

from dataclasses import replace

from tests.proxy.store.machine import Machine
from tests.proxy.store.postgres.conftest import beats, dies, proxy_at
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.resilience.idempotency_record import Begin, Replay, Resume, Running
from tidegate.proxy.policies.resilience.peer_watch import BEAT_EVERY_S, DEAD_AFTER_S
from tidegate.proxy.store.records import KeyedCall

CALL = KeyedCall("shop", "stripe", "PostRefunds", "k", "vk", "f", "c1", 600.0, 3600.0, 86400.0)
AGAIN = replace(CALL, call_id="c2")
BEATS_TO_DEATH = int(DEAD_AFTER_S / BEAT_EVERY_S) + 1


async def test_the_calls_of_a_proxy_that_died_are_resumed_when_it_is_seen_dead(url: str) -> None:
    machine = Machine()
    async with proxy_at(url, machine) as dead, proxy_at(url, machine) as alive:
        await dead.records.begin(CALL, dead.records.now())
        await dies(dead)
        await beats(alive, machine, BEATS_TO_DEATH - 1)
        assert isinstance(await alive.records.begin(AGAIN, alive.records.now()), Running)
        await beats(alive, machine, 1)
        stored = await alive.records.find_call("c1")
        assert stored is not None
        assert stored.state == "unknown"
        assert await alive.records.begin(AGAIN, alive.records.now()) == Resume("vk")


async def test_the_calls_of_a_proxy_that_lives_are_its_own_for_as_long_as_it_beats(url: str) -> None:
    machine = Machine()
    async with proxy_at(url, machine) as one, proxy_at(url, machine) as other:
        await one.records.begin(CALL, one.records.now())
        for _ in range(2 * BEATS_TO_DEATH):
            await beats(other, machine, 1)
            await one.keep_clock(probing=False)
        assert isinstance(await other.records.begin(AGAIN, other.records.now()), Running)
        assert await one.records.finish("c1", Outcome.DONE, now=one.records.now(), status=200)
        assert isinstance(await other.records.begin(AGAIN, other.records.now()), Replay)


async def test_a_proxy_that_stops_leaves_its_calls_to_the_others_at_once(url: str) -> None:
    async with proxy_at(url) as other:
        async with proxy_at(url) as one:
            await one.records.begin(CALL, one.records.now())
        assert await other.records.begin(AGAIN, other.records.now()) == Resume("vk")


async def test_a_proxy_that_was_only_paused_takes_a_new_number_and_settles_what_nobody_has_resumed(url: str) -> None:
    machine = Machine()
    async with proxy_at(url, machine) as paused, proxy_at(url, machine) as other:
        first = paused._boots.boot
        await paused.records.begin(CALL, paused.records.now())
        await paused.records.begin(replace(CALL, key="k2", call_id="d1"), paused.records.now())
        await beats(other, machine, BEATS_TO_DEATH)
        assert await other.records.begin(AGAIN, other.records.now()) == Resume("vk")
        await paused.keep_clock(probing=False)
        assert paused._boots.boot > first
        assert not await paused.records.finish("c1", Outcome.DONE, now=paused.records.now(), status=200), "it is c2's"
        assert await paused.records.finish("d1", Outcome.DONE, now=paused.records.now(), status=200)
        assert await paused.records.begin(replace(CALL, key="k3", call_id="e1"), paused.records.now()) == Begin()
        await beats(other, machine, 2)
        again = replace(CALL, key="k3", call_id="e2")
        assert isinstance(await other.records.begin(again, other.records.now()), Running), "it lives again"
