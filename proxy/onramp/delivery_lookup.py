"""A write that is carried out later, as its app sees it: where it stands, and the vendor's answer once there is one.

It decides nothing about the write.
"""

import base64
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.proxy.policies.delivery.delivery import Delivery, DeliveryAttempt, DeliveryState
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.kept_secrets import KeptSecrets
from tidegate.proxy.store.records import ANSWER_LEFT_OUT, StoredCall
from tidegate.proxy.store.stored_headers import headers_from
from tidegate.proxy.telemetry import recent_calls
from tidegate.proxy.telemetry.log_line import stamp

SHOWN_BYTES_MAX = 65_536
"""A longer body of an answer is not shown in the record, and given by itself alone."""

SAYS: Mapping[DeliveryState, str] = {
    "queued": "It is accepted, and will be carried out.",
    "waiting": "It was not carried out yet, and will be tried again.",
    "unknown": "It may have been carried out. Tidegate is finding out.",
    "leased": "It is being carried out.",
    "sending": "It is being carried out.",
    "parked": "It may have been carried out, and only a person can tell. Look at the vendor before you send it again.",
    "done": "It was carried out.",
    "dead": "It ended without success.",
    "cancelled": "It was given up, by a person or for a later one.",
}
"""State → what it means to the app."""

AWAITS = "It waits until a person approves it. Nothing was sent."

OUTCOMES: Mapping[DeliveryState, Outcome] = {
    "done": Outcome.DONE,
    "unknown": Outcome.UNKNOWN,
    "parked": Outcome.UNKNOWN,
    "cancelled": Outcome.NOT_APPLIED,
    "dead": Outcome.NOT_APPLIED,
}


FINDING_OUT: frozenset[DeliveryState] = frozenset({"waiting", "unknown", "leased", "sending", "parked"})
"""States in which the record of the key may say more: the app has sent it again itself meanwhile."""


def outcome_of(delivery: Delivery) -> Outcome | None:
    """What is known of the write; None while it is under way.

    One whose worker died may have been sent, and one that was given up, or whose tries were used up, while nobody knew.
    A 5xx that the vendor keeps for it says that it was begun.
    """
    if delivery.awaits_approval:
        return Outcome.NOT_APPLIED
    if delivery.dead_reason == "poison" and delivery.ever_sent:
        return Outcome.UNKNOWN
    if delivery.state in ("dead", "cancelled") and delivery.resting == "unknown":
        return Outcome.UNKNOWN
    if delivery.dead_reason == "rejected" and delivery.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome.APPLIED_BUT_FAILED
    return OUTCOMES.get(delivery.state)


def document_of(delivery: Delivery, now: StoreTime, attempts: Sequence[DeliveryAttempt] = ()) -> dict[str, object]:
    """A delivery as a JSON-able document, without the vendor's answer."""
    new, state = delivery.new, delivery.state
    document: dict[str, object] = {
        "call": new.id,
        "vendor": new.vendor,
        "operation": new.operation,
        "state": state,
        "advice": AWAITS if delivery.awaits_approval else SAYS[state],
        "accepted": stamp(new.accepted_wall),
        "changed": stamp(delivery.updated_wall),
        "tries": delivery.attempts,
    }
    outcome = outcome_of(delivery)
    if outcome is not None:
        document["outcome"] = str(outcome)
    if delivery.awaits_approval:
        document["approve_until"] = stamp(now.wall + new.deadline - now.least)
    if state in ("queued", "waiting", "unknown"):
        document["next_try"] = stamp(now.wall + max(delivery.not_before - now.least, 0.0))
        document["deadline"] = stamp(now.wall + new.deadline - now.least)
    detail = delivery.detail or delivery.unopened
    words = {"reason": delivery.dead_reason, "detail": detail, "reference": delivery.reference}
    document |= {name: word for name, word in words.items() if word}
    if attempts:
        document["attempts"] = [_attempt(attempt) for attempt in attempts]
    if delivery.status:
        document["status"] = delivery.status
    return document


def settled_meanwhile(record: StoredCall) -> dict[str, object]:
    """What the record of the same key changes in the document; nothing where it is not settled."""
    if record.state not in ("done", "failed"):
        return {}
    return {"outcome": recent_calls.OUTCOMES[record.state], "status": record.status, "advice": SAYS["done"]}


def _attempt(attempt: DeliveryAttempt) -> dict[str, object]:
    shown: dict[str, object] = {"n": attempt.n, "call": attempt.call_id, "began": stamp(attempt.began_wall)}
    if attempt.ended_wall:
        shown["ended"] = stamp(attempt.ended_wall)
    words = {"outcome": attempt.outcome, "problem": attempt.problem}
    shown |= {name: word for name, word in words.items() if word}
    return shown | ({"status": attempt.status} if attempt.status else {})


def answer_of(delivery: Delivery, secrets: KeptSecrets) -> Reply | None:
    """The vendor's last answer to one that has ended; None where there is none, or it cannot be opened."""
    if delivery.state not in ("done", "dead") or not delivery.status or delivery.unopened:
        return None
    headers, body = secrets.shown(headers_from(delivery.answer_headers), delivery.answer_body)
    verdict = Verdict.SUCCESS if delivery.state == "done" else Verdict.REJECTED
    return Reply(delivery.status, "", headers, body, verdict, replayed=True)


def shown_answer(answer: Reply) -> dict[str, object]:
    """A vendor's answer as a JSON-able document. A body that is no text is in base64; a long one is left out."""
    lines = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in answer.headers]
    shown: dict[str, object] = {"status": answer.status, "headers": lines}
    if len(answer.body) <= SHOWN_BYTES_MAX and ANSWER_LEFT_OUT not in answer.headers:
        try:
            shown["body"] = answer.body.decode()
        except UnicodeDecodeError:
            shown["body_base64"] = base64.b64encode(answer.body).decode()
    return shown
