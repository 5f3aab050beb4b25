"""The result of a write that was carried out later, as its app is told: an event in the inbox (Standard Webhooks).

It is accepted in the same transaction in which the write ends, or, where the store itself ends one, in that which
forgets its alarm: so no end is untold, and none is told twice, because each has a lease token of its own. How it is
signed and sent is tidegate.proxy.durable.inbox_carrier's.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import orjson

from tidegate.proxy.app_config import AppEndpoint
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.onramp.delivery_lookup import answer_of, document_of, shown_answer
from tidegate.proxy.policies.delivery.delivery import Delivery, NewDelivery, Settlement
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.deliveries import DeliveryAlarm
from tidegate.proxy.store.kept_secrets import KeptSecrets
from tidegate.proxy.telemetry.log_line import stamp
from tidegate.proxy.webhook_routes import OURSELVES

EVENTS: Mapping[str, str] = {"done": "write.done", "dead": "write.dead", "parked": "write.parked"}
"""State → the type of the event. Of other states an app is told nothing."""
KEEP_S = 7 * 86_400.0

ENDED_BY_STORE = frozenset(("expired", "poison", "sealed", "refused"))
"""The reasons for which a store ends a delivery by itself. A worker may end one for them too. One that cannot be opened
may be parked instead."""

_NO_SECRETS = KeptSecrets(())
"""Shows `[redacted]` in the place of a secret of the vendor's: an event is stored too."""


def result_row(delivery: Delivery, settlement: Settlement, endpoint: AppEndpoint, now: StoreTime) -> NewDelivery | None:
    """The event of a settlement; None where the write has not ended."""
    event = EVENTS.get(settlement.state)
    if event is None:
        return None
    new = delivery.new
    ended = _ended(delivery, settlement, now)
    data = document_of(ended, now)
    answer = answer_of(ended, _NO_SECRETS)
    if answer is not None:
        data["answer"] = shown_answer(answer)
    name = f"{new.id}-{delivery.lease_token}"
    lines = [("Content-Type", "application/json"), ("Tidegate-Source", OURSELVES), ("Tidegate-Event", event)]
    return NewDelivery(
        id=f"res_{name}",
        box="inbox",
        app=new.app,
        vendor=OURSELVES,
        operation=event,
        key=name,
        fingerprint=new.fingerprint,
        method="POST",
        destination=endpoint.url,
        headers=orjson.dumps(lines),
        body=orjson.dumps({"type": event, "timestamp": stamp(now.wall), "data": data}),
        accepted_wall=now.wall,
        deadline=now.least + endpoint.deadline,
        keep_s=KEEP_S,
        trace=new.trace,
    )


def _ended(delivery: Delivery, settlement: Settlement, now: StoreTime) -> Delivery:
    """The delivery as it is after the settlement."""
    return replace(
        delivery,
        state=settlement.state,
        resting=settlement.resting,
        attempts=delivery.attempts + settlement.counts,
        updated_wall=now.wall,
        dead_reason=settlement.dead_reason,
        detail=settlement.detail,
        status=settlement.status,
        answer_headers=settlement.answer_headers,
        answer_body=settlement.answer_body,
        reference=settlement.reference or delivery.reference,
    )


def untold_row(alarm: DeliveryAlarm, endpoint: AppEndpoint, now: StoreTime) -> NewDelivery | None:
    """The event of an end that the store may have made by itself, parking included; None of any other.

    It is the event of result_row where a worker made that end, so the store knows it again. Of one that was replayed
    meanwhile nothing is told: its next end will be.
    """
    delivery = alarm.delivery
    is_parked = delivery.state == "parked"
    if delivery.new.box != "outbox" or delivery.state != alarm.state or delivery.dead_reason != alarm.dead_reason:
        return None
    if delivery.awaits_approval:
        return None  # its app was told so when it was accepted
    if not is_parked and delivery.dead_reason not in ENDED_BY_STORE:
        return None
    state: Literal["parked", "dead"] = "parked" if is_parked else "dead"
    outcome = Outcome.UNKNOWN if delivery.resting == "unknown" else ""
    end = Settlement(state, dead_reason=delivery.dead_reason, detail=delivery.detail, counts=False, outcome=outcome)
    return result_row(delivery, end, endpoint, now)
