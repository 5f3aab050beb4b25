"""Tests of tidegate.proxy.store.postgres.delivery.delivery_overdue: the leases of a proxy that died."""

from tests.proxy.store.delivering import FIRST, accepted, claimed, ids
from tests.proxy.store.machine import Machine
from tests.proxy.store.places import at
from tests.proxy.store.postgres.conftest import beats, dies, proxy_at
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.policies.resilience.peer_watch import BEAT_EVERY_S, DEAD_AFTER_S

BEATS_TO_DEATH = int(DEAD_AFTER_S / BEAT_EVERY_S) + 1


async def test_what_a_proxy_that_died_had_leased_is_free_when_it_is_seen_dead(url: str) -> None:
    machine = Machine()
    async with proxy_at(url, machine) as dead, proxy_at(url, machine) as alive:
        await accepted(dead.deliveries, FIRST)
        [lost] = await claimed(dead.deliveries, 0, lease_s=1e6)
        await dead.deliveries.begin_attempt(lost, "c1", dead.clock.now())
        await dies(dead)
        await beats(alive, machine, BEATS_TO_DEATH - 1)
        assert await claimed(alive.deliveries, 1) == [], "it may live"
        await beats(alive, machine, 1)
        [ours] = await claimed(alive.deliveries, 1)
        assert (ours.new.id, ours.resting, ours.lease_token) == ("d0", "unknown", lost.lease_token + 1)
        assert not await alive.deliveries.settle(lost, Settlement("done"), alive.clock.now())


async def test_one_proxy_at_a_time_looks_after_a_box(url: str) -> None:
    async with proxy_at(url) as one, proxy_at(url) as other:
        await accepted(one.deliveries, FIRST)
        [lost] = await claimed(one.deliveries, 0)
        await one.deliveries.begin_attempt(lost, "c", at(0))
        leased = [*await claimed(one.deliveries, 60), *await claimed(other.deliveries, 60)]
        assert ids(leased) == ["d0"]
        assert leased[0].leases_lost == 1
