"""What came of a write that Tidegate has accepted: asked by its record, and answered as if the vendor had been asked.

Knows the records of docs/outbox.md, no vendor.
"""

from dataclasses import replace
from typing import Final

from tidegate.adapters.fields import FieldError, Fields, parse
from tidegate.adapters.gateway import Gateway, GatewayResponse
from tidegate.adapters.ports.deferred import Deferred
from tidegate.adapters.ports.failures import (
    Misconfigured,
    NotFound,
    OutcomeUnknown,
    Parked,
    Undelivered,
    VendorContractBroken,
)

ENDED: Final = frozenset(("done", "dead", "cancelled"))
"""States of a record after which nothing happens by itself."""
PARKED: Final = "parked"


def deferred_of(answer: GatewayResponse) -> Deferred | None:
    """The write that an answer stands for; None where the answer is the vendor's own."""
    if not answer.record_url:
        return None
    return Deferred(answer.record_url, answer.call_id, answer.retry_after_s)


async def answer_to(gateway: Gateway, deferred: Deferred) -> GatewayResponse | Deferred:
    """The vendor's answer to the write, or the write itself where it is still under way.

    Raises Parked where it waits for a person, OutcomeUnknown where nobody knows, Undelivered where it ended without the
    vendor's answer, NotFound where its record is gone, and what Gateway.read raises.
    """
    record = await _record(gateway, deferred)
    try:
        fields = parse(record.body)
        state, outcome, answered = fields.text("state"), fields.maybe_text("outcome"), fields.has("answer")
        text = _words(fields)
    except FieldError as error:
        raise VendorContractBroken(error.pointer, error.expected, found=error.found) from None
    if answered and state in ENDED:
        return replace(await gateway.read(f"{deferred.record_url}/answer"), reads=False, call_id=deferred.call_id)
    if state == PARKED:
        raise Parked(text, record_url=deferred.record_url, call_id=deferred.call_id)
    if state in ENDED and outcome != "not applied":
        raise OutcomeUnknown(text, record_url=deferred.record_url, call_id=deferred.call_id)
    if state in ENDED:
        raise Undelivered(text, call_id=deferred.call_id)
    return replace(deferred, ask_after_s=record.retry_after_s)


async def _record(gateway: Gateway, deferred: Deferred) -> GatewayResponse:
    try:
        return await gateway.read(deferred.record_url)
    except Misconfigured as failure:
        if failure.problem != "not-found":
            raise
        raise NotFound(
            "Tidegate has no record of this write, or has none any more.", call_id=deferred.call_id
        ) from None


def _words(fields: Fields) -> str:
    return fields.maybe_text("detail") or fields.maybe_text("advice") or "It was accepted, and its record says no more."
