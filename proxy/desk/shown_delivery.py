"""A delivery as people see it: JSON, with times as dates, and nothing in it that may not be shown."""

from collections.abc import Mapping, Sequence
from typing import Literal

import orjson

from tidegate.proxy.desk.hidden_content import HiddenContent
from tidegate.proxy.policies.delivery.delivery import MAY, Delivery, DeliveryAttempt, may
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.telemetry.log_line import stamp

BodyShown = Literal["none", "redacted"]
AUDIT_LINES_MAX = 200
ATTEMPTS_MAX = 200
"""The last ones are shown."""


def row(delivery: Delivery, now: StoreTime, hidden: HiddenContent) -> dict[str, object]:
    """One delivery of a list."""
    new = delivery.new
    return {
        "id": new.id,
        "box": new.box,
        "app": new.app,
        "vendor": new.vendor,
        "operation": new.operation,
        "key": hidden.text(new.key),
        "order_key": hidden.text(new.order_key),
        "state": delivery.state,
        "reason": delivery.dead_reason,
        "detail": hidden.text(delivery.detail),
        "attempts": delivery.attempts,
        "status": delivery.status,
        "accepted": stamp(new.accepted_wall),
        "updated": stamp(delivery.updated_wall),
        "not_before": _date(delivery.not_before, now),
        "deadline": _date(new.deadline, now),
    }


def allowed_by_hand(delivery: Delivery) -> list[str]:
    """What a person may do to it now."""
    state, reason, awaits = delivery.state, delivery.dead_reason, delivery.awaits_approval
    return sorted(action for action in MAY if may(action, state, reason, awaits=awaits))


def whole(
    delivery: Delivery,
    attempts: Sequence[DeliveryAttempt],
    audit: Sequence[str],
    *,
    now: StoreTime,
    hidden: HiddenContent,
    body: BodyShown = "none",
) -> dict[str, object]:
    """One delivery with its request, its last answer, its attempts, and what people did to it."""
    new = delivery.new
    return {
        **row(delivery, now, hidden),
        "may": allowed_by_hand(delivery),
        "awaits_approval": delivery.awaits_approval,
        "ever_sent": delivery.ever_sent,
        "unopened": delivery.unopened,
        "leases_lost": delivery.leases_lost,
        "priority": new.priority,
        "order": new.order,
        "reference": hidden.text(delivery.reference),
        "trace": hidden.text(new.trace),
        "request": {
            "method": new.method,
            "destination": hidden.destination(new.destination),
            "headers": hidden.headers(new.headers),
            **_content(new.body, new.headers, hidden, body),
        },
        "answer": {
            "status": delivery.status,
            "headers": hidden.headers(delivery.answer_headers),
            **_content(delivery.answer_body, delivery.answer_headers, hidden, body),
        }
        if delivery.status
        else None,
        "tries": [_try(attempt, hidden) for attempt in attempts[-ATTEMPTS_MAX:]],
        "audit": [_audited(line, hidden) for line in audit[-AUDIT_LINES_MAX:]],
    }


def _content(body: bytes, headers: bytes, hidden: HiddenContent, shown: BodyShown) -> dict[str, object]:
    facts: dict[str, object] = {"body_bytes": len(body)}
    if shown == "redacted":
        facts["body"] = hidden.body(body, headers)
    return facts


def _try(attempt: DeliveryAttempt, hidden: HiddenContent) -> dict[str, object]:
    return {
        "n": attempt.n,
        "began": stamp(attempt.began_wall),
        "ended": stamp(attempt.ended_wall) if attempt.ended_wall else None,
        "outcome": attempt.outcome,
        "status": attempt.status,
        "problem": hidden.text(attempt.problem),
        "call": attempt.call_id,
        "late": attempt.late,
    }


def _audited(line: str, hidden: HiddenContent) -> Mapping[str, object] | str:
    """A line of the audit: a document, scrubbed text by text."""
    try:
        document = orjson.loads(line)
    except orjson.JSONDecodeError:
        return hidden.text(line)
    if not isinstance(document, dict):
        return hidden.text(line)
    return {name: hidden.text(value) if isinstance(value, str) else value for name, value in document.items()}


def _date(age: float, now: StoreTime) -> str | None:
    """A moment of the store's age as a date; None for one that says nothing."""
    wall = now.wall + age - now.least
    return stamp(wall) if age > 0 and 0 < wall < 4e9 else None
