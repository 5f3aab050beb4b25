"""How long what has ended stays, in every store: as long as is said, never shorter than its key, parked for ever."""

import pytest

from tests.proxy.store.delivering import accepted, claimed, new, state_of
from tests.proxy.store.places import Place, at
from tidegate.proxy.policies.delivery.delivery import Settlement
from tidegate.proxy.store.deliveries import DEFAULT_RETENTION, Deliveries, DeliveryRetention, HandMade

DAY_S = 86_400.0
SHORT = DeliveryRetention(dead_s=10 * DAY_S, done_s=2 * DAY_S)


async def swept(deliveries: Deliveries, until_s: float) -> bool:
    """Whether the only one stays to this age, and goes at it."""
    assert await deliveries.sweep(at(until_s - 1.0)) == 0
    before = await deliveries.find("d1")
    await deliveries.sweep(at(until_s))
    return before is not None and await deliveries.find("d1") is None


@pytest.mark.parametrize("retention", [SHORT, DEFAULT_RETENTION])
@pytest.mark.parametrize("keep_s", [3600.0, 100 * DAY_S])
@pytest.mark.parametrize("how", ["done", "settled dead", "expired", "poison", "cancelled", "confirmed"])
async def test_what_has_ended_stays_as_long_as_is_said_or_its_key_is_known(
    how: str, keep_s: float, retention: DeliveryRetention, place: Place
) -> None:
    async with place.opened() as store:
        deliveries, ended = store.deliveries, 2.0
        deliveries.retention = retention
        await accepted(deliveries, new(1, keep_s=keep_s, deadline=2.0 if how == "expired" else 90 * DAY_S))
        if how == "expired":
            await claimed(deliveries, ended)
        elif how == "poison":
            for age in (0.0, 100.0, 200.0, 300.0):
                for one in await claimed(deliveries, ended := age):
                    await deliveries.begin_attempt(one, f"call {age}", at(age))
        elif how == "cancelled":
            await deliveries.act("d1", HandMade("cancel", "ada"), at(ended))
        else:
            (one,) = await claimed(deliveries, 1.0)
            await deliveries.begin_attempt(one, "call", at(1.0))
            state = {"done": Settlement("done"), "confirmed": Settlement("parked")}.get(how)
            await deliveries.settle(one, state or Settlement("dead", dead_reason="rejected"), at(ended))
            if how == "confirmed":
                await deliveries.act("d1", HandMade("confirm", "ada"), at(ended))
        is_dead = (await state_of(deliveries, "d1")).startswith("dead")
        await deliveries.pass_on(await deliveries.alarms(), [], at(ended))
        assert await swept(deliveries, ended + max(keep_s, retention.dead_s if is_dead else retention.done_s))


async def test_what_is_parked_stays(place: Place) -> None:
    async with place.opened() as store:
        store.deliveries.retention = SHORT
        await accepted(store.deliveries, new(1, deadline=9 * DAY_S))
        (one,) = await claimed(store.deliveries, 1.0)
        await store.deliveries.settle(one, Settlement("parked"), at(2.0))
        assert await store.deliveries.sweep(at(1000 * DAY_S)) == 0
