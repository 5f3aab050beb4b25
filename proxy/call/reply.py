"""The reply to a call: the vendor's answer, a stored one, or a refusal of our own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from multidict import CIMultiDictProxy

from tidegate.problems import PROBLEMS, Problem
from tidegate.proxy.call.outcome import Verdict

RawHeaders = Sequence[tuple[bytes, bytes]]
"""Header lines as they came: name and value, in their order and spelling."""

DIGESTS = frozenset((b"content-md5", b"digest", b"content-digest", b"repr-digest"))
"""Fields that tell of the very bytes of a body (RFC 9530), in lower case: they do not outlive a change of it."""


@dataclass(frozen=True, slots=True)
class AcceptedWrite:
    """What the app is told of a write that is carried out later: the document, and the headers that go with it."""

    delivery_id: str
    document: Mapping[str, object]
    key: str
    """The app's own idempotency key; empty where it gave none."""
    preferred: bool
    """The app had asked for it (RFC 7240)."""


@dataclass(slots=True)
class Reply:
    """The answer that the app gets. `headers` are the vendor's lines, already without hop-by-hop ones.

    `problem` is set where the reply is our own; status, headers and body then follow from it when it is written.
    """

    status: int
    reason: str
    headers: RawHeaders
    body: bytes
    verdict: Verdict
    vendor_headers: CIMultiDictProxy[str] | None = None
    """The vendor's headers as it sent them, for the policies that read them."""
    problem: Problem | None = None
    detail: str = ""
    error: str = ""
    """RFC 9209 §2.3 error type for Proxy-Status, where there is one."""
    retry_after_s: float | None = None
    stored: bool = False
    """The vendor marked this as the stored answer to an earlier request with the same key."""
    streamed: bool = False
    """It went to the app as it came, or as much of it as there was. `body` is a copy, or empty where `whole` is not."""
    whole: bool = True
    """`body` is all of it."""
    replayed: bool = False
    """We kept this answer ourselves; no attempt was made."""
    limit_headers: tuple[tuple[str, str], ...] = ()
    """Headers of ours: what is left of the vendor's limits."""
    cache: str = ""
    """The cache's part in the answer to a read: `hit`, `miss`, `stale`, `static`, …"""
    proxy_status: bytes = b""
    """Proxy-Status, where the answer is not simply the vendor's to this call."""
    accepted: AcceptedWrite | None = None
    """It was accepted, and is carried out later: status, headers and body follow from this when it is written."""


@dataclass(slots=True)
class Streamed:
    """The part of an answer that was passed on as it came."""

    bytes: int = 0
    events: int = 0
    """Whole events of `text/event-stream`."""


STORE_RETRY_S = 5.0
"""So long an app is told to wait while our store cannot be written: a lock ends in seconds, or a person acts."""


def refused_for_store() -> Reply:
    """Our refusal of a call that cannot be recorded: it was not sent, and the vendor has nothing to do with it."""
    detail = "Tidegate's own store cannot be used now, so the call was not sent; Tidegate's log tells why."
    return refused(PROBLEMS["store-unavailable"], detail, retry_after_s=STORE_RETRY_S)


def refused(problem: Problem, detail: str, *, retry_after_s: float | None = None, error: str = "") -> Reply:
    """Our own refusal: nothing was sent for it."""
    return Reply(
        status=problem.status,
        reason="",
        headers=(),
        body=b"",
        verdict=Verdict.REFUSED,
        problem=problem,
        detail=detail,
        error=error or problem.proxy_status,
        retry_after_s=retry_after_s,
    )
