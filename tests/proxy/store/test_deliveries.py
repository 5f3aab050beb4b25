"""The contract of tidegate.proxy.store.deliveries.Deliveries: what is accepted, tried, settled, counted and forgotten.

Who may be leased when, and what people do by hand, is in test_deliveries_claim and test_deliveries_by_hand.
"""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.proxy.store.delivering import FIRST, LEASE_S, ROOM, accepted, claimed, ids, new, state_of
from tests.proxy.store.places import NOW, Place, at
from tidegate.proxy.policies.delivery.backlog import BacklogBounds, BacklogFull
from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryAttempt, Settlement
from tidegate.proxy.store.deliveries import Accepted, Depth, Repeated

DONE = Settlement("done", outcome="done", status=201, answer_headers=b"[]", answer_body=b"made", reference="re_1")


async def test_what_was_accepted_is_there_in_the_next_life_as_it_was(place: Place) -> None:
    async with place.opened() as store:
        assert await store.deliveries.accept(FIRST, at(), ROOM) == Accepted()
    async with place.opened() as again:
        found = await again.deliveries.find("d0")
        assert found == Delivery(FIRST, "queued", 0, 0, 0.0, NOW, "queued", ever_sent=False)
        assert await again.deliveries.find_key("outbox", "shop", "stripe", "PostRefunds", "k0") == found
        assert await again.deliveries.find("d1") is None
        assert await again.deliveries.find_key("inbox", "shop", "stripe", "PostRefunds", "k0") is None


async def test_a_key_is_accepted_once_however_many_come_at_once(place: Place) -> None:
    async with place.opened() as store:
        many = (store.deliveries.accept(replace(FIRST, id=f"d{n}"), at(), ROOM) for n in range(30))
        answers = await asyncio.gather(*many)
        assert sum(answer == Accepted() for answer in answers) == 1
        repeated = [answer for answer in answers if isinstance(answer, Repeated)]
        assert len(repeated) == 29
        assert {answer.delivery.new.key for answer in repeated} == {"k0"}
        assert len({answer.delivery.new.id for answer in repeated}) == 1


async def test_of_many_at_once_each_is_kept_as_it_was_offered(place: Place) -> None:
    odd = ("NULL", "", '"{a,b}"', "\\x00\\", "é\n☃", "%s", "'; --", "{}")
    many = [
        new(
            n, key=f"{text} {n}", trace=text, destination=text * 3, headers=text.encode(), body=bytes(range(n * 32)),
            deadline=float("inf") if n % 2 else 1e-300, keep_s=n, priority=(-1) ** n * 2 ** (n * 8), skip_after=n * 7,
            not_before=n / 3, order="skip", box="inbox" if n % 3 else "outbox",
            state=("queued", "unknown", "parked")[n % 3],
        )
        for n, text in enumerate(odd)
    ]  # fmt: skip
    async with place.opened() as store:
        answers = await asyncio.gather(*(store.deliveries.accept(one, at(n), ROOM) for n, one in enumerate(many)))
        assert answers == [Accepted()] * len(odd)
        for one in many:
            found = await store.deliveries.find(one.id)
            assert found is not None
            assert found.new == one


async def test_of_many_at_once_the_new_are_accepted_and_each_other_has_its_own_answer(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        many = [new(1), new(2), new(3, key="k2"), new(0, key="k9"), new(5, key="k0"), new(1, key="k8"), new(6)]
        offers = (store.deliveries.accept(one, at(), ROOM) for one in many)
        answers = await asyncio.gather(*offers, return_exceptions=True)
        assert [type(answer) for answer in answers] == [
            Accepted, Accepted, Repeated, ValueError, Repeated, ValueError, Accepted,
        ]  # fmt: skip
        assert [answer.delivery.new.id for answer in answers if isinstance(answer, Repeated)] == ["d2", "d0"]
        assert sum(depth.rows for depth in await store.deliveries.depths()) == 4


@pytest.mark.parametrize("field", ["box", "app", "vendor", "operation", "key"])
async def test_keys_are_scoped(place: Place, field: str) -> None:
    other: dict[str, Any] = {field: "inbox" if field == "box" else "x"}
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST, replace(FIRST, id="d1", **other))


@pytest.mark.parametrize(
    ("bounds", "bound"),
    [
        (BacklogBounds(rows=2), "rows"),
        (BacklogBounds(bytes=3 * len(FIRST.body + FIRST.headers) - 1), "bytes"),
        (BacklogBounds(age_s=99.0), "age"),
    ],
    ids=["rows", "bytes", "age"],
)
async def test_beyond_a_bound_it_is_refused_until_there_is_room_and_a_repetition_is_not(
    place: Place, bounds: BacklogBounds, bound: str
) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        for number in range(2):
            assert await deliveries.accept(new(number), at(number), bounds) == Accepted()
        assert await deliveries.accept(new(2), at(100), bounds) == BacklogFull(bound)
        assert isinstance(await deliveries.accept(new(1), at(100), bounds), Repeated)
        assert await deliveries.accept(new(9, box="inbox"), at(100), bounds) == Accepted(), "the other box has room"
        for one in await claimed(deliveries, 100):
            await deliveries.settle(one, DONE, at(101))
        assert await deliveries.accept(new(2), at(101), bounds) == Accepted()


async def test_of_many_at_once_no_more_are_accepted_than_a_bound_allows(place: Place) -> None:
    async with place.opened() as store:
        many = (store.deliveries.accept(new(n), at(), BacklogBounds(rows=7)) for n in range(40))
        answers = await asyncio.gather(*many)
        assert [answers.count(answer) for answer in (Accepted(), BacklogFull("rows"))] == [7, 33]
        assert sum(depth.rows for depth in await store.deliveries.depths()) == 7


async def test_a_parked_one_does_not_make_the_box_too_old(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        [one] = await claimed(store.deliveries, 1)
        await store.deliveries.settle(one, Settlement("parked"), at(1))
        assert await store.deliveries.accept(new(1), at(1000), BacklogBounds(age_s=99.0)) == Accepted()


async def test_an_attempt_is_on_record_before_it_leaves_and_so_is_its_end(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(deliveries, FIRST)
        [one] = await claimed(deliveries, 1)
        assert await deliveries.begin_attempt(one, "c1", at(2)) == 1
        assert await deliveries.begin_attempt(one, "c1", at(2)) is None, "one attempt under a lease"
        assert await deliveries.attempts("d0") == [DeliveryAttempt("d0", 1, NOW + 2, call_id="c1", began=2.0)]
        later = Settlement("waiting", not_before=10.0, detail="503", outcome="not applied", status=503, problem="p")
        assert await deliveries.settle(one, later, at(3))
        found = await deliveries.find("d0")
        assert found is not None
        assert (found.state, found.attempts, found.not_before, found.detail) == ("waiting", 1, 10.0, "503")
        assert (found.ever_sent, found.status, found.updated_wall) == (True, 503, NOW + 3)
        [again] = await claimed(deliveries, 10)
        assert again.lease_token > one.lease_token
        assert await deliveries.begin_attempt(again, "c2", at(11)) == 2
        assert await deliveries.settle(again, DONE, at(12))
        assert await deliveries.attempts("d0") == [
            DeliveryAttempt("d0", 1, NOW + 2, NOW + 3, "not applied", 503, "p", "c1", began=2.0),
            DeliveryAttempt("d0", 2, NOW + 11, NOW + 12, "done", 201, "", "c2", began=11.0),
        ]
        done = await deliveries.find("d0")
        assert done is not None
        assert (done.state, done.attempts, done.answer_body, done.reference) == ("done", 2, b"made", "re_1")
        assert await deliveries.attempts("d1") == []


async def test_a_wait_that_does_not_count_burns_no_attempt(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        [one] = await claimed(store.deliveries, 1)
        assert await store.deliveries.settle(one, Settlement("queued", counts=False, not_before=5.0), at(1))
        found = await store.deliveries.find("d0")
        assert found is not None
        assert (found.state, found.attempts, found.ever_sent) == ("queued", 0, False)
        assert await claimed(store.deliveries, 4) == []
        assert ids(await claimed(store.deliveries, 5)) == ["d0"]


async def test_who_has_lost_the_lease_changes_nothing_but_leaves_the_late_end(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(deliveries, FIRST)
        [lost] = await claimed(deliveries, 0)
        await deliveries.begin_attempt(lost, "c1", at(0))
        [ours] = await claimed(deliveries, LEASE_S)
        assert not await deliveries.settle(lost, DONE, at(61), then=new(7, box="inbox"))
        assert await deliveries.find("d7") is None
        assert await deliveries.begin_attempt(lost, "c3", at(61)) is None
        assert await deliveries.extend([lost, ours], at(61), lease_s=LEASE_S) == {"d0"}
        [late] = await deliveries.attempts("d0")
        assert (late.late, late.outcome, late.ended_wall) == (True, "done", NOW + 61)
        assert await state_of(deliveries, "d0") == "leased"
        assert await deliveries.settle(ours, DONE, at(62))
        assert not await deliveries.settle(ours, DONE, at(62)), "once"


async def test_a_lease_that_is_over_begins_no_attempt_though_nobody_took_it_back(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        [one] = await claimed(store.deliveries, 0)
        assert await store.deliveries.begin_attempt(one, "c1", at(LEASE_S)) is None
        assert await store.deliveries.extend([one], at(LEASE_S), lease_s=LEASE_S) == {"d0"}
        assert await store.deliveries.begin_attempt(one, "c1", at(LEASE_S)) == 1


async def test_the_push_of_a_result_is_accepted_with_it_however_much_waits(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        woken: list[str] = []
        deliveries.wake = woken.append
        await accepted(deliveries, FIRST)
        [one] = await claimed(deliveries, 0)
        assert await deliveries.settle(one, DONE, at(1), then=new(1, box="inbox", destination="https://app/hook"))
        assert await state_of(deliveries, "d1") == "queued"
        assert set(woken) == {"outbox", "inbox"}, "perhaps more often: a hint costs a look"


async def test_a_state_that_cannot_follow_is_a_mistake_and_changes_nothing(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        [one] = await claimed(store.deliveries, 0)
        await store.deliveries.begin_attempt(one, "c1", at(0))
        with pytest.raises(ValueError, match="sending does not become queued"):
            await store.deliveries.settle(one, Settlement("queued"), at(1))
        assert await store.deliveries.settle(one, DONE, at(1))


async def test_what_there_is_is_counted_by_kind(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, *(new(n, accepted_wall=NOW + n) for n in range(3)), new(5, box="inbox"))
        [one] = await claimed(store.deliveries, 0, limit=1)
        await store.deliveries.settle(one, Settlement("dead", dead_reason="rejected"), at(1))
        size = len(FIRST.body + FIRST.headers)
        assert sorted(await store.deliveries.depths(), key=lambda depth: (depth.box, depth.state)) == [
            Depth("inbox", "shop", "stripe", "queued", "", 1, size, NOW),
            Depth("outbox", "shop", "stripe", "dead", "rejected", 1, size, NOW),
            Depth("outbox", "shop", "stripe", "queued", "", 2, 2 * size, NOW + 1),
        ]


async def test_what_has_ended_is_forgotten_after_its_time_and_what_lives_is_not(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(deliveries, *(new(n) for n in range(4)))
        states = {"d0": Settlement("done"), "d1": Settlement("dead", dead_reason="quota"), "d2": Settlement("parked")}
        for one in await claimed(deliveries, 0):
            await deliveries.settle(one, states.get(one.new.id, Settlement("waiting", not_before=1e9)), at(0))
        assert await deliveries.sweep(at(3599)) == 0
        assert await deliveries.sweep(at(3600)) == 1
        assert await deliveries.find("d0") is None
        assert await deliveries.accept(new(0), at(3600), ROOM) == Accepted(), "its key is new"
        assert await deliveries.sweep(at(91 * 86_400.0)) == 1
        assert [await deliveries.find(f"d{n}") is None for n in range(4)] == [False, True, False, False]


async def test_a_sweep_takes_a_bounded_number_of_rows(place: Place) -> None:
    async with place.opened() as store:
        await asyncio.gather(*(store.deliveries.accept(new(n), at(), ROOM) for n in range(510)))
        while leased := await claimed(store.deliveries, 0):
            await asyncio.gather(*(store.deliveries.settle(one, DONE, at(0)) for one in leased))
        assert await store.deliveries.sweep(at(4000)) == 500
        assert await store.deliveries.sweep(at(4000)) == 10
        assert await store.deliveries.depths() == []
