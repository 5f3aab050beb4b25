"""The decision on a call with an idempotency key: new, answered from its record, or sent again under its key.

The record is written before the first byte leaves and settled after the last one came, so after a crash it says the
truth, or "running" with a lease that ran out, which is *unknown*. Unknown is never begun anew: it is resumed under the
same vendor key while the vendor still remembers that key, and expired after that.
It refuses to know where records are kept (tidegate.proxy.store.records). What protects is counted in the seconds of a
store's life, which outlive the process and which no wall clock moves (tidegate.proxy.policies.resilience.store_time).
Semantics follow draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.resilience.store_time import StoreTime

RecordState = Literal["running", "done", "failed", "unknown"]
"""`failed` is "applied but failed": final, and kept for replay like `done`."""

KEEP_AS: Mapping[Outcome, RecordState | None] = {
    Outcome.DONE: "done",
    Outcome.APPLIED_BUT_FAILED: "failed",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_APPLIED: None,
}
"""The state of a record after its call. None frees the key: nothing happened, so the next try is a first one."""

KEY_MARGIN_SHARE, KEY_MARGIN_MAX_S = 0.1, 3600.0
"""A vendor's memory of a key is trusted up to a tenth, or an hour, before its end: resends take time, clocks differ."""

RUNNING_RETRY_MAX_S = 2.0
"""Most calls end long before their lease does, so whoever repeats one is asked back soon."""

KEY_EXPIRED = "key expired"
"""Why a call is not carried out whose earlier try may have been, once no resend is safe any more."""

KEY_CHARACTERS_MAX = 255
"""Longer keys are refused by the vendors that state a limit."""


@dataclass(frozen=True, slots=True)
class IdempotencyRecord:
    """One keyed call. It is found by app, vendor, operation and key together.

    `lease_until` and `keep_until` are ages of the store that have surely passed, `resend_until` is one that may have:
    before it a resend under `vendor_key`, which is what the vendor saw, is safe. Times named `wall` are for people.
    `digest` is that of the request's content, where it is known and the fingerprint does not say everything.
    `headers` is JSON, `body` as answered; both, and `status`, mean something only in the states done and failed.
    """

    app: str
    vendor: str
    operation: str
    key: str
    vendor_key: str
    fingerprint: str
    state: RecordState
    call_id: str
    began_wall: float
    ended_wall: float
    lease_until: float
    status: int
    headers: bytes
    body: bytes
    keep_until: float
    resend_until: float
    digest: str = ""
    credential: str = ""
    """The member of a pool that it was sent under, where the vendor may know it under that one alone."""


@dataclass(frozen=True, slots=True)
class Begin:
    """No record, or none that still counts: write one and send."""


@dataclass(frozen=True, slots=True)
class Resume:
    """The earlier try may have happened: send again under this vendor key.

    `digest` is that of the earlier try's content, where it is known: another content must not be sent. `credential` is
    the member of a pool that it was sent under, where no other may be worn.
    """

    key: str
    digest: str = ""
    credential: str = ""


@dataclass(frozen=True, slots=True)
class Replay:
    """Answer from the record; send nothing."""

    record: IdempotencyRecord


@dataclass(frozen=True, slots=True)
class Mismatch:
    """The key was used for another request (422)."""


@dataclass(frozen=True, slots=True)
class Running:
    """The first call with this key has not ended (409)."""

    retry_after_s: float


@dataclass(frozen=True, slots=True)
class Expired:
    """The earlier try may have happened and no resend is safe any more: its outcome stays unknown."""

    record: IdempotencyRecord


Decision = Begin | Resume | Replay | Mismatch | Running | Expired

_BEGIN, _MISMATCH = Begin(), Mismatch()


def parse_key(header: str) -> str | None:
    """The key inside an `Idempotency-Key` value: a quoted string, as the draft has it, or bare, as the vendors have it.

    None where it is empty, longer than 255 characters, or not printable ASCII.
    """
    value = header.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    usable = 0 < len(value) <= KEY_CHARACTERS_MAX and value.isascii() and value.isprintable()
    return value if usable else None


def fingerprint(method: str, path: str, content_type: str, body: bytes) -> str:
    """The mark by which two requests are the same: SHA-256 in hex over method, path with query, media type and body.

    Each part is preceded by its length, so that no two different requests run together into the same bytes. Parameters
    of the content type (charset, boundary) do not tell requests apart.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    head = "".join(f"{len(part)}:{part}" for part in (method, path, media_type))
    return hashlib.sha256(head.encode("utf-8", "surrogateescape") + body).hexdigest()


def decide(record: IdempotencyRecord | None, fingerprint: str, now: StoreTime) -> Decision:
    """The decision on a call whose key led to `record`."""
    if record is None:
        return _BEGIN
    settled = record.state in ("done", "failed")
    if settled and now.least >= record.keep_until:
        return _BEGIN
    if record.fingerprint != fingerprint:
        return _MISMATCH
    if settled:
        return Replay(record)
    if record.state == "running" and now.least < record.lease_until:
        return Running(min(record.lease_until - now.least, RUNNING_RETRY_MAX_S))
    if now.most >= record.resend_until:
        return Expired(record)
    return Resume(record.vendor_key, record.digest, record.credential)


def resend_safe_s(key_retention_s: float) -> float:
    """How long after a call began a resend under its vendor key is safe, of the time that the vendor remembers it.

    Infinite where the method alone makes it safe (PUT, DELETE); 0 where nothing does.
    """
    return key_retention_s - min(KEY_MARGIN_SHARE * key_retention_s, KEY_MARGIN_MAX_S)
