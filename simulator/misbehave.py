"""What a fault does to one exchange: to the request, to its answer, and to the sending of it.

Which faults hit is decided in simulator.faults; what the vendor would have done without them, in simulator.exchange;
the bytes are simulator.wire's.
"""

import asyncio
import math
from collections.abc import Callable

from aiohttp import web

from tidegate.scenario import Drip, Hang, ResetAfter, ResetBefore, ServerError, Throttle, Truncate
from tidegate.simulator import errors, wire
from tidegate.simulator.answer import Answer, http_date
from tidegate.simulator.faults import Chosen
from tidegate.simulator.journal import Entry
from tidegate.world import World

ORDINARY_PACE = Drip.model_validate({"every": "10ms"})
"""The events of a stream come so far apart, where no fault says otherwise."""


class Misbehaviour:
    """The faults' hand in an exchange.

    `throttled()` is the vendor's refusal for its rate, `hint` the name of its retry-hint header.
    """

    def __init__(self, world: World, throttled: Callable[[], errors.VendorError], hint: str | None) -> None:
        self._world = world
        self._throttled = throttled
        self._hint = hint

    @staticmethod
    def stops(chosen: Chosen) -> bool:
        """Whether nothing is carried out: the request ends in a refusal (see `refuse`) or without an answer."""
        fault = chosen.fault
        return isinstance(fault, Throttle | ResetBefore) or (
            isinstance(fault, ServerError | Hang) and fault.effect == "none"
        )

    def refuse(self, chosen: Chosen) -> None:
        """Raise errors.VendorError where the fault that stops a request has an answer."""
        fault = chosen.fault
        if isinstance(fault, Throttle):
            refused = errors.locked(self._hint) if fault.means == "contention" else self._throttled()
        elif isinstance(fault, ServerError):
            refused = errors.server_error(fault.status)
        else:
            return
        if fault.retry_after is not None:
            dated = isinstance(fault, Throttle) and fault.written == "date"
            moment = math.ceil(self._world.wall() + fault.retry_after)
            refused.headers["Retry-After"] = http_date(moment) if dated else f"{fault.retry_after:g}"
        raise refused

    @staticmethod
    def failure(chosen: Chosen) -> ServerError | None:
        """The failure that the vendor has in mid execution, and keeps under the idempotency key."""
        return chosen.fault if isinstance(chosen.fault, ServerError) else None

    @staticmethod
    def told(answer: Answer | None, chosen: Chosen) -> Answer | None:
        """What becomes of the answer before it is sent; None where nothing of it is told."""
        return None if isinstance(chosen.fault, Hang | ResetAfter) else answer

    async def send(
        self, request: web.BaseRequest, entry: Entry, answer: Answer | None, chosen: Chosen
    ) -> web.StreamResponse:
        """Put the answer on the wire, or do what the fault does instead."""
        transport, fault = request.transport, chosen.fault
        if answer is None:
            if isinstance(fault, Hang):
                await asyncio.get_running_loop().create_future()  # cancelled when the client goes
            wire.reset(transport)
            return web.Response()
        headers = {**answer.headers, "Date": http_date(int(self._world.wall())), "Server": "simulator"}
        if answer.events or chosen.drip is not None:
            share = fault.share if isinstance(fault, Truncate) else None
            pace = chosen.drip or ORDINARY_PACE
            response = await wire.stream(request, answer, headers, pace, share, self._world.sleep)
            entry.answered = share is None
            return response
        if isinstance(fault, Truncate):
            wire.truncate(transport, answer, headers, fault.share)
            return web.Response()
        entry.answered = transport is not None and not transport.is_closing()
        return web.Response(status=answer.status, body=answer.body, headers=headers)
