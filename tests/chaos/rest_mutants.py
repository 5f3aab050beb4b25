"""Planted bugs of what is lent and not given back: each leaves something over when nobody calls any more."""

import asyncio
import sys
from typing import Any
from unittest.mock import patch

from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.permits.limit_gate import LimitPermit
from tidegate.proxy.stages import idempotency as idempotency_stage
from tidegate.proxy.stages import late_settlement
from tidegate.proxy.telemetry.telemetry import Telemetry
from tidegate.proxy.wire.dial import Dialer
from tidegate.proxy.wire.idle_connections import IdleConnections
from tidegate.proxy.wire.pool_connection import Connection
from tidegate.proxy.wire.transport import IDLE_MAX_S


def a_place_is_not_given_back_when_a_call_is_cancelled() -> Any:
    original = LimitPermit.release

    def release(self: LimitPermit, now: float, *, sent: bool) -> None:
        if sys.exc_info()[0] is not asyncio.CancelledError:
            original(self, now, sent=sent)

    return patch.object(LimitPermit, "release", release)


def a_record_is_not_settled_when_the_store_is_late() -> Any:
    original = late_settlement.settle

    async def settle(world: Any, records: Any, call: Any, reply: Any, answers: Any = None) -> None:
        if reply is not None:
            await original(world, records, call, reply, answers)

    return patch.object(idempotency_stage, "settle", settle)


def the_idle_timer_is_set_again_for_nobody() -> Any:
    original = IdleConnections._expire

    def expire(self: IdleConnections) -> None:
        original(self)
        if self._timer is None:
            self._timer = self._world.call_later(IDLE_MAX_S, self._expire)

    expire.__qualname__ = original.__qualname__
    return patch.object(IdleConnections, "_expire", expire)


def a_dial_that_is_given_up_goes_on() -> Any:
    original = Dialer._connect

    async def connect(self: Dialer[Connection], address: str) -> Connection:
        dialing = asyncio.get_running_loop().create_task(original(self, address))
        dialing.add_done_callback(_close)
        return await asyncio.shield(dialing)

    return patch.object(Dialer, "_connect", connect)


def _close(dialing: "asyncio.Task[Connection]") -> None:
    """Nobody is told of an error, which a task would complain of."""
    if not dialing.cancelled():
        dialing.exception()


def a_cancelled_call_is_not_written_down() -> Any:
    original = Telemetry.record

    def record(self: Telemetry, call: Any, reply: Any, now: float, wall: float) -> None:
        if reply.verdict is not Verdict.CANCELLED:
            original(self, call, reply, now, wall)

    return patch.object(Telemetry, "record", record)


REST_MUTANTS = (
    a_place_is_not_given_back_when_a_call_is_cancelled,
    a_record_is_not_settled_when_the_store_is_late,
    the_idle_timer_is_set_again_for_nobody,
    a_dial_that_is_given_up_goes_on,
    a_cancelled_call_is_not_written_down,
)
