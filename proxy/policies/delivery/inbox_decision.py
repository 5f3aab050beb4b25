"""What becomes of a webhook after a post to its app: a pure decision over the app's answer.

    2xx                       done
    410                       dead, as rejected: the address is gone for good, as Standard Webhooks has it
    503 with Retry-After      again after that; it does not count as a try, and the breaker leaves the app alone so long
    429 with Retry-After      again after that, or later
    no answer, all others     again after the backoff, 3xx and 4xx too: an app that was deployed wrong is put right
    no time left for that     dead, as expired

An app tells a second post from the first by its webhook-id, so no answer at all is no reason to ask anybody.
"""

import random
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from tidegate.proxy.call.outcome import Verdict
from tidegate.proxy.policies.delivery.delivery import Delivery, Settlement
from tidegate.proxy.policies.delivery.delivery_backoff import LONG_AFTER_S, LONG_CAP_S, backoff_s

RETRY_AFTER_MAX_S = 3600.0
"""An app that wants to be left alone for longer is asked again after this."""

CAP_S = 30.0
"""No wait is longer in the first ten minutes: an app that was away gets its events half a minute after its return."""

_WAITS = frozenset((HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE))


@dataclass(frozen=True, slots=True)
class PostResult:
    """What came of one post. `status` is 0 where no answer came; `error` says why, as RFC 9209 §2.3 names it.

    `ours` is set where the want was ours: no descriptors, no memory. `retry_after_s` is what the app asked for.
    """

    status: int = 0
    error: str = ""
    detail: str = ""
    retry_after_s: float | None = None
    ours: bool = False
    body: bytes = b""

    @property
    def away_s(self) -> float | None:
        """How long the app says that it is away."""
        said = self.retry_after_s if self.status == HTTPStatus.SERVICE_UNAVAILABLE else None
        return None if said is None else min(said, RETRY_AFTER_MAX_S)

    @property
    def verdict(self) -> Verdict:
        """What the breaker before the app has to know."""
        if self.ours:
            return Verdict.CANCELLED
        if not self.status or self.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return Verdict.FAILED
        if self.status == HTTPStatus.TOO_MANY_REQUESTS:
            return Verdict.THROTTLED
        return Verdict.SUCCESS if self.status < HTTPStatus.MULTIPLE_CHOICES else Verdict.REJECTED


def decide_post(delivery: Delivery, result: PostResult, now: float, wait_s: float) -> Settlement:
    """The settlement. `now` is the age of the store, `wait_s` how long the next try waits where nobody said."""
    outcome, status = result.verdict.value, result.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Settlement("done", outcome=outcome, status=status, answer_body=result.body)
    if status == HTTPStatus.GONE:
        detail = "the app answered 410: this address is gone for good"
        return Settlement(
            "dead", dead_reason="rejected", detail=detail, outcome=outcome, status=status, answer_body=result.body
        )
    if result.retry_after_s is not None and status in _WAITS:
        wait_s = max(wait_s, min(result.retry_after_s, RETRY_AFTER_MAX_S))
    why = f"the app answered {status}" if status else result.detail or result.error
    if now + wait_s >= delivery.new.deadline:
        return Settlement(
            "dead", dead_reason="expired", detail=f"its time is over; at last {why}", outcome=outcome, status=status,
            problem=result.error, answer_body=result.body,
        )  # fmt: skip
    return Settlement(
        "waiting", not_before=now + wait_s, detail=why, counts=not (result.ours or result.away_s is not None),
        outcome=outcome, status=status, problem=result.error, answer_body=result.body,
    )  # fmt: skip


def postponed(delivery: Delivery, now: float, wait_s: float, why: str) -> Settlement:
    """The settlement of one that was not posted at all: it does not count. At the end of its time it is dead."""
    if now >= delivery.new.deadline:
        return Settlement("dead", dead_reason="expired", detail=f"its time is over; {why}", counts=False)
    state: Literal["queued", "waiting"] = "queued" if delivery.resting == "queued" else "waiting"
    return Settlement(state, not_before=now + wait_s, detail=why, counts=False)


def stopped(now: float) -> Settlement:
    """The settlement of one whose post we broke off: due at once, and it does not count."""
    return Settlement("waiting", not_before=now, detail="Tidegate was stopped while it was sent", counts=False)


def pause_s(rng: random.Random, attempts: int, tried_for_s: float) -> float:
    """How long a delivery waits that was tried so often, and for so long: at first within half a minute."""
    return backoff_s(attempts, tried_for_s, rng, cap_s=CAP_S if tried_for_s < LONG_AFTER_S else LONG_CAP_S)
