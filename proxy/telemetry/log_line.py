"""The log line of a call, and of a time and an attempt in it. What is not named here is not logged."""

import time
from functools import lru_cache
from hashlib import blake2s

from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.residency_decision import ResidencyDecision

REQUEST_ID_CHARS_MAX = 128
"""So much of a vendor's name for a request is shown."""


def line_of(finished: FinishedCall, fingerprint_key: bytes) -> dict[str, object]:
    """The log line of a call. What does not apply is left out.

    The path is the document's template, never the path of the request: ids and queries may hold personal data. The
    idempotency key shows as a keyed fingerprint, the same for the same key until the proxy restarts.
    """
    plan = finished.plan
    line: dict[str, object] = {
        "ts": stamp(finished.wall),
        "call": finished.call_id,
        "app": finished.app,
        "vendor": plan.vendor,
        "operation": plan.operation,
        "method": plan.method,
        "path": plan.template,
        "status": finished.status,
        "verdict": finished.verdict,
        "took_ms": round(finished.took_s * 1000, 3),
        "queued_ms": round(finished.queued_s * 1000, 3),
        "attempts": [attempt_of(attempt) for attempt in finished.attempts],
    }
    if finished.writes:
        line["outcome"] = finished.outcome
    if finished.streamed is None:
        line["left_ms"] = round(finished.left_s * 1000, 3)
    if finished.problem is not None:
        line["problem"] = finished.problem.name
    words = {"error": finished.error, "stop": finished.stop, "repeats": finished.repeats, "cache": finished.cache}
    line |= {name: word for name, word in words.items() if word}
    if finished.residency is not None:
        line["residency"] = residency_of(finished.residency)
    if finished.carried is not None:
        ids = finished.carried.ids
        line |= {"delivery": ids[0]} if len(ids) == 1 else {"deliveries": list(ids)}
    if finished.streamed is not None:
        line["streamed"] = {"bytes": finished.streamed.bytes, "events": finished.streamed.events}
    if finished.replayed:
        line["replayed"] = True
    if finished.key:
        line["key"] = blake2s(finished.key.encode("utf-8", "replace"), key=fingerprint_key, digest_size=8).hexdigest()
    if finished.trace_id:
        line["trace"] = finished.trace_id
        line["span"] = finished.span_id
    return line


def residency_of(decision: ResidencyDecision) -> dict[str, object]:
    """What was decided of the data, as log lines show it: names of rules, regions and fields, never a value."""
    shown: dict[str, object] = {"rule": decision.rule, "fate": decision.fate}
    shown |= {"home": decision.home, "region": decision.region}
    return shown | ({"fields": list(decision.fields)} if decision.fields else {})


def attempt_of(attempt: Attempt) -> dict[str, object]:
    """An attempt, as log lines and call records show it."""
    shown: dict[str, object] = {
        "n": attempt.number,
        "verdict": attempt.verdict,
        "took_ms": round((attempt.ended - attempt.began) * 1000, 3),
    }
    if attempt.status:
        shown["status"] = attempt.status
    if attempt.credential is not None and attempt.credential.name:
        shown["credential"] = attempt.credential.name
    if attempt.request_id:
        shown["request_id"] = attempt.request_id[:REQUEST_ID_CHARS_MAX]
    if attempt.error:
        shown["error"] = attempt.error
        shown["sent"] = attempt.sent
    if attempt.then:
        shown["then"] = attempt.then
    return shown


@lru_cache(maxsize=8)
def _second(second: int) -> str:
    utc = time.gmtime(second)  # strftime takes three times as long as what follows
    day = f"{utc.tm_year:04}-{utc.tm_mon:02}-{utc.tm_mday:02}"
    return f"{day}T{utc.tm_hour:02}:{utc.tm_min:02}:{utc.tm_sec:02}"


def stamp(wall: float) -> str:
    """RFC 3339 in UTC, with milliseconds."""
    milliseconds = int(wall * 1000)
    return f"{_second(milliseconds // 1000)}.{milliseconds % 1000:03d}Z"
