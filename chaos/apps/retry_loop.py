"""The apps: for each intent, the retry loop that people write around an SDK call. The same on both sides of a run.

It retries what a person who reads the standards would: a lost connection or a timeout; 429 (RFC 6585 §4: "too many
requests", come later); 503 (RFC 9110 §15.6.4: a temporary condition, "alleviated after some delay"). The same two
statuses are those for which urllib3 by default waits and resends (`Retry.RETRY_AFTER_STATUS_CODES`, 413 aside). A card
that was declined, a bad request and any other failure are final. Each time is a new SDK call, and so, with the SDK's
defaults, a new Idempotency-Key: that is how payments are doubled.

It counts and remembers what the app was told; whether that is true is for the judge (chaos/judge/invariants.py) to say.
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tidegate.chaos.apps.naive_sdk import ConnectionLost, Sdk, SdkResponse

TRIES = 40
"""SDK calls for one intent: a stop for a loop gone wild. The patience ends it first, whether refusals come fast or
slow; else the judge would hold apps to intents that they had given up long before."""

PATIENCE_S = 60.0
"""The app gives up when the next try would begin later than this after the first."""

BASE_S, CAP_S = 1.0, 8.0
"""Exponential backoff with full jitter between SDK calls."""

AGAIN = (429, 503)

OPERATIONS: dict[str, str] = {"payment": "PostPaymentIntents", "read": "GetPaymentIntents"}
"""The vendor's operation that each story needs."""


class ReportedOutcome(StrEnum):
    """The outcome of an intent as the app knows it from its answers."""

    DONE = "done"
    NOT_APPLIED = "not applied"
    """Every call was refused for good or for now: the app may tell its customer that nothing happened."""
    UNKNOWN = "unknown"
    """At least one call of a write got no answer that says what became of it."""


@dataclass(frozen=True, slots=True)
class Intent:
    """Something that a customer wants once; `story` is how the app goes about it.

    `asked_s` is when, in seconds since the start of the run.
    """

    id: str
    story: str
    start_s: float
    patience_s: float = PATIENCE_S
    names: Mapping[str, str] = field(default_factory=dict, hash=False)
    """What it is about at the vendor, by the names that a request has for it."""


@dataclass(slots=True)
class IntentResult:
    """The end of an intent, as its app knows it. `statuses` are those of its SDK calls, 0 for a lost connection."""

    intent: Intent
    outcome: ReportedOutcome
    ended_s: float
    statuses: tuple[int, ...]


class App:
    """One app with its SDK client. `since` gives seconds since the start of the run; `seen` is shown every answer."""

    def __init__(
        self,
        sdk: Sdk,
        rng: random.Random,
        sleep: Callable[[float], Awaitable[None]],
        since: Callable[[], float],
        seen: Callable[[SdkResponse], None] = lambda _: None,
    ) -> None:
        self._sdk = sdk
        self._rng = rng
        self._sleep = sleep
        self._since = since
        self._seen = seen

    async def pursue(self, intent: Intent) -> IntentResult:
        """Call until it is done, refused for good, or the patience is used up."""
        statuses: list[int] = []
        give_up_s = intent.start_s + intent.patience_s
        while True:
            status = await self._try(intent)
            statuses.append(status)
            wait_s = self._rng.uniform(0, min(CAP_S, BASE_S * 2 ** (len(statuses) - 1)))
            final = status not in (0, *AGAIN) or len(statuses) >= TRIES
            if final or self._since() + wait_s > give_up_s:
                return IntentResult(intent, outcome_of(statuses), self._since(), tuple(statuses))
            await self._sleep(wait_s)

    async def _try(self, intent: Intent) -> int:
        try:
            answer = await self._ask(intent)
        except ConnectionLost:
            return 0
        self._seen(answer)
        return self._status_of(intent, answer)

    async def _ask(self, intent: Intent) -> SdkResponse:
        """One call of the SDK's. Raises ConnectionLost."""
        if intent.story == "payment":
            return await self._sdk.call("POST", "/v1/payment_intents", payment(intent))
        return await self._sdk.call("GET", "/v1/payment_intents", {"limit": "3"})

    def _status_of(self, intent: Intent, answer: SdkResponse) -> int:
        """What an answer says, as a status."""
        del intent
        return answer.status


def payment(intent: Intent) -> dict[str, str]:
    """The form of one payment: created and confirmed in one call, with the order's id as metadata."""
    return {
        "amount": "1999",
        "currency": "eur",
        "payment_method": "pm_card_visa",
        "confirm": "true",
        "return_url": "https://shop.example/thanks",
        "metadata[order_id]": intent.id,
    }


def outcome_of(statuses: list[int]) -> ReportedOutcome:
    """The outcome that the statuses of an intent's calls tell. A 5xx but 503 says nothing of what became of a write."""
    if any(200 <= status < 300 for status in statuses):
        return ReportedOutcome.DONE
    if any(status == 0 or (status >= 500 and status != 503) for status in statuses):
        return ReportedOutcome.UNKNOWN
    return ReportedOutcome.NOT_APPLIED
