"""What a fault does to one exchange: to the request, to its answer, and to the sending of it.

Which faults hit is decided in trouble.faults; what the vendor would have done without them, in simulator.exchange.
How a body drifts is simulator.trouble.drift's, the bytes are simulator.trouble.wire's.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from hashlib import shake_256

from aiohttp import web
from multidict import CIMultiDict

from tidegate.scenario.drift import Drift, Lie
from tidegate.scenario.fault import (
    Aimed,
    BadChunk,
    Drip,
    Empty,
    ErrorAnswer,
    ExpiredToken,
    Garbage,
    Hang,
    HtmlPage,
    Malformed,
    Outage,
    ResetAfter,
    ResetBefore,
    Throttle,
    Truncate,
    WrongEncoding,
    WrongHeaders,
    WrongLength,
)
from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer, http_date
from tidegate.simulator.record.journal import JournalEntry
from tidegate.simulator.trouble import lies, wire
from tidegate.simulator.trouble.drift import Changed, Drifts
from tidegate.simulator.trouble.faults import NOTHING, ArmedFault, ChosenFaults
from tidegate.vendor.refusal_facts import Reason
from tidegate.world.raw_response import RawResponse
from tidegate.world.world import World

ORDINARY_PACE = Drip.model_validate({"every": "10ms"})
"""The events of a stream come so far apart, where no fault says otherwise."""

AT_ONCE = Drip.model_validate({"every": "0s"})

PAGE = b"<!DOCTYPE html>\n<html><head><title>%d</title></head><body><h1>Something is wrong here</h1></body></html>\n"

REASONS: Mapping[int, Reason] = {
    401: "wrong-key",
    402: "declined",
    403: "forbidden",
    404: "not-found",
    409: "unexpected-state",
    412: "precondition-failed",
    413: "too-large",
    415: "media",
    422: "invalid-parameter",
    423: "locked",
    429: "throttled",
}
"""Why a vendor would answer with a status. Any other below 500 is `refused`."""


class Misbehaviour:
    """The faults' hand in an exchange.

    `throttled(reason)` is the vendor's refusal for its rate, `hint` the name of its retry-hint header.
    """

    def __init__(
        self, world: World, drifts: Drifts, throttled: Callable[[str], errors.VendorError], hint: str | None
    ) -> None:
        self._world = world
        self._drifts = drifts
        self._throttled = throttled
        self._hint = hint

    # --- the request -----------------------------------------------------------------------------------------------

    @staticmethod
    def away(outage: Outage) -> ChosenFaults:
        """What an outage comes to for one request. Raises errors.VendorError where it has an answer."""
        if outage.mode == "status":
            raise errors.server_error(outage.status)
        return ChosenFaults(fault=Hang() if outage.mode == "silent" else ResetBefore())

    @staticmethod
    def stops(chosen: ChosenFaults) -> bool:
        """Whether nothing is carried out: the request ends in a refusal (see `refuse`) or in what `told` makes."""
        fault = chosen.fault
        if fault is None:
            return False
        return isinstance(fault, Throttle | ResetBefore | ExpiredToken | Drift) or (
            isinstance(fault, ErrorAnswer | Hang | Empty | HtmlPage) and fault.effect == "none"
        )

    def refuse(self, chosen: ChosenFaults) -> None:
        """Raise errors.VendorError where the fault that stops a request has an answer in the vendor's words."""
        fault = chosen.fault
        if isinstance(fault, Throttle):
            refused = self._throttled("global-rate")
            if fault.means == "contention":
                refused = errors.locked(self._hint)
            elif fault.means == "exhausted":
                refused = errors.exhausted()
        elif isinstance(fault, ErrorAnswer):
            refused = self.failed(fault)
        elif isinstance(fault, ExpiredToken):
            raise errors.expired_token()
        elif isinstance(fault, Drift):
            raise errors.forbidden(str(fault.to or "a new one"))
        else:
            return
        if fault.retry_after is not None:
            dated = isinstance(fault, Throttle) and fault.written == "date"
            moment = math.ceil(self._world.wall() + fault.retry_after)
            refused.headers["Retry-After"] = http_date(moment) if dated else f"{fault.retry_after:g}"
        raise refused

    @staticmethod
    def failure(chosen: ChosenFaults) -> ErrorAnswer | None:
        """The failure that the vendor has in mid execution, and keeps under the idempotency key."""
        return chosen.fault if isinstance(chosen.fault, ErrorAnswer) else None

    @staticmethod
    def failed(fault: ErrorAnswer) -> errors.VendorError:
        """How the vendor says it."""
        if fault.status >= 500:
            return errors.server_error(fault.status)
        return errors.VendorError(REASONS.get(fault.status, "refused"), "Refused, as it is armed.", status=fault.status)

    # --- the answer ------------------------------------------------------------------------------------------------

    def told(self, answer: Answer | None, chosen: ChosenFaults, entry: JournalEntry) -> Answer | None:
        """What becomes of the answer before it is sent; None where nothing of it is told."""
        if chosen is NOTHING:
            return answer
        fault = chosen.fault
        if isinstance(fault, Empty) or (isinstance(fault, Hang | ResetAfter) and fault.at == "start"):
            return None
        if isinstance(fault, HtmlPage):
            answer = Answer(fault.status, PAGE % fault.status, {"Content-Type": "text/html; charset=utf-8"})
        if answer is None:
            return None
        if chosen.changes:
            answer = replace(answer, headers=self._dated(answer.headers))
            for armed in chosen.changes:
                answer = self._changed(armed, answer, entry)
        return _spoiled(answer, fault, chosen.noise)

    def _changed(self, armed: ArmedFault, answer: Answer, entry: JournalEntry) -> Answer:
        """The answer after a change of it, and the change in the journal where there was something to change."""
        fault, wall = armed.fault, self._world.wall()
        changed: Changed | None = None
        if isinstance(fault, Drift):
            began = wall - (entry.at - armed.begin)
            changed = self._drifts.apply(fault, armed.n, answer, entry.operation, began)
            name = f"drift {fault.change}"
        elif isinstance(fault, Lie):
            changed = lies.tell(
                fault, answer, wall, lambda drift: self._drifts.apply(drift, armed.n, answer, entry.operation, wall)
            )
            name = f"lie {fault.about}"
        else:
            changed, name = _tampered(answer, fault), "headers"
        if changed is None:
            armed.fired -= 1
            return answer
        entry.faults = (*entry.faults, f"{name} {changed[1]}".rstrip())
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
            how: wire.End = "hang" if isinstance(fault, Hang) else "close" if isinstance(fault, Empty) else "reset"
            await wire.end(transport, how)
            return web.Response()
        headers = answer.headers if chosen.changes else self._dated(answer.headers)
        if fault is None and chosen.drip is None and not answer.events:
            entry.answered = transport is not None and not transport.is_closing()
            return wire.response(request, answer, headers)
        if _in_chunks(answer, chosen):
            share, how = _cut(fault)
            pace = chosen.drip or (ORDINARY_PACE if answer.events else AT_ONCE)
            response = await wire.stream(request, answer, headers, pace, share, self._world.sleep, how)
            entry.answered = share is None and response is not None
            return response or web.Response()
        if isinstance(fault, Truncate):
            share = 0.0 if wire.bodyless(request, answer.status) else fault.share
            wire.truncate(transport, answer, headers, share)
            return web.Response()
        raw = self._raw(request, answer, headers, chosen)
        if raw is not None:
            pieces, how = raw
            await wire.write(transport, pieces, chosen.drip.every if chosen.drip else 0.0, self._world.sleep)
            entry.answered = fault is None
            await wire.end(transport, how)
            if how == "open":
                return RawResponse(b"", keep_alive=request.keep_alive)  # type: ignore[return-value]  # the duck type, see there
            return web.Response()
        entry.answered = transport is not None and not transport.is_closing()
        return web.Response(status=answer.status, body=answer.body, headers=headers)

    @staticmethod
    def _raw(
        request: web.BaseRequest, answer: Answer, headers: Mapping[str, str], chosen: ChosenFaults
    ) -> tuple[list[bytes], wire.End] | None:
        """What is written byte by byte, in pieces, and how the connection ends then; None for an ordinary answer."""
        fault, whole = chosen.fault, b"".join(answer.events) or answer.body
        body = b"" if wire.bodyless(request, answer.status) else whole
        head, how = wire.head_of(answer, headers, len(whole)), _cut(fault)[1]
        if isinstance(fault, Hang | ResetAfter):
            sent = head[: len(head) // 2] if fault.at == "headers" else head + body[: len(body) // 2]
        elif isinstance(fault, WrongLength):
            sent = wire.head_of(answer, headers, max(len(whole) + fault.by, 0)) + body
            how = "hang" if fault.by > 0 else "open"
        elif isinstance(fault, Garbage) and fault.instead_of == "answer":
            sent = whole
        elif chosen.drip is not None and chosen.drip.part == "headers":
            sent, how = b"", "open"
        else:
            return None
        if chosen.drip is None:
            return [sent], how
        return wire.split(sent or head, chosen.drip.pieces) + ([] if sent else [*answer.events] or [body]), how


def _cut(fault: Aimed | None) -> tuple[float | None, wire.End]:
    """Which share of an answer's body is sent, None for all of it; and how the connection ends then."""
    if isinstance(fault, Truncate):
        return fault.share, "close"
    if isinstance(fault, BadChunk):
        return fault.share, "bad-chunk"
    if isinstance(fault, Hang | ResetAfter):
        return 0.5, "hang" if isinstance(fault, Hang) else "reset"
    return None, "close"


def _in_chunks(answer: Answer, chosen: ChosenFaults) -> bool:
    """Whether the answer comes bit by bit in chunks, and nothing about its head is wrong."""
    fault, drip = chosen.fault, chosen.drip
    if isinstance(fault, BadChunk):
        return True
    if isinstance(fault, WrongLength) or (isinstance(fault, Garbage) and fault.instead_of == "answer"):
        return False
    if isinstance(fault, Hang | ResetAfter) and fault.at == "headers":
        return False
    if drip is None or drip.part == "body":
        return drip is not None or bool(answer.events)
    return bool(answer.events) and isinstance(fault, Truncate | Hang | ResetAfter)


def _spoiled(answer: Answer, fault: Aimed | None, noise: int) -> Answer:
    """The answer with a body, or with headers, that nobody can read."""
    if isinstance(fault, Garbage):
        meaningless = shake_256(noise.to_bytes(8, "big")).digest(fault.size)
        return replace(answer, body=meaningless, events=())
    if isinstance(fault, WrongEncoding):
        return replace(answer, headers={**answer.headers, "Content-Encoding": "gzip"})
    if isinstance(fault, Malformed):
        return replace(
            answer, body=answer.body[:-1], events=tuple(event.rstrip()[:-1] + b"\n\n" for event in answer.events)
        )
    return answer


def _tampered(answer: Answer, fault: object) -> Changed | None:
    if not isinstance(fault, WrongHeaders):
        return None
    made: CIMultiDict[str] = CIMultiDict(answer.headers)
    for name in {*made.keys()}:
        if any(fnmatchcase(name.lower(), pattern.lower()) for pattern in fault.drop):
            del made[name]
    for name, value in fault.put.items():
        made[name] = value
    for name in fault.double:
        for value in made.getall(name, [])[:1]:
            made.add(name, value)
    return None if made == CIMultiDict(answer.headers) else (replace(answer, headers=made), "")
