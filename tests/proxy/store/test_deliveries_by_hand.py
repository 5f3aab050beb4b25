"""The contract of tidegate.proxy.store.deliveries.Deliveries: what people do to a delivery, and what they look at."""

import asyncio
import json
from dataclasses import replace

import pytest

from tests.proxy.store.delivering import FIRST, ROOM, accepted, claimed, ids, new, state_of
from tests.proxy.store.places import NOW, Place, at
from tidegate.proxy.policies.delivery.delivery import ByHand, Settlement
from tidegate.proxy.store.deliveries import Accepted, Deliveries, DeliveryFilter, HandMade, Repeated
from tidegate.proxy.store.store_error import StoreError

REJECTED = Settlement("dead", dead_reason="rejected", detail="400: no such order")


def hand(action: ByHand, **changes: object) -> HandMade:
    return replace(HandMade(action, "ann", "ticket 7"), **changes)  # type: ignore[arg-type]  # of the field's type


async def ended(deliveries: Deliveries, settlement: Settlement, *, sent: bool = True, age_s: float = 0.0) -> None:
    """Lease what is due and settle it so, with an attempt or without."""
    for one in await claimed(deliveries, age_s):
        if sent:
            await deliveries.begin_attempt(one, "c1", at(age_s))
        assert await deliveries.settle(one, settlement, at(age_s))


@pytest.mark.parametrize(("outcome", "rests"), [("unknown", "unknown"), ("not applied", "dead"), ("", "dead")])
async def test_one_that_is_dead_while_nobody_knows_is_perhaps_carried_out_when_it_is_given_up_too(
    place: Place, outcome: str, rests: str
) -> None:
    async with place.opened() as store:
        deliveries, end = store.deliveries, Settlement("dead", dead_reason="expired", outcome=outcome)
        await accepted(deliveries, *(new(n) for n in range(3)))
        leased = await claimed(deliveries, 0)
        await asyncio.gather(*(deliveries.begin_attempt(one, "c", at()) for one in leased))
        assert await asyncio.gather(*(deliveries.settle(one, end, at(1)) for one in leased)) == [True] * 3
        found = [await deliveries.find(one.new.id) for one in leased]
        assert [one.resting for one in found if one is not None] == [rests] * 3
        given_up = await deliveries.act("d0", hand("cancel"), at(2))
        assert given_up is not None
        assert given_up.resting == ("unknown" if outcome == "unknown" else "cancelled")
        again = await deliveries.act("d1", hand("replay"), at(2))
        assert again is not None
        assert again.resting == again.state == "unknown"


async def test_a_replay_of_what_was_sent_is_unknown_until_it_is_looked_up(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        await ended(store.deliveries, REJECTED)
        changed = await store.deliveries.act("d0", hand("replay"), at(9))
        assert changed is not None
        assert (changed.state, changed.dead_reason, changed.new.key, changed.attempts) == ("unknown", "", "k0", 0)
        assert ids(await claimed(store.deliveries, 9)) == ["d0"]


async def test_a_replay_of_what_was_never_sent_is_queued_with_as_much_time_as_at_first(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, new(0, deadline=10.0), new(1, box="inbox"))
        assert await claimed(store.deliveries, 10) == []
        changed = await store.deliveries.act("d0", hand("replay", body=b"better"), at(100))
        assert changed is not None
        assert (changed.state, changed.new.deadline, changed.new.body) == ("queued", 110.0, b"better")
        assert ids(await claimed(store.deliveries, 109)) == ["d0"]


async def test_an_old_one_that_is_replayed_does_not_make_the_box_too_old(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        await ended(store.deliveries, REJECTED)
        assert await store.deliveries.act("d0", hand("replay"), at(8 * 86_400.0)) is not None
        await accepted(store.deliveries, new(1), age_s=8 * 86_400.0 + 2)


async def test_what_may_be_known_under_its_key_is_not_replayed_with_another_body(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        await ended(store.deliveries, REJECTED)
        assert await store.deliveries.act("d0", hand("replay", body=b"other"), at(1)) is None
        assert await state_of(store.deliveries, "d0") == "dead rejected"


async def test_a_redo_goes_under_a_new_key_and_the_former_one_still_leads_to_it(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(deliveries, FIRST, new(1))
        await ended(deliveries, Settlement("parked"))
        assert await deliveries.act("d0", hand("redo", key="k1"), at(1)) is None, "that key is taken"
        changed = await deliveries.act("d0", hand("redo", key="k0-again", body=b"new"), at(1))
        assert changed is not None
        assert (changed.state, changed.new.key, changed.new.body, changed.ever_sent) == (
            "queued", "k0-again", b"new", False,
        )  # fmt: skip
        assert await deliveries.find_key("outbox", "shop", "stripe", "PostRefunds", "k0") == changed
        assert await deliveries.find_key("outbox", "shop", "stripe", "PostRefunds", "k0-again") == changed
        at_once = (deliveries.accept(new(n, key=key), at(2), ROOM) for n, key in ((7, "k0"), (8, "k8")))
        assert await asyncio.gather(*at_once) == [Repeated(changed), Accepted()]
        with pytest.raises(ValueError, match="a redo needs a new key"):
            await deliveries.act("d1", hand("redo"), at(1))


async def test_a_parked_one_is_confirmed_or_given_up_and_its_key_goes_on(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(deliveries, *(new(n, order_key="o") for n in range(3)))
        for number, action, state in ((0, "confirm", "done"), (1, "cancel", "cancelled")):
            await ended(deliveries, Settlement("parked"))
            assert await claimed(deliveries, 0) == []
            changed = await deliveries.act(f"d{number}", hand(action), at(1))  # type: ignore[arg-type]  # of a tuple
            assert changed is not None
            assert changed.state == state
            assert changed.resting == ("unknown" if action == "cancel" else "done")
        assert ids(await claimed(deliveries, 1)) == ["d2"]
        assert await deliveries.sweep(at(3601)) == 2


async def test_one_that_is_replayed_goes_before_later_ones_of_its_order_key(place: Place) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(deliveries, *(new(n, order_key="o") for n in range(3)))
        await ended(deliveries, REJECTED)
        assert await deliveries.act("d0", hand("replay"), at(1)) is not None
        assert ids(await claimed(deliveries, 1)) == ["d0"]
        assert await claimed(deliveries, 1) == []
        await deliveries.settle((await claimed(deliveries, 61))[0], Settlement("done"), at(61))
        for number in (1, 2):
            assert ids(await claimed(deliveries, 61)) == [f"d{number}"]
            await deliveries.act("none", hand("cancel"), at(61))
            await settle_only(deliveries, f"d{number}")


async def settle_only(deliveries: Deliveries, delivery_id: str) -> None:
    found = await deliveries.find(delivery_id)
    assert found is not None
    assert await deliveries.settle(found, Settlement("done"), at(61))


@pytest.mark.parametrize("action", ["replay", "redo", "confirm", "cancel"])
async def test_what_a_state_does_not_allow_changes_nothing_and_leaves_no_line(place: Place, action: ByHand) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        await claimed(store.deliveries, 0)
        assert await store.deliveries.act("d0", hand(action, key="x"), at(1)) is None
        assert await store.deliveries.act("none", hand(action, key="x"), at(1)) is None
        assert await store.deliveries.audit("d0") == []


async def test_what_people_did_is_on_record_after_the_delivery_has_gone(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, FIRST)
        await ended(store.deliveries, REJECTED)
        await store.deliveries.act("d0", hand("redo", key="k9", body=b"x"), at(1))
        await store.deliveries.act("d0", hand("cancel", by="bob", note=""), at(2))
        assert await store.deliveries.sweep(at(3602)) == 1
        first, second = [json.loads(line) for line in await store.deliveries.audit("d0")]
        assert first == {
            "wall": NOW + 1, "by": "ann", "action": "redo", "note": "ticket 7", "was": "dead", "is": "queued",
            "edited": True, "key": "k9", "former_key": "k0",
        }  # fmt: skip
        assert (second["by"], second["was"], second["is"], second["edited"]) == ("bob", "queued", "cancelled", False)


async def paged(deliveries: Deliveries, wanted: DeliveryFilter, limit: int) -> list[str]:
    """Every page of a filter."""
    found: list[str] = []
    after = ""
    for _ in range(100):
        page = await deliveries.page(wanted, after=after, limit=limit)
        assert len(page.deliveries) <= limit
        found += [one.new.id for one in page.deliveries]
        after = page.next
        if not after:
            return found
    raise AssertionError("pages without end")


async def test_pages_go_from_the_newest_to_the_oldest_without_bodies(place: Place) -> None:
    async with place.opened() as store:
        await accepted(store.deliveries, *(new(n, app=f"app{n % 3}") for n in range(20)))
        first = await store.deliveries.page(DeliveryFilter(), limit=3)
        assert [one.new.id for one in first.deliveries] == ["d19", "d18", "d17"]
        assert {one.new.body for one in first.deliveries} == {b""}
        for limit in (1, 3, 20, 500):
            assert await paged(store.deliveries, DeliveryFilter(), limit) == [f"d{n}" for n in reversed(range(20))]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (DeliveryFilter(box="inbox"), "3"),
        (DeliveryFilter(states=("dead",)), "10"),
        (DeliveryFilter(states=("dead", "parked")), "210"),
        (DeliveryFilter(dead_reason="quota"), "1"),
        (DeliveryFilter(app="other"), "2"),
        (DeliveryFilter(vendor="slack"), "4"),
        (DeliveryFilter(operation="Other"), "5"),
        (DeliveryFilter(order_key="o9"), "2"),
        (DeliveryFilter(text="k4"), "4"),
        (DeliveryFilter(text="such order"), "0"),
        (DeliveryFilter(text="%"), ""),
        (DeliveryFilter(since_wall=NOW + 2, until_wall=NOW + 4), "32"),
        (DeliveryFilter(box="outbox", states=("queued",), vendor="stripe"), "5"),
        (DeliveryFilter(app="nobody"), ""),
    ],
)
@pytest.mark.parametrize("limit", [1, 50])
async def test_a_filter_finds_what_it_says(place: Place, wanted: DeliveryFilter, expected: str, limit: int) -> None:
    async with place.opened() as store:
        deliveries = store.deliveries
        await accepted(deliveries, new(0, accepted_wall=NOW), new(1, accepted_wall=NOW + 1))
        await accepted(deliveries, new(2, accepted_wall=NOW + 2, app="other", order_key="o9"))
        leased = {one.new.id: one for one in await claimed(deliveries, 0)}
        await deliveries.settle(leased["d0"], REJECTED, at(0))
        await deliveries.settle(leased["d1"], replace(REJECTED, dead_reason="quota", detail=""), at(0))
        await deliveries.settle(leased["d2"], Settlement("parked"), at(0))
        await accepted(
            deliveries, new(3, accepted_wall=NOW + 3, box="inbox"), new(4, accepted_wall=NOW + 4, vendor="slack"),
            new(5, accepted_wall=NOW + 5, operation="Other"),
        )  # fmt: skip
        assert await paged(deliveries, wanted, limit) == [f"d{number}" for number in expected]


async def test_a_place_that_no_page_has_is_refused(place: Place) -> None:
    async with place.opened() as store:
        for after in ("x", "-1", "9" * 30, "\u0661"):
            with pytest.raises(StoreError, match="there is no page after"):
                await store.deliveries.page(DeliveryFilter(), after=after)
