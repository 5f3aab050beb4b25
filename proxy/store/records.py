"""Keyed calls and unknown outcomes that outlive the proxy: the port, what passes through it, and rules for any store.

A record is written before the first byte leaves and settled after the last one came. What it means is decided in
tidegate.proxy.policies.resilience.idempotency_record; a store makes one transaction of that decision and what follows
from it. It refuses to know where records are stored.
"""

from dataclasses import dataclass, field
from typing import Protocol

from tidegate.policy.deferral.defer import deadline_s
from tidegate.proxy.call.call import Call
from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.call.reply import RawHeaders
from tidegate.proxy.policies.resilience.idempotency_keys import vendor_key_of
from tidegate.proxy.policies.resilience.idempotency_record import Decision, IdempotencyRecord, fingerprint
from tidegate.proxy.policies.resilience.store_time import StoreTime
from tidegate.proxy.store.stored_headers import headers_from, stored_headers

BODY_KEPT_BYTES_MAX = 1024 * 1024
"""A longer answer is not kept. The vendor is asked again under the same key, which makes it replay its own."""
ANSWER_LEFT_OUT = (b"Tidegate-Body", b"not-kept")
"""The header line of a stored answer whose body was not kept."""
UNKNOWN_KEPT_S = 90 * 86400.0
"""An unknown outcome waits so long for a person, however short the operation keeps its records."""
SWEEP_ROWS_MAX = 500
"""At most so many rows of a kind are deleted at once, because writes wait meanwhile."""
LEASE_MARGIN_S = 15.0
"""A lease is the longest that a call may take, and this: no call may outlive its own."""


@dataclass(frozen=True, slots=True)
class KeyedCall:
    """A call that carries an idempotency key, as it asks to begin. Times are seconds; `vendor_key` is ours to send.

    `longest_s` is how long the call may take, a streamed answer included. `key_retention_s` is how long a resend under
    the vendor's key is safe: 0 where nothing makes it safe, infinite where the method does.
    """

    app: str
    vendor: str
    operation: str
    key: str
    vendor_key: str
    fingerprint: str
    call_id: str
    longest_s: float
    keep_s: float
    key_retention_s: float
    credential: str = ""
    """The member of a pool that it will probably be sent under (see Records.wear)."""


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as the store knows it. `state` is running, done, failed (applied but failed) or unknown."""

    call_id: str
    app: str
    vendor: str
    operation: str
    state: str
    status: int
    began_wall: float
    ended_wall: float
    keyed: bool = field(kw_only=True)
    credential: str = field(default="", kw_only=True)
    """The member of a pool that it was sent under."""


@dataclass(frozen=True, slots=True)
class SettledAnswer:
    """The answer of a call that has ended, as it is stored. `headers` is JSON; `body` is empty where it is not kept."""

    status: int
    headers: bytes
    body: bytes
    body_kept: bool


NO_ANSWER = SettledAnswer(0, b"", b"", body_kept=True)
"""Of a call whose outcome is unknown."""


class Records(Protocol):
    """The records of a store. `now` is what its own clock says. Every method but that raises StoreError."""

    def now(self) -> StoreTime:
        """The time of the store."""
        ...

    async def begin(self, call: KeyedCall, now: StoreTime) -> Decision:
        """Decide about a keyed call, and write down in the same transaction that it is running, where it is to run.

        On the disk when this returns. A record that runs and whose proxy is dead counts as unknown at once: its lease
        is over whatever the clock says. So does one that is settled and whose body was not kept.
        """
        ...

    async def finish(
        self,
        call_id: str,
        outcome: Outcome,
        *,
        now: StoreTime,
        settled: bool = False,
        status: int = 0,
        headers: RawHeaders = (),
        body: bytes = b"",
        whole: bool = True,
        digest: str = "",
    ) -> bool:
        """Settle a running record. False where it is not this call's any more; then nothing is changed.

        `not applied` frees the key; only a resumed call keeps it as unknown even then, unless `settled`: the vendor's
        own answer under the key says that nothing was applied, so the earlier try is settled too. A body that is not
        `whole` is not kept. `digest` is the request's (Content.digest); the first that is known of a record stays.
        """
        ...

    async def wear(self, call_id: str, credential: str) -> bool:
        """Write down that a running call is sent under this member of a pool. On the disk when this returns.

        False where the record is not this call's any more; then nothing is changed.
        """
        ...

    async def note_unknown(
        self, call_id: str, app: str, vendor: str, operation: str, *, began_wall: float, now: StoreTime
    ) -> None:
        """Keep the unknown outcome of a write that had no key, so that it can be asked for."""
        ...

    async def find_call(self, call_id: str) -> StoredCall | None:
        """The call of this id, an earlier one of a resumed record included; None where nothing is known of it."""
        ...

    async def sweep(self, now: StoreTime) -> int:
        """Delete what need not be kept any longer, at most SWEEP_ROWS_MAX rows of a kind. Returns how many went."""
        ...


def settled_answer(status: int, headers: RawHeaders, body: bytes, *, whole: bool) -> SettledAnswer:
    """An answer as it is stored: a body that is too long, or not `whole`, is left out, and a header line says so."""
    kept = whole and len(body) <= BODY_KEPT_BYTES_MAX
    lines = headers if kept else (*headers, ANSWER_LEFT_OUT)
    return SettledAnswer(status, stored_headers(lines), body if kept else b"", kept)


def headers_of(record: IdempotencyRecord) -> RawHeaders:
    """The header lines of a stored answer."""
    return headers_from(record.headers)


def keyed_call_of(call: Call, key: str) -> KeyedCall:
    """The call under its key. One that a worker carries out is remembered as long as it may be carried out."""
    plan = call.plan
    retention_s = {"vendor-key": plan.key_retention_s, "natural": float("inf")}.get(plan.idempotency, 0.0)
    return KeyedCall(
        app=call.app,
        vendor=plan.vendor,
        operation=plan.operation,
        key=key,
        vendor_key=vendor_key_of(call, key) if plan.idempotency == "vendor-key" else "",
        fingerprint=fingerprint(call.method, call.path, call.headers.get("Content-Type", ""), call.content.mark),
        call_id=call.call_id,
        longest_s=max(plan.budget_s, plan.stream_total_s),
        keep_s=max(plan.keep_s, deadline_s(plan)) if call.carried else plan.keep_s,
        key_retention_s=retention_s,
        credential=call.wearer,
    )
