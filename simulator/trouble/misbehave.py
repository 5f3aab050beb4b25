"""The faults' part in one exchange: in the request, in its answer, and in the sending of it.

Which faults hit is decided in trouble.faults; what the vendor would have done without them, in simulator.exchange.
How a body drifts is simulator.trouble.drift's, the bytes are simulator.trouble.wire's.
"""

from collections.abc import Mapping
from dataclasses import replace

from aiohttp import web

from tidegate.simulator.answer.answer import Answer, http_date
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.trouble import wire
from tidegate.simulator.trouble.fault_scope import AnswerScope, MidwayFailure, RateRefusal, RefusalStyle
from tidegate.simulator.trouble.faults import NOTHING, ChosenFaults
from tidegate.simulator.trouble.places import Places
from tidegate.simulator.trouble.vendor_fault import ArmedFault, VendorFault
from tidegate.simulator.trouble.wire import Pace, RawAnswer
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import World

ORDINARY_PACE = Pace(0.01)
"""The events of a stream come so far apart, where no fault says otherwise."""

AT_ONCE = Pace(0.0)


class Misbehaviour:
    """The faults' hand in an exchange.

    `throttled(reason)` is the vendor's refusal for its rate, `hint` the name of its retry-hint header.
    """

    def __init__(self, world: World, places: Places, throttled: RateRefusal, hint: str | None) -> None:
        self._world = world
        self._places = places
        self._style = RefusalStyle(throttled, hint, world.wall)

    # --- the request -----------------------------------------------------------------------------------------------

    @staticmethod
    def away(outage: VendorFault) -> ChosenFaults:
        """The fault that stands for an outage in one request. Raises errors.VendorError where it has an answer."""
        return ChosenFaults(fault=outage.stand_in())

    @staticmethod
    def stops(chosen: ChosenFaults) -> bool:
        """True where nothing is carried out: the request ends in a refusal (see `refuse`), or as `answered` says."""
        return chosen.fault is not None and chosen.fault.stops

    def refuse(self, chosen: ChosenFaults) -> None:
        """Raise errors.VendorError where the fault that stops a request has an answer in the vendor's words."""
        refusal = chosen.fault.refusal(self._style) if chosen.fault is not None else None
        if refusal is not None:
            raise refusal

    @staticmethod
    def failure(chosen: ChosenFaults) -> MidwayFailure | None:
        """The failure that the vendor has in mid execution, and keeps under the idempotency key."""
        return chosen.fault.failure if chosen.fault is not None else None

    # --- the answer ------------------------------------------------------------------------------------------------

    def answered(self, answer: Answer | None, chosen: ChosenFaults, entry: JournalEntry) -> Answer | None:
        """The answer as it is sent; None where no byte of it is."""
        if chosen is NOTHING:
            return answer
        fault = chosen.fault
        if fault is not None:
            answer = fault.answered(answer)
        if answer is None:
            return None
        if chosen.changes:
            answer = replace(answer, headers=self._dated(answer.headers))
            for armed in chosen.changes:
                answer = self._changed(armed, answer, entry)
        return fault.spoil(answer, chosen.noise) if fault is not None else answer

    def _changed(self, armed: ArmedFault, answer: Answer, entry: JournalEntry) -> Answer:
        """The answer after a change of it, and the change in the journal where there was something to change."""
        wall = self._world.wall()
        scope = AnswerScope(armed.n, entry.operation, wall - (entry.at - armed.begin), wall, self._places)
        changed = armed.fault.change_answer(answer, scope)
        if changed is None:
            armed.fired -= 1
            return answer
        entry.faults = (*entry.faults, f"{armed.fault.journal_name} {changed[1]}".rstrip())
        return changed[0]

    def _dated(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {**headers, "Date": http_date(int(self._world.wall())), "Server": "simulator"}

    # --- the sending -----------------------------------------------------------------------------------------------

    async def send(
        self, request: web.BaseRequest, entry: JournalEntry, answer: Answer | None, chosen: ChosenFaults
    ) -> web.StreamResponse:
        """Put the answer on the wire, or do what the fault does instead."""
        transport, fault = request.transport, chosen.fault
        if answer is None:
            await wire.end(transport, fault.ending if fault is not None else "reset")
            return web.Response()
        headers = answer.headers if chosen.changes else self._dated(answer.headers)
        if fault is None and chosen.pace is None and not answer.events:
            entry.answered = transport is not None and not transport.is_closing()
            return wire.response(request, answer, headers)
        if _in_chunks(answer, chosen):
            share, how = (fault.sent_share, fault.ending) if fault is not None else (None, "close")
            pace = chosen.pace or (ORDINARY_PACE if answer.events else AT_ONCE)
            response = await wire.stream(request, answer, headers, pace, share, self._world.sleep, how)
            entry.answered = share is None and response is not None
            return response or web.Response()
        whole = b"".join(answer.events) or answer.body
        raw = RawAnswer(answer, headers, whole, wire.bodyless(request, answer.status))
        if fault is not None and fault.send(transport, raw):
            return web.Response()
        written = _written(raw, chosen)
        if written is not None:
            pieces, how = written
            await wire.write(transport, pieces, chosen.pace.every_s if chosen.pace else 0.0, self._world.sleep)
            entry.answered = fault is None
            await wire.end(transport, how)
            if how == "open":
                return RawResponse(b"", keep_alive=request.keep_alive)  # type: ignore[return-value]  # the duck type, see there
            return web.Response()
        entry.answered = transport is not None and not transport.is_closing()
        return web.Response(status=answer.status, body=answer.body, headers=headers)


def _written(raw: RawAnswer, chosen: ChosenFaults) -> tuple[list[bytes], wire.End] | None:
    """The bytes of a spoiled answer, in pieces, and the end of the connection; None for an ordinary answer."""
    fault, pace = chosen.fault, chosen.pace
    sent = fault.raw_bytes(raw) if fault is not None else None
    if fault is not None and sent is not None:
        return (wire.split(sent, pace.pieces) if pace is not None else [sent]), fault.ending
    if pace is not None and pace.part == "headers":
        return [*wire.split(raw.head(), pace.pieces), *(raw.answer.events or (raw.body,))], "open"
    return None


def _in_chunks(answer: Answer, chosen: ChosenFaults) -> bool:
    """True where the answer comes bit by bit in chunks, and nothing about its head is wrong."""
    fault, pace = chosen.fault, chosen.pace
    if fault is not None and fault.chunked is not None:
        return fault.chunked
    if pace is None or pace.part == "body":
        return pace is not None or bool(answer.events)
    return bool(answer.events) and fault is not None and fault.sent_share is not None
