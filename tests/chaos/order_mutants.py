"""Planted bugs of the order flow: each loses, doubles or delays an order, or ends one that nothing was wrong with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from tidegate.chaos.apps.order_app import OrderApp
from tidegate.proxy.durable.outbox_door import OutboxDoor
from tidegate.proxy.policies.delivery import outbox_decision
from tidegate.proxy.policies.resilience.circuit_breaker import CircuitBreaker

ASLEEP_S = 120.0


def a_try_that_has_met_an_outage_counts() -> Any:
    whole = outbox_decision._is_try
    return patch.object(outbox_decision, "_is_try", lambda carried: whole(replace(carried, away=False)))


@contextmanager
def an_order_may_overtake_another_and_the_app_forgets() -> Iterator[None]:
    whole = OrderApp._hand_over

    async def forgetful(self: OrderApp, order: Any, post: Any) -> Any:
        self._newest.clear()
        return await whole(self, order, post)

    with patch.object(OrderApp, "_hand_over", forgetful), patch.object(OutboxDoor, "_order_key", lambda *_: ""):
        yield


def a_breaker_of_orders_stays_open_for_two_minutes() -> Any:
    return patch.object(CircuitBreaker, "_open_s", lambda self: ASLEEP_S)


ORDER_MUTANTS = (
    a_try_that_has_met_an_outage_counts,
    an_order_may_overtake_another_and_the_app_forgets,
    a_breaker_of_orders_stays_open_for_two_minutes,
)
