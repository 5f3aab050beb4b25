"""The contract of tidegate.proxy.store.deliveries.Deliveries: who is leased when, in which order, and who loses it."""

import asyncio
from dataclasses import replace
from functools import partial

import pytest

from tests.proxy.store.delivering import FIRST, LEASE_S, accepted, claimed, ids, new, state_of
from tests.proxy.store.places import NOW, Place, at
from tidegate.proxy.policies.delivery.delivery import Delivery, Settlement
from tidegate.proxy.policies.delivery.seclusion import Seclusion
from tidegate.proxy.store.deliveries import CLAIM_MAX, Deliveries

DONE = Settlement("done")
BLOCK = replace(FIRST, order_key="o1")


async def settled(deliveries: Deliveries, age_s: float, settlement: Settlement) -> list[str]:
    """Claim what is due, settle it so, and tell which it was."""
    leased = await claimed(deliveries, age_s)
    for one in leased:
        assert await deliveries.settle(one, settlement, at(age_s))
    return ids(leased)


async def test_none_is_leased_twice_however_many_claim_at_once(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, *(new(n) for n in range(100)))
        claims = await asyncio.gather(*(claimed(store.deliveries, 0, limit=30) for _ in range(5)))
        leased = [delivery_id for claim in claims for delivery_id in ids(claim)]
        assert sorted(leased) == sorted(f"d{n}" for n in range(100))
        assert all(one.state == "leased" and one.resting == "queued" for claim in claims for one in claim)
        assert await claimed(store.deliveries, 0) == []


async def test_a_claim_brings_the_bodies_and_no_more_than_a_bounded_number(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, *(new(n) for n in range(CLAIM_MAX + 1)))
        leased = await claimed(store.deliveries, 0, limit=10_000)
        assert len(leased) == CLAIM_MAX
        assert leased[0].new == FIRST
        assert leased[0].lease_until == LEASE_S


async def test_greater_priority_goes_first_then_what_was_accepted_earlier(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, new(1), new(2, priority=5), new(3), new(4, priority=-1), new(5, priority=5))
        assert ids(await claimed(store.deliveries, 0)) == ["d2", "d5", "d1", "d3", "d4"]


async def test_what_waited_goes_before_what_was_accepted_later(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, new(1))
        assert await settled(store.deliveries, 0, Settlement("waiting", not_before=5.0)) == ["d1"]
        await accepted(store.deliveries, new(2), age_s=3.0)
        assert ids(await claimed(store.deliveries, 6, limit=1)) == ["d1"]


async def test_what_is_not_due_yet_is_left(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, new(1, not_before=10.0), new(2))
        assert ids(await claimed(store.deliveries, 9)) == ["d2"]
        assert ids(await claimed(store.deliveries, 10)) == ["d1"]


async def test_one_app_with_very_many_does_not_keep_the_others_waiting(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, *(new(n, app="large") for n in range(40)))
        await accepted(store.deliveries, *(new(100 + n, app=f"small{n}") for n in range(3)))
        leased = await claimed(store.deliveries, 0, limit=8)
        assert [one.new.app for one in leased].count("large") == 5
        assert {one.new.app for one in leased} == {"large", "small0", "small1", "small2"}


async def test_apps_take_turns_over_claims_of_one(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, *(new(n, app=f"app{n % 3}") for n in range(9)))
        leased = [one.new.app for _ in range(6) for one in await claimed(store.deliveries, 0, limit=1)]
        assert sorted(leased) == ["app0", "app0", "app1", "app1", "app2", "app2"]
        assert len(set(leased[:3])) == 3


async def test_only_the_vendors_that_may_go_are_leased(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, new(1), new(2, vendor="slack"), new(3, vendor="shopify"))
        assert ids(await claimed(store.deliveries, 0, vendors=["slack", "none"])) == ["d2"]
        assert await claimed(store.deliveries, 0, vendors=[]) == []


async def test_of_an_order_key_one_is_leased_at_a_time_and_a_wait_holds_the_others(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(deliveries, *(replace(BLOCK, id=f"d{n}", key=f"k{n}") for n in range(3)), new(9))
        await accepted(deliveries, replace(BLOCK, id="other", key="other", app="other"))
        assert sorted(await settled(deliveries, 0, Settlement("waiting", not_before=50.0))) == ["d0", "d9", "other"]
        assert await claimed(deliveries, 10) == []
        assert sorted(await settled(deliveries, 50, DONE)) == ["d0", "d9", "other"]
        assert await settled(deliveries, 50, Settlement("parked")) == ["d1"]
        assert await settled(deliveries, 51, DONE) == [], "a parked one holds its key"


async def test_a_dead_one_lets_go_of_its_order_key(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, *(replace(BLOCK, id=f"d{n}", key=f"k{n}") for n in range(2)))
        assert await settled(store.deliveries, 0, Settlement("dead", dead_reason="rejected")) == ["d0"]
        assert await settled(store.deliveries, 0, DONE) == ["d1"]


async def test_what_may_be_skipped_is_passed_once_it_has_been_tried_so_often(place: Place) -> None:
    async with place.opened() as store:
        skip = replace(BLOCK, order="skip", skip_after=2)
        await accepted(store.deliveries, *(replace(skip, id=f"d{n}", key=f"k{n}") for n in range(3)))
        for age_s in (0, 10):
            wait = Settlement("waiting", not_before=age_s + 10.0)
            assert await settled(store.deliveries, age_s, wait) == ["d0"]
        assert await settled(store.deliveries, 11, DONE) == ["d1"]
        assert await settled(store.deliveries, 20, DONE) == ["d0", "d2"]


async def test_the_latest_takes_the_place_of_those_that_were_never_sent(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        latest = replace(BLOCK, order="latest-wins")
        await accepted(deliveries, *(replace(latest, id=f"d{n}", key=f"k{n}") for n in range(2)))
        assert await state_of(deliveries, "d0") == "cancelled"
        [one] = await claimed(deliveries, 0)
        await deliveries.begin_attempt(one, "c", at(0))
        await accepted(deliveries, *(replace(latest, id=f"d{n}", key=f"k{n}") for n in range(2, 4)))
        await deliveries.settle(one, Settlement("waiting", not_before=10.0), at(1))
        await accepted(deliveries, replace(latest, id="d4", key="k4"))
        states = [await state_of(deliveries, f"d{n}") for n in range(5)]
        assert states == ["cancelled", "waiting", "cancelled", "cancelled", "queued"]
        assert await settled(deliveries, 5, DONE) == [], "the one that was sent goes first"
        assert await settled(deliveries, 10, DONE) == ["d1"]
        assert await settled(deliveries, 10, DONE) == ["d4"]


async def test_the_latest_takes_no_place_of_another_operation(place: Place) -> None:
    async with place.opened() as store:
        latest = replace(BLOCK, operation="PostOther", order="latest-wins", id="d1", key="k1")
        await accepted(store.deliveries, BLOCK, latest)
        assert [await state_of(store.deliveries, id_) for id_ in (BLOCK.id, "d1")] == ["queued", "queued"]
        event = replace(latest, box="inbox", order_key="o")
        await accepted(store.deliveries, replace(event, id="d2", operation="a"), replace(event, id="d3", operation="b"))
        assert [await state_of(store.deliveries, id_) for id_ in ("d2", "d3")] == ["cancelled", "queued"]


@pytest.mark.parametrize(("box", "state"), [("outbox", "unknown"), ("inbox", "waiting")])
async def test_a_worker_that_dies_leaves_what_the_states_say(place: Place, box: str, state: str) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(deliveries, new(1, box=box), new(2, box=box))
        sending, _ = await claimed(deliveries, 0, box=box)
        await deliveries.begin_attempt(sending, "c1", at(0))
        assert await claimed(deliveries, LEASE_S - 1, box=box) == []
        again = await claimed(deliveries, LEASE_S, box=box)
        assert [(one.resting, one.leases_lost, one.attempts) for one in again] == [(state, 1, 1), ("queued", 0, 0)]


async def test_the_leases_of_a_proxy_that_died_are_over_at_once(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        [lost] = await claimed(store.deliveries, 0)
    async with place.opened() as again:
        [ours] = await claimed(again.deliveries, 1)
        assert ours.lease_token > lost.lease_token
        assert not await again.deliveries.settle(lost, DONE, at(1))


async def test_the_third_worker_that_dies_on_it_is_the_last(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(deliveries, BLOCK, new(1, order_key="o1"))
        for life in range(3):
            [one] = await claimed(deliveries, life * LEASE_S)
            assert await deliveries.begin_attempt(one, f"c{life}", at(life * LEASE_S)) == life + 1
        assert ids(await claimed(deliveries, 3 * LEASE_S)) == ["d1"], "its key is free"
        assert await state_of(deliveries, "d0") == "dead poison"


async def test_however_many_workers_die_beside_one_that_was_not_being_tried_it_lives(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST, new(1, state="unknown"), new(2))
    for life in range(5):
        async with place.opened() as store:
            leased = {one.new.id: one for one in await claimed(store.deliveries, life)}
            if life < 3:
                assert await store.deliveries.begin_attempt(leased["d2"], "c", at(life)) is not None
    async with place.opened() as store:
        again = await claimed(store.deliveries, 5)
        assert [(one.resting, one.leases_lost) for one in again] == [("queued", 0), ("unknown", 0)]
        assert await state_of(store.deliveries, "d2") == "dead poison", "this one killed them"


async def test_what_was_never_sent_ends_at_its_deadline_and_what_may_have_happened_does_not(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(
            deliveries, new(1, deadline=10.0, not_before=99.0), new(2, deadline=10.0, state="unknown"),
            new(3, order_key="o", deadline=20.0), new(4, order_key="o", deadline=10.0), new(5, deadline=11.0),
        )  # fmt: skip
        assert await claimed(deliveries, 5, vendors=[]) == []
        assert ids(await claimed(deliveries, 10)) == ["d2", "d3", "d5"]
        for delivery_id in ("d1", "d4"):
            assert await state_of(deliveries, delivery_id) == "dead expired"


async def test_when_something_may_be_due_is_known(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        assert await deliveries.next_due("outbox", at()) is None
        await accepted(deliveries, new(1, not_before=10.0), new(2, box="inbox", deadline=float("inf")))
        assert await deliveries.next_due("inbox", at()) == 0.0
        assert await deliveries.next_due("outbox", at(4)) == 6.0
        assert await deliveries.next_due("outbox", at(12)) == 0.0
        [one] = await claimed(deliveries, 12)
        assert await deliveries.next_due("outbox", at(13)) == LEASE_S - 1.0
        await deliveries.settle(one, Settlement("parked"), at(13))
        assert await deliveries.next_due("outbox", at(13)) is None


async def test_a_jump_of_the_wall_clock_ends_no_lease(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        [one] = await claimed(store.deliveries, 0)
        assert await claimed(store.deliveries, 1, now=at(1)._replace(wall=NOW + 1e9)) == []
        assert await store.deliveries.settle(one, DONE, at(2)._replace(wall=NOW - 1e9))


async def test_one_that_kills_its_workers_makes_none_dead_that_was_tried_beside_it(place: Place) -> None:
    killer, life = "d2", 0
    async with place.opened() as store:
        await accepted(store.deliveries, *(new(n) for n in range(5)))
    while life < 20:
        async with place.opened() as store:
            seclusion, entered = Seclusion(), list[Delivery]()
            for one in await claimed(store.deliveries, life * LEASE_S):
                seclusion.arrive(one, partial(entered.append, one))
            trying, now = [*entered], at(life * LEASE_S)
            while trying:
                for one in trying:
                    assert await store.deliveries.begin_attempt(one, "c", now) is not None
                if killer in ids(trying):
                    break  # it dies with all that it was trying
                entered.clear()
                for one in trying:
                    assert await store.deliveries.settle(one, DONE, now)
                    seclusion.leave(one)
                trying = [*entered]
            else:
                break
        life += 1
    async with place.opened() as store:
        ended = {f"d{n}": await state_of(store.deliveries, f"d{n}") for n in range(5)}
    assert ended == {"d0": "done", "d1": "done", killer: "dead poison", "d3": "done", "d4": "done"}
    assert life == 3
