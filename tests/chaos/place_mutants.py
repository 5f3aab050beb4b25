"""Planted bugs of addresses, long contents and clocks: each is one that proxies of the field have had."""

from collections.abc import Sequence
from typing import Any
from unittest.mock import patch

from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.stages import idempotency as idempotency_stage
from tidegate.proxy.store.store_clock import StoreClock
from tidegate.proxy.wire.dial import Dialer
from tidegate.proxy.wire.exchange_errors import NotSent
from tidegate.proxy.wire.pool_connection import Connection


def a_dial_tries_the_first_address_only() -> Any:
    return patch.object(Dialer, "_race", lambda self, addresses: self._connect(addresses[0]))


def addresses_are_tried_without_a_timer_of_their_own() -> Any:
    async def in_turn(self: Dialer[Connection], addresses: Sequence[str]) -> Connection:
        failure = NotSent("dns_error", "no address was tried")
        for address in addresses:
            try:
                return await self._connect(address)
            except NotSent as error:
                failure = error
        raise failure

    return patch.object(Dialer, "_race", in_turn)


def a_fingerprint_reads_the_first_part_only() -> Any:
    async def same(world: Any, call: Any, decision: Any) -> None:
        return None

    return patch.object(idempotency_stage, "_same_content", same)


def records_age_by_the_wall_clock() -> Any:
    def now(self: StoreClock) -> StoreTime:
        wall = self._wall()
        return StoreTime(wall, wall, wall)

    return patch.object(StoreClock, "now", now)


PLACE_MUTANTS = (
    a_dial_tries_the_first_address_only,
    addresses_are_tried_without_a_timer_of_their_own,
    a_fingerprint_reads_the_first_part_only,
    records_age_by_the_wall_clock,
)
