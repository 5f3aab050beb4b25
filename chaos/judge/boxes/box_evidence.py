"""The evidence of outbox and inbox: what the vendor sent and was told, what apps got, what records said in the end.

What vendors post is read from the wire, and their signatures by a few lines of the judge's own.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from tidegate.chaos.apps.event_receiver import TakenPost
from tidegate.chaos.search_vendors import Deferral
from tidegate.chaos.world.line import Line

_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_SIGNATURE = re.compile(rb"\r\nStripe-Signature: ([^\r]+)\r\n", re.IGNORECASE)


ENDED = ("done", "dead", "parked", "cancelled")
"""States in which a write waits for nothing but a person."""


@dataclass(slots=True)
class VendorPost:
    """One webhook that a vendor posted to the inbox: once for each try, and each copy."""

    at: float
    event: str
    """The event's id."""
    thing: str
    """The id of what it is about."""
    body: bytes
    genuine: bool
    """It is signed with the vendor's secret."""
    status: int = 0
    answered_s: float = float("inf")


@dataclass(frozen=True, slots=True)
class WriteRecord:
    """The record of a write in the end, as its app reads it. `state` is empty where there is none."""

    state: str
    reason: str = ""
    outcome: str = ""
    tries: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing more becomes of it by itself."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class BoxEvidence:
    """What is known of outbox and inbox."""

    deferral: Deferral
    inbox_order: str
    """What an event that an app does not take means to later ones of its thing: see AppWebhooks.order."""
    records: Mapping[str, WriteRecord]
    """By the id that the 202, or the answer of unknown outcome, gave."""
    posted: Sequence[VendorPost]
    taken: Sequence[TakenPost]
    left: Mapping[str, str]
    """Id → box and state of each delivery that had not ended when everything had been well for long."""
    keys: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Id → app and idempotency key of each of those."""
    burned: int = 0
    """Deliveries that are said to have been tried more often than tries are on record."""
    begun: Mapping[str, float] = field(default_factory=dict)
    """Id → seconds after its acceptance at which the last try of a deferred write was begun."""
    poisoned: frozenset[tuple[str, bytes]] = frozenset()
    """App and body of webhooks that were given up because the proxy died three times while it had them."""
    behind: frozenset[str] = frozenset()
    """The ids of writes that wait behind one that waits for a person."""


class InboxTap:
    """Listens on the way to the inbox."""

    def __init__(self, line: Line, since: Callable[[], float], secret: str) -> None:
        self.posts: list[VendorPost] = []
        self._since, self._secret = since, secret.encode()
        self._open: dict[object, VendorPost] = {}
        line.sent, line.received = self._sent, self._received

    def _sent(self, connection: object, data: bytes) -> None:
        head, gap, body = data.partition(b"\r\n\r\n")
        if not gap or not head.startswith(b"POST "):
            return
        event = orjson.loads(body)
        post = VendorPost(
            self._since(), event["id"], event["data"]["object"]["id"], body, self._is_genuine(head + b"\r\n", body)
        )
        self.posts.append(post)
        self._open[connection] = post

    def _received(self, connection: object, data: bytes) -> None:
        status, post = _STATUS.match(data), self._open.get(connection)
        if status is not None and post is not None:
            post.status, post.answered_s = int(status[1]), self._since()

    def _is_genuine(self, head: bytes, body: bytes) -> bool:
        """docs.stripe.com/webhooks: v1 is the HMAC of the stamp, a dot and the body."""
        line = _SIGNATURE.search(head)
        if line is None:
            return False
        parts = [part.partition(b"=") for part in line[1].split(b",")]
        stamp = next((value for name, _, value in parts if name == b"t"), b"")
        right = hmac.new(self._secret, stamp + b"." + body, hashlib.sha256).hexdigest().encode()
        return any(name == b"v1" and value == right for name, _, value in parts)
