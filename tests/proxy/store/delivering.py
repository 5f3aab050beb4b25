"""Deliveries as the tests of a store accept them."""

from dataclasses import replace
from typing import Any

from tests.proxy.store.places import NOW, at
from tidegate.proxy.policies.delivery.backlog import BacklogBounds
from tidegate.proxy.policies.delivery.delivery import Delivery, NewDelivery
from tidegate.proxy.store.deliveries import Accepted, Deliveries

LEASE_S = 60.0
ROOM = BacklogBounds()
FIRST = NewDelivery(
    id="d0", box="outbox", app="shop", vendor="stripe", operation="PostRefunds", key="k0", fingerprint="f",
    method="POST", destination="/v1/refunds", headers=b'[["A","b"]]', body=b'{"n": 0}', accepted_wall=NOW,
    deadline=86_400.0, keep_s=3600.0, trace="00-1-2-01",
)  # fmt: skip


def new(number: int, **changes: Any) -> NewDelivery:
    """A delivery of its own id and key."""
    return replace(FIRST, **({"id": f"d{number}", "key": f"k{number}"} | changes))


async def accepted(deliveries: Deliveries, *many: NewDelivery, age_s: float = 0.0) -> None:
    """Accept them one after the other."""
    for one in many:
        assert await deliveries.accept(one, at(age_s), ROOM) == Accepted()


async def claimed(deliveries: Deliveries, age_s: float, **changes: Any) -> list[Delivery]:
    """What is leased from the outbox at an age."""
    wanted: dict[str, Any] = {"box": "outbox", "now": at(age_s), "lease_s": LEASE_S} | changes
    return await deliveries.claim(**wanted)


def ids(many: list[Delivery]) -> list[str]:
    return [one.new.id for one in many]


async def state_of(deliveries: Deliveries, delivery_id: str) -> str:
    """Its state, with the reason where it is dead."""
    found = await deliveries.find(delivery_id)
    assert found is not None
    return f"{found.state} {found.dead_reason}".strip()
