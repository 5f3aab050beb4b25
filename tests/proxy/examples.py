"""A plan, a call, a reply and a vendor's facts, for tests that need one and care about a part of it."""

from typing import Any

import orjson
from multidict import CIMultiDict, CIMultiDictProxy

from tidegate.plan.plan import OperationPlan
from tidegate.proxy.call.attempt import Attempt
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.content import EMPTY_CONTENT
from tidegate.proxy.call.finished_call import FinishedCall
from tidegate.proxy.call.outcome import Outcome, Verdict
from tidegate.proxy.call.reply import Reply
from tidegate.vendor.vendor import Facts

FACTS = {
    "base_url": "https://api.vendor.example",
    "auth": {"scheme": "bearer", "secret": "env:VENDOR_KEY"},
    "errors": {
        "envelope": "/error",
        "code": "/error/code",
        "retry_hint": {"header": "Stripe-Should-Retry"},
        "ours": {"error": {"type": "api_error", "code": "{problem}", "message": "{detail} ({call})"}},
    },
    "idempotency": {"header": "Idempotency-Key", "methods": ["POST"], "remembers": "24h"},
}


def facts(**changes: Any) -> Facts:
    return Facts.model_validate_json(orjson.dumps(FACTS | changes))


def plan(**changes: Any) -> OperationPlan:
    values: dict[str, Any] = {
        "vendor": "stripe", "operation": "PostRefunds", "method": "POST", "template": "/v1/refunds",
        "deprecated": False,
        "idempotency": "vendor-key", "key_header": "Idempotency-Key", "key_retention_s": 86400.0, "keep_s": 86400.0,
        "budget_s": 20.0, "connect_s": 2.0, "first_byte_s": 8.0, "idle_s": 5.0, "attempt_s": 10.0, "retry_attempts": 3,
        "retry_base_s": 0.2, "retry_cap_s": 5.0, "throttle_base_s": 1.0, "retry_budget": 0.1, "retry_floor": 3,
        "breaker_group": "stripe", "limits": (), "queue_depth": 500, "queue_wait_s": 5.0, "critical": False,
        "unavailable": "",
    }  # fmt: skip
    return OperationPlan(**values | changes)


def attempt(number: int = 1, **changes: Any) -> Attempt:
    values: dict[str, Any] = {
        "number": number, "began": 100.0, "ended": 100.25, "sent": True, "status": 200, "verdict": Verdict.SUCCESS,
        "error": "",
    }  # fmt: skip
    return Attempt(**values | changes)


def call(**changes: Any) -> Call:
    values: dict[str, Any] = {
        "call_id": "c1", "app": "shop", "plan": plan(), "method": "POST", "path": "/v1/refunds",
        "headers": CIMultiDictProxy(CIMultiDict[str]()), "raw_headers": (), "content": EMPTY_CONTENT, "began": 100.0,
        "deadline": 120.0, "outcome": Outcome.DONE,
    }  # fmt: skip
    return Call(**values | changes)


def reply(**changes: Any) -> Reply:
    values: dict[str, Any] = {"status": 200, "reason": "OK", "headers": (), "body": b"{}", "verdict": Verdict.SUCCESS}
    return Reply(**values | changes)


def finished(**changes: Any) -> FinishedCall:
    """A call that has ended; `changes` are of its call, of its reply, or the times of its end."""
    values: dict[str, Any] = {"now": 100.5, "wall": 1_700_000_000.5, "deadline": 0.0, "attempts": [attempt()]} | changes
    now, wall = values.pop("now"), values.pop("wall")
    of_reply = {"status", "verdict", "problem", "detail", "error", "replayed", "cache"}
    answer = {name: values.pop(name) for name in of_reply & values.keys()}
    return FinishedCall(call(**values), reply(**answer), now, wall)
