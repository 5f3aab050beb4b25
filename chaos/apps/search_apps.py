"""The apps of a search: they do what the proxy's documentation tells an app to do, and each in its own way.

A call that may be repeated is repeated, a write under its own key unless it is one that may be done twice. Any other is
repeated only where the answer says that nothing happened. Some apps ask for less time than the policy gives, some hang
up. Each request carries a tag, so that whoever looks at the wire knows which requests belong to one call. There are two
apps; each has its own token.

They remember what they were told; whether that is true is for the judge (chaos/judge/promises.py).
"""

import functools
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from tidegate.chaos.apps.http_client import HttpClient, HttpResponse, NotConnected
from tidegate.chaos.apps.naive_sdk import ConnectionLost
from tidegate.chaos.apps.retry_loop import Intent, IntentResult, outcome_of, payment
from tidegate.chaos.search_vendors import LANGUAGE, PAYMENTS

TAG_HEADER = "Call-Tag"
"""Its name must not speak of an account, or no two calls would share a stored answer.

See proxy/policies/caching/vary.py.
"""

APPS = ("shop", "office")
TOKENS = {app: f"{app}-token" for app in APPS}

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


Content = Literal["usual", "long", "some", "much", "chunks"]

Again = Literal["", "same", "other"]
"""The content of a call that comes under the key of one that is done. The other one differs in its last bytes alone."""


@dataclass(frozen=True, slots=True)
class Story:
    """One way of calling. `asks_s` goes into Tidegate-Timeout; after `hangs_up_s` it closes the connection."""

    operation: str
    keyed: bool = False
    asks_s: float | None = None
    hangs_up_s: float | None = None
    tries: int = 20
    content: Content = "usual"
    """What a request carries that usually carries nothing: some content, or much, with a length or in chunks. `long`
    is its own content, and more of it than the proxy keeps."""
    again: Again = ""
    """Once it is done, it is asked for once more under the same key, as what is delivered twice or mixed up is."""

    @property
    def repeatable(self) -> bool:
        """True where a call may be repeated when nobody knows its outcome."""
        return self.keyed or not self.writes or self.operation == REMOVAL

    @property
    def in_a_hurry(self) -> bool:
        """True where it gives a call less time than the policy does."""
        return self.asks_s is not None or self.hangs_up_s is not None

    @property
    def writes(self) -> bool:
        """True where it changes something at the vendor."""
        return self.operation in EFFECTS

    @property
    def streams(self) -> bool:
        """True where it asks for an event stream."""
        return self.operation == CONVERSATION

    @property
    def vendor(self) -> str:
        """Whom it calls."""
        return LANGUAGE if self.streams else PAYMENTS


CONVERSATION = "createChatCompletion"
REMOVAL = "DeleteCustomersCustomer"
CHAT = '{"model": "m", "stream": true, "messages": [{"role": "user", "content": "%s"}]}'
ORDER = "ORDER-ID"
"""Stands for the intent's id in a request that is written once."""
HIDDEN_PATH = "/v1/events"
HIDDEN = f"GET {HIDDEN_PATH}?limit=1 HTTP/1.1\r\nHost: vendor\r\n\r\n"
"""A content that is a request where nobody says how long it is (RFC 9112 §6.3). No app ever asks for events."""
MUCH = 100
"""So often is it repeated in a content of which half is more than the proxy keeps (`KEPT_BYTES` of a trial)."""
NOTES = {f"metadata[note_{n}]": "all that the customer said " * 15 for n in range(5)}
"""They make a content long: twice as much as the proxy keeps."""
LAST, OTHER_LAST = "the+first", "the+other"
"""The end of a long content, and of the other one, which is as long and the same up to here."""
AGAIN_S = 60.0
"""A request that is done comes again within this."""
FORM = "application/x-www-form-urlencoded"

STORIES: Mapping[str, Story] = {
    "payment": Story("PostPaymentIntents", keyed=True),
    "urgent": Story("PostPaymentIntents", keyed=True, asks_s=1.0),
    "hasty": Story("PostPaymentIntents", keyed=True, hangs_up_s=0.5),
    "charge": Story("PostPaymentIntents"),
    "member": Story("PostCustomers", keyed=True, tries=4),
    "rash": Story("PostCustomers", keyed=True, hangs_up_s=0.3, tries=4),
    "signup": Story("PostCustomers"),
    "leave": Story(REMOVAL),
    "purge": Story(REMOVAL, content="much"),
    "erase": Story(REMOVAL, content="chunks"),
    "audit": Story("GetRefunds", content="some"),
    "inquire": Story("GetPaymentIntents", content="chunks"),
    "brisk": Story("PostCustomers", keyed=True, asks_s=1.0, tries=2),
    "repeat": Story("PostCustomers", keyed=True, tries=4, again="same"),
    "enroll": Story("PostCustomers", keyed=True, tries=4, content="long", again="same"),
    "revise": Story("PostPaymentIntents", keyed=True, content="long", again="other"),
    "glance": Story("GetPaymentIntents", hangs_up_s=0.3, tries=2),
    "quit": Story(REMOVAL, keyed=True, tries=6),
    "read": Story("GetPaymentIntents"),
    "browse": Story("GetRefunds"),
    "chat": Story(CONVERSATION),
    "talk": Story(CONVERSATION, keyed=True),
    "skim": Story(CONVERSATION, hangs_up_s=0.4, tries=2),
    "sale": Story("PostPaymentIntents", keyed=True, tries=1),
    "look": Story("GetPaymentIntents", tries=1),
}
"""`sale` and `look` ask once: the traffic of an outage (chaos/search/recovery.py), whatever the answers are.

PostCustomers is never resent, GetRefunds is cached, and a conversation may be repeated: the search's vendor files say
so (chaos/search_vendors.py)."""

OPERATIONS = {name: story.operation for name, story in STORIES.items()}
EFFECTS = {
    "PostPaymentIntents": "payment_intent.succeeded",
    "PostCustomers": "customer.created",
    REMOVAL: "customer.deleted",
}
"""The journal's word for what an operation does once for each intent."""


@dataclass(slots=True)
class AppCall:
    """One call as its app saw it. `status` is 0 where no answer came; times are seconds since the run began."""

    tag: str
    intent: Intent
    sent_s: float
    ended_s: float
    status: int
    problem: str
    attempts: int
    allowed_s: float
    headed_s: float | None = None
    """The moment at which the answer's head came; None where none came."""
    answer: HttpResponse | None = None
    """The answer, or as much as came of it."""
    again: Again = ""
    """Where it is the one that comes under the key of one that is done: its content."""


class SearchApp:
    """Pursues intents.

    `since` gives seconds since the run began, as the client's world does; `budget_s` is the policy's time for a call.
    """

    def __init__(
        self,
        client: HttpClient,
        rng: random.Random,
        sleep: Callable[[float], Awaitable[None]],
        since: Callable[[], float],
        budget_s: float,
    ) -> None:
        self._client = client
        self._rng = rng
        self._sleep = sleep
        self._since = since
        self._budget_s = budget_s
        self.calls: list[AppCall] = []

    async def pursue(self, intent: Intent) -> IntentResult:
        """Call until it is done, refused for good, or the patience is used up."""
        story, statuses = STORIES[intent.story], list[int]()
        give_up_s = intent.start_s + intent.patience_s
        again = REPEATABLE if story.repeatable else REFUSED
        while True:
            call = await self._try(intent, story, len(statuses) + 1)
            statuses.append(call.status)
            wait_s = self._rng.uniform(0, min(CAP_S, BASE_S * 2 ** (len(statuses) - 1)))
            wait_s += _retry_after_s(call)
            final = call.status not in again or len(statuses) >= story.tries
            if final or self._since() + wait_s > give_up_s:
                ended = IntentResult(intent, outcome_of(statuses), self._since(), tuple(statuses))
                if story.again and 200 <= call.status < 300:
                    await self._sleep(self._rng.uniform(0, AGAIN_S))
                    await self._try(intent, story, len(statuses) + 1, story.again)
                return ended
            await self._sleep(wait_s)

    async def _try(self, intent: Intent, story: Story, number: int, again: Again = "") -> AppCall:
        tag, sent_s = f"{intent.id}/{number}", self._since()
        allowed_s = min(self._budget_s, story.asks_s or self._budget_s)
        call = AppCall(tag, intent, sent_s, 0.0, 0, "", 0, allowed_s, again=again)
        written, halves = request(intent, story, tag), story.content in ("long", "much", "chunks")
        if again == "other":
            written = written.removesuffix(LAST.encode()) + OTHER_LAST.encode()
        try:
            answer = await self._client.ask(written, story.hangs_up_s or WAITS_S, halves=halves)
        except NotConnected:
            call.status = 503
            call.problem = "not connected"
        except ConnectionLost:
            pass
        else:
            call.answer, call.headed_s = answer, answer.headed_s
            if answer.whole:
                call.status = answer.status
                call.problem = answer.headers.get("Tidegate-Problem", "")
                call.attempts = int(answer.headers.get("Tidegate-Attempts", "0"))
        call.ended_s = self._since()
        self.calls.append(call)
        return call


def _retry_after_s(call: AppCall) -> float:
    """Seconds of the answer's Retry-After, 0 without one. Our apps read no date, as few do."""
    after = call.answer.headers.get("Retry-After", "") if call.answer is not None and call.answer.whole else ""
    return float(after) if after.isdecimal() else 0.0


def member_of(intent: Intent) -> str:
    """The id of the customer whom an intent to remove one is about."""
    return f"cus_{intent.id}"


def app_of(intent: Intent) -> str:
    """Whose customer it is."""
    return APPS[int(intent.id[-1]) % len(APPS)]


def key_of(intent: Intent) -> str:
    """Its idempotency key. The apps know nothing of each other, so two intents, one of each app, have the same key."""
    return f"{intent.id[:-1]}{int(intent.id[-1]) // len(APPS)}"


def request(intent: Intent, story: Story, tag: str) -> bytes:
    """The whole request."""
    head, body = (part.replace(ORDER, intent.id) for part in _written(story, app_of(intent)))
    keyed = f"Idempotency-Key: {key_of(intent)}\r\n" if story.keyed else ""
    if story.content == "chunks":
        length, body = "Transfer-Encoding: chunked\r\n", f"{len(body):x}\r\n{body}\r\n0\r\n\r\n"
    else:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{head}{TAG_HEADER}: {tag}\r\n{keyed}{length}\r\n{body}".encode()


@functools.cache
def _written(story: Story, app: str) -> tuple[str, str]:
    """The part that all requests of a story and an app share: the head's first lines, and the body with ORDER in it."""
    order = Intent(ORDER, "", 0.0)
    media, body, method = FORM, "", "POST"
    if story.operation == "PostPaymentIntents":
        path, body = "/v1/payment_intents", urlencode(payment(order))
    elif story.operation == "PostCustomers":
        path, body = "/v1/customers", urlencode({"metadata[order_id]": order.id})
    elif story.streams:
        path, body, media = "/chat/completions", CHAT % order.id, "application/json"
    elif story.operation == REMOVAL:
        path, method = f"/v1/customers/{member_of(order)}", "DELETE"
    else:
        path, method = f"/v1/{'refunds' if story.operation == 'GetRefunds' else 'payment_intents'}?limit=3", "GET"
    if story.content == "long":
        body += f"&{urlencode(NOTES)}&metadata[last]={LAST}"
    elif story.content != "usual":
        body, media = HIDDEN * (1 if story.content == "some" else MUCH), "text/plain"
    lines = [f"{method} /{story.vendor}{path} HTTP/1.1", "Host: 127.0.0.1"]
    lines.append(f"Authorization: Bearer {TOKENS[app]}")
    if story.asks_s is not None:
        lines.append(f"Tidegate-Timeout: {story.asks_s:g}s")
    if body:
        lines.append(f"Content-Type: {media}")
    return "\r\n".join([*lines, ""]), body
