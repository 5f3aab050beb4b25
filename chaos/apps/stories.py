"""The stories of a search: each a way of calling, and the requests that it makes.

Each request carries a tag, so that whoever looks at the wire knows which requests belong to one call. How an app goes
on after an answer is search_apps'.
"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlencode

from tidegate.chaos.apps.http_client import HttpResponse
from tidegate.chaos.apps.retry_loop import Intent, payment
from tidegate.chaos.search_vendors import FRESH_S, LANGUAGE, PAYMENTS
from tidegate.scenario.call_tag import TAG_HEADER

APPS = ("shop", "office")
TOKENS = {app: f"{app}-token" for app in APPS}

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
    prefer: str = ""
    """Its wish (RFC 7240): to be told 202 at once, or after some seconds."""

    @property
    def budget_s(self) -> float:
        """What the policy gives a call of its operation; 0 where it is what all have."""
        return 0.0

    @property
    def effect(self) -> str:
        """The journal's word for what its operation does once for each intent; empty for one that changes nothing."""
        return EFFECTS.get(self.operation, "")

    @property
    def happens_once(self) -> bool:
        """True where to do it twice is an error; not so where it only sets what is sent."""
        return True

    @property
    def fresh_s(self) -> float | None:
        """So long a stored answer of its operation may be given again; None where nobody says."""
        return FRESH_S

    @property
    def is_drawn(self) -> bool:
        """True where its request was drawn from a document: what its answer should be, the document says."""
        return False

    @property
    def repeatable(self) -> bool:
        """True where a call may be repeated when nobody knows its outcome."""
        return self.keyed or not self.writes or self.operation == REMOVAL

    @property
    def in_a_hurry(self) -> bool:
        """True where it gives a call less time than the policy does."""
        return self.asks_s is not None or self.hangs_up_s is not None

    @property
    def may_wait(self) -> bool:
        """True where it may be told 202: it is carried out later."""
        return bool(self.prefer) or self.operation in DEFERRED

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

    def request(self, intent: Intent, tag: str, *, other: bool = False) -> bytes:
        """The whole request; with `other`, with another content of the same length."""
        written = request(intent, self, tag)
        return written.removesuffix(LAST.encode()) + OTHER_LAST.encode() if other else written

    def status_of(self, answer: HttpResponse) -> int:
        """What a whole answer says, as a status: its own, but where the vendor has errors in answers of success."""
        return answer.status


CONVERSATION = "createChatCompletion"
REMOVAL = "DeleteCustomersCustomer"
CHANGE = "PostCustomersCustomer"
REFUND = "PostRefunds"
DEFERRED = frozenset({CHANGE, REFUND})
"""Writes that the search's vendor file defers (chaos/search_vendors.py)."""
KEPT_CUSTOMERS = 3
"""Customers of each app who are changed again and again: changes of one are to be carried out in order."""
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
    "later": Story("PostPaymentIntents", keyed=True, prefer="respond-async"),
    "leisure": Story("PostPaymentIntents", prefer="respond-async"),
    "await": Story("PostPaymentIntents", keyed=True, prefer="respond-async, wait=2"),
    "entrust": Story("PostCustomers", keyed=True, prefer="respond-async", tries=4),
    "amend": Story(CHANGE, keyed=True),
    "refund": Story(REFUND, keyed=True),
}
"""`sale` and `look` ask once: the traffic of an outage (chaos/search/recovery.py), whatever the answers are. The last
six may wait: they are drawn where outbox and inbox are played (chaos/timeline/boxes.py).

PostCustomers is never resent, GetRefunds is cached, and a conversation may be repeated: the search's vendor files say
so (chaos/search_vendors.py)."""

OPERATIONS = {name: story.operation for name, story in STORIES.items()}
EFFECTS = {
    "PostPaymentIntents": "payment_intent.succeeded",
    "PostCustomers": "customer.created",
    REMOVAL: "customer.deleted",
    CHANGE: "customer.updated",
    REFUND: "refund.created",
}
"""The journal's word for what an operation does once for each intent."""


def member_of(intent: Intent) -> str:
    """The id of the customer whom an intent to remove one is about."""
    return f"cus_{intent.id}"


def payment_of(intent: Intent) -> str:
    """The id of the payment that an intent to refund one is about."""
    return f"pi_{intent.id}"


def kept_customer_of(intent: Intent) -> str:
    """The id of the customer whom an intent to change one is about."""
    return f"cus_{app_of(intent)}_{int(intent.id[-3:-1]) % KEPT_CUSTOMERS}"


def app_of(intent: Intent) -> str:
    """Whose customer it is."""
    return APPS[int(intent.id[-1]) % len(APPS)]


def key_of(intent: Intent) -> str:
    """Its idempotency key. The apps know nothing of each other, so two intents, one of each app, have the same key."""
    return f"{intent.id[:-1]}{int(intent.id[-1]) // len(APPS)}"


def request(intent: Intent, story: Story, tag: str) -> bytes:
    """The whole request."""
    head, body = (part.replace(ORDER, intent.id) for part in _written(story, app_of(intent)))
    if story.operation == CHANGE:
        head = head.replace(f"cus_{intent.id}", kept_customer_of(intent), 1)
    keyed = f"Idempotency-Key: {key_of(intent)}\r\n" if story.keyed else ""
    if story.content == "chunks":
        length, body = "Transfer-Encoding: chunked\r\n", f"{len(body):x}\r\n{body}\r\n0\r\n\r\n"
    else:
        length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{head}{TAG_HEADER}: {tag}\r\n{keyed}{length}\r\n{body}".encode()


@functools.cache
def _written(story: Story, app: str) -> tuple[str, str]:
    """The part that all requests of a story and an app share: the head's first lines, and the body with ORDER in it."""
    method, path, body = _asked(story)
    media = "application/json" if story.streams else FORM
    if story.content == "long":
        body += f"&{urlencode(NOTES)}&metadata[last]={LAST}"
    elif story.content != "usual":
        body, media = HIDDEN * (1 if story.content == "some" else MUCH), "text/plain"
    lines = [f"{method} /{story.vendor}{path} HTTP/1.1", "Host: 127.0.0.1"]
    lines.append(f"Authorization: Bearer {TOKENS[app]}")
    if story.prefer:
        lines.append(f"Prefer: {story.prefer}")
    if story.asks_s is not None:
        lines.append(f"Tidegate-Timeout: {story.asks_s:g}s")
    if body:
        lines.append(f"Content-Type: {media}")
    return "\r\n".join([*lines, ""]), body


def _asked(story: Story) -> tuple[str, str, str]:
    """Method, path and body of what a story asks for, with ORDER in them."""
    order = Intent(ORDER, "", 0.0)
    named = {"metadata[order_id]": order.id}
    asked = {
        "PostPaymentIntents": ("POST", "/v1/payment_intents", urlencode(payment(order))),
        "PostCustomers": ("POST", "/v1/customers", urlencode(named)),
        CHANGE: ("POST", f"/v1/customers/{member_of(order)}", urlencode(named)),
        REFUND: ("POST", "/v1/refunds", urlencode({"payment_intent": payment_of(order), "amount": 1, **named})),
        CONVERSATION: ("POST", "/chat/completions", CHAT % order.id),
        REMOVAL: ("DELETE", f"/v1/customers/{member_of(order)}", ""),
        "GetRefunds": ("GET", "/v1/refunds?limit=3", ""),
        "GetPaymentIntents": ("GET", "/v1/payment_intents?limit=3", ""),
    }
    return asked[story.operation]
