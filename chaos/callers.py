"""The apps of a search: they do what the proxy's documentation tells an app to do, and each in its own way.

A call that may be repeated is repeated under its own key. A call that has none is repeated only where the answer says
that nothing happened. Some apps ask for less time than the policy gives, some hang up. Each request carries a tag, so
that whoever looks at the wire knows which requests belong to one call.

They remember what they were told; whether that is true is for the judge (chaos/promises.py).
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from tidegate.chaos.apps import Ending, Intent, payment, told
from tidegate.chaos.client import Client, NotConnected
from tidegate.chaos.naive import Answer, ConnectionLost

TAG_HEADER = "Shop-Call"

PATIENCE_S = 45.0
"""An app gives an intent up when its next try would begin later than this after the first."""

BASE_S, CAP_S = 1.0, 10.0
"""Exponential backoff with full jitter between calls."""

WAITS_S = 60.0
"""An app that does not hang up waits so long for an answer: three times what the policy gives a call."""

REFUSED = (429, 503)
"""Nothing happened."""
REPEATABLE = (0, 409, 429, 502, 503, 504)
"""Worth a repetition under the same key."""


@dataclass(frozen=True, slots=True)
class Story:
    """One way of calling. `asks_s` goes into Tidegate-Timeout; after `hangs_up_s` it closes the connection."""

    operation: str
    keyed: bool = False
    asks_s: float | None = None
    hangs_up_s: float | None = None
    tries: int = 20

    @property
    def in_a_hurry(self) -> bool:
        """Whether it gives a call less time than the policy does."""
        return self.asks_s is not None or self.hangs_up_s is not None

    @property
    def writes(self) -> bool:
        """Whether it changes something at the vendor."""
        return self.operation.startswith("Post")


STORIES: Mapping[str, Story] = {
    "payment": Story("PostPaymentIntents", keyed=True),
    "urgent": Story("PostPaymentIntents", keyed=True, asks_s=1.0),
    "hasty": Story("PostPaymentIntents", keyed=True, hangs_up_s=0.5),
    "charge": Story("PostPaymentIntents"),
    "member": Story("PostCustomers", keyed=True, tries=4),
    "rash": Story("PostCustomers", keyed=True, hangs_up_s=0.3, tries=4),
    "signup": Story("PostCustomers"),
    "read": Story("GetPaymentIntents"),
    "sale": Story("PostPaymentIntents", keyed=True, tries=1),
    "look": Story("GetPaymentIntents", tries=1),
}
"""`sale` and `look` ask once: the traffic of an outage (chaos/outage.py), which does not depend on the answers.
PostCustomers is an operation that is never resent: the search's vendor file says so (chaos/draw.py)."""

OPERATIONS = {name: story.operation for name, story in STORIES.items()}
EFFECTS = {"PostPaymentIntents": "payment_intent.succeeded", "PostCustomers": "customer.created"}
"""The journal's word for what an operation does once for each intent."""


@dataclass(slots=True)
class Asked:
    """One call as its app saw it. `status` is 0 where no answer came; times are seconds since the run began."""

    tag: str
    intent: Intent
    sent_s: float
    told_s: float
    status: int
    problem: str
    attempts: int
    hung_up: bool
    allowed_s: float


class Caller:
    """Pursues intents. `since` gives seconds since the run began; `budget_s` is the policy's time for a call."""

    def __init__(
        self,
        client: Client,
        vendor: str,
        rng: random.Random,
        sleep: Callable[[float], Awaitable[None]],
        since: Callable[[], float],
        budget_s: float,
    ) -> None:
        self._client = client
        self._vendor = vendor
        self._rng = rng
        self._sleep = sleep
        self._since = since
        self._budget_s = budget_s
        self.asked: list[Asked] = []
        self.shown: list[Answer] = []

    async def pursue(self, intent: Intent) -> Ending:
        """Call until it is done, refused for good, or the patience is used up."""
        story, statuses = STORIES[intent.story], list[int]()
        give_up_s = intent.asked_s + intent.patience_s
        again = REPEATABLE if story.keyed or not story.writes else REFUSED
        while True:
            asked = await self._try(intent, story, len(statuses) + 1)
            statuses.append(asked.status)
            wait_s = self._rng.uniform(0, min(CAP_S, BASE_S * 2 ** (len(statuses) - 1)))
            final = asked.status not in again or len(statuses) >= story.tries
            if final or self._since() + wait_s > give_up_s:
                return Ending(intent, told(statuses), self._since(), tuple(statuses))
            await self._sleep(wait_s)

    async def _try(self, intent: Intent, story: Story, number: int) -> Asked:
        tag = f"{intent.id}/{number}"
        allowed_s = min(self._budget_s, story.asks_s or self._budget_s)
        asked = Asked(tag, intent, self._since(), 0.0, 0, "", 0, hung_up=False, allowed_s=allowed_s)
        try:
            answer = await self._client.ask(request(intent, story, self._vendor, tag), story.hangs_up_s or WAITS_S)
        except NotConnected:
            asked.status = 503
            asked.problem = "not connected"
        except ConnectionLost as error:
            asked.hung_up = isinstance(error.__cause__, TimeoutError)
        else:
            asked.status = answer.status
            asked.problem = answer.headers.get("Tidegate-Problem", "")
            asked.attempts = int(answer.headers.get("Tidegate-Attempts", "0"))
            self.shown.append(answer)
        asked.told_s = self._since()
        self.asked.append(asked)
        return asked


def request(intent: Intent, story: Story, vendor: str, tag: str) -> bytes:
    """The whole request."""
    lines = ["Host: proxy", "Authorization: Bearer local", f"{TAG_HEADER}: {tag}"]
    if story.keyed:
        lines.append(f"Idempotency-Key: {intent.id}")
    if story.asks_s is not None:
        lines.append(f"Tidegate-Timeout: {story.asks_s:g}s")
    if not story.writes:
        first, body = f"GET /{vendor}/v1/payment_intents?limit=3 HTTP/1.1", ""
    else:
        pays = story.operation == "PostPaymentIntents"
        body = urlencode(payment(intent) if pays else {"metadata[order_id]": intent.id})
        first = f"POST /{vendor}/v1/{'payment_intents' if pays else 'customers'} HTTP/1.1"
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([first, *lines, "", body]).encode()
