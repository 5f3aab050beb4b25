"""A delivery: one accepted write on its way to a vendor (outbox), or one received webhook on its way to an app (inbox).

States, and what may follow on what:

    queued    accepted, never tried                          → leased · cancelled · dead
    waiting   tried, and surely not carried out              → leased · cancelled · dead
    unknown   tried, and perhaps carried out                 → leased · parked · done · dead
    leased    a worker has it; nothing was sent under it     → sending · its state before, once the lease is over
    sending   an attempt is on record; bytes may have left   → done · waiting · unknown · parked · dead
    parked    perhaps carried out; only a person can tell    → done (confirm) · queued (redo) · cancelled
              or accepted so, to wait for a person's approval → queued (approve) · dead (refuse) · cancelled
    done      carried out, with the answer                   final
    dead      ended without success, for a reason            → queued · unknown (replay)
    cancelled a person said so                               final

A worker that dies leaves `leased`, which is as good as its state before, or `sending`, which is `unknown` in the outbox
and `waiting` in the inbox: a second post to an app is told by its id. Both once the lease is over. The third time that
a delivery was `sending` it is dead as `poison`, because what kills its worker must not do so for ever. One that was
only `leased` was not being tried: it has killed nobody, however many workers died beside it.

Times are ages of the store in seconds (tidegate.proxy.policies.resilience.store_time), except those called `wall`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tidegate.proxy.call.outcome import Outcome
from tidegate.proxy.policies.resilience.store_time import StoreTime

Box = Literal["outbox", "inbox"]
DeliveryState = Literal["queued", "waiting", "unknown", "leased", "sending", "parked", "done", "dead", "cancelled"]
DeadReason = Literal["rejected", "expired", "poison", "credential", "quota", "contract", "sealed", "refused"]
"""The other side refused it for good; its time was over; it killed its worker; our credential was refused; a quota that
does not come back in time; the answer broke the contract; what is stored of it cannot be opened; a person refused it,
or nobody approved it in time."""
KeyOrder = Literal["block", "skip", "latest-wins"]
"""What a delivery that cannot go on means to later ones with its order key: they wait; they pass it once it has been
tried often enough; they take its place."""
ByHand = Literal["replay", "redo", "confirm", "cancel", "approve", "refuse"]
"""What a person may do: send a dead one again under its key, send a parked one under a new key, say that a parked one
was carried out, give one up, let one go that waits for approval, refuse it."""

LIVE: tuple[DeliveryState, ...] = ("queued", "waiting", "unknown", "leased", "sending", "parked")
"""Not ended."""
DUE: tuple[DeliveryState, ...] = ("queued", "waiting", "unknown")
"""A worker may take one of these once its time has come."""

FOLLOWS: Mapping[DeliveryState, frozenset[DeliveryState]] = {
    "queued": frozenset({"leased", "cancelled", "dead"}),
    "waiting": frozenset({"leased", "cancelled", "dead"}),
    "unknown": frozenset({"leased", "parked", "done", "dead"}),
    "leased": frozenset({"sending", "queued", "waiting", "unknown", "parked", "dead", "done", "cancelled"}),
    "sending": frozenset({"done", "waiting", "unknown", "parked", "dead"}),
    "parked": frozenset({"done", "queued", "cancelled", "dead"}),
    "done": frozenset(),
    "dead": frozenset({"queued", "unknown", "cancelled"}),
    "cancelled": frozenset(),
}
"""State → the states that may follow."""

MAY: Mapping[ByHand, frozenset[DeliveryState]] = {
    "replay": frozenset({"dead"}),
    "redo": frozenset({"parked", "dead"}),
    "confirm": frozenset({"parked", "unknown"}),
    "cancel": frozenset({"queued", "waiting", "parked", "dead"}),
    "approve": frozenset({"parked"}),
    "refuse": frozenset({"parked"}),
}
"""What a person may do → the states in which it makes sense. See `may` for what waits for approval."""

LEASES_LOST_MAX = 3
"""So many workers may die while they try one delivery."""


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery as it is accepted. Its box, app, vendor, operation and key together are unique among those kept.

    Outbox: `app` made the call, `vendor` and `operation` are where it goes, `key` is the app's idempotency key or the
    call's id. Inbox: `app` gets the webhook, `vendor` sent it, `operation` is the event's name (it may be empty), `key`
    is the event's id. `headers` is JSON, a list of pairs, without any secret. `body` is as it is to be sent, or sealed
    (tidegate.proxy.store.sealed). `destination` is the vendor's path with its query, or the app's URL. `order_key`
    is empty where it has no order.
    """

    id: str
    box: Box
    app: str
    vendor: str
    operation: str
    key: str
    fingerprint: str
    method: str
    destination: str
    headers: bytes
    body: bytes
    accepted_wall: float
    deadline: float
    """It must have been delivered before this age of the store."""
    keep_s: float
    """How long it is kept once it is done or cancelled; as long, its key is known."""
    order_key: str = ""
    order: KeyOrder = "block"
    skip_after: int = 0
    """With `skip`: later ones pass it once it has been tried so often."""
    priority: int = 0
    """Greater goes first, among those that are due."""
    not_before: float = 0.0
    state: Literal["queued", "unknown", "parked"] = "queued"
    """`unknown` for a write that was tried at once and perhaps carried out, `parked` for one that waits for approval:
    until its deadline, and then it is refused."""
    trace: str = ""
    """The traceparent of the call or webhook, to link the spans."""

    @property
    def unique(self) -> tuple[str, str, str, str, str]:
        """What is unique among those that are kept."""
        return self.box, self.app, self.vendor, self.operation, self.key

    @property
    def size(self) -> int:
        """The bytes that it counts for."""
        return len(self.headers) + len(self.body)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery as the store has it. `status`, `answer_headers` and `answer_body` are the last answer's, where any."""

    new: NewDelivery
    state: DeliveryState
    attempts: int
    """Attempts that count; waits for a breaker, a quota or our own store do not."""
    leases_lost: int
    """Those whose worker began an attempt and never came back. 0 again once a person sends it again."""
    not_before: float
    updated_wall: float
    resting: DeliveryState
    """Of a leased one: its state before. `unknown` of one that is dead or cancelled, and was perhaps carried out. Else
    its state."""
    ever_sent: bool
    """An attempt was begun once: the other side may know of it."""
    lease_token: int = 0
    lease_until: float = 0.0
    dead_reason: DeadReason | Literal[""] = ""
    detail: str = ""
    """Why it waits, is parked or dead, in a sentence without secrets."""
    status: int = 0
    answer_headers: bytes = b""
    answer_body: bytes = b""
    reference: str = ""
    """The vendor's own id of what was made, where a lookup has found it."""
    unopened: str = ""
    """Why headers and bodies are not here: they are sealed, and cannot be opened. Empty where they are."""
    accepted: float = 0.0
    """The age of the store when it was accepted, or from which on a person had it sent again."""

    @property
    def awaits_approval(self) -> bool:
        """True where a person is to let it go, and nothing was sent."""
        return awaits(self.state, self.new.state, ever_sent=self.ever_sent)

    def tried_for_s(self, now: StoreTime) -> float:
        """For how long it has been tried: by the age of the store, because a wall clock may be moved."""
        return max(now.least - self.accepted, 0.0)


def awaits(state: str, first_state: str, *, ever_sent: bool) -> bool:
    """Whether a delivery waits for approval: it was accepted as parked, and still is."""
    return state == first_state == "parked" and not ever_sent


def may(action: ByHand, state: DeliveryState, dead_reason: str, *, awaits: bool) -> bool:
    """Whether a person may do this. Nothing leads around an approval: what was refused can only be given up."""
    if awaits or (state == "dead" and dead_reason == "refused"):
        return action == "cancel" or (awaits and action in ("approve", "refuse"))
    return action not in ("approve", "refuse") and state in MAY[action]


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One try. It is on record before the first byte of it leaves; `ended_wall` is 0 until its end is known."""

    delivery_id: str
    n: int
    began_wall: float
    ended_wall: float = 0.0
    outcome: str = ""
    """An Outcome, or empty while it is not known."""
    status: int = 0
    problem: str = ""
    call_id: str = ""
    """The call of the outbox's pipeline, as log and spans have it."""
    late: bool = False
    """Its end came after its lease was over, and changed nothing."""
    began: float = 0.0
    """The age of the store when it began."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What is to become of a delivery after a try. `counts` is False for one that was never sent."""

    state: Literal["done", "waiting", "unknown", "parked", "dead", "queued"]
    not_before: float = 0.0
    dead_reason: DeadReason | Literal[""] = ""
    detail: str = ""
    counts: bool = True
    outcome: str = ""
    status: int = 0
    problem: str = ""
    answer_headers: bytes = b""
    answer_body: bytes = b""
    reference: str = ""

    @property
    def resting(self) -> DeliveryState:
        """See Delivery.resting."""
        return "unknown" if self.state == "dead" and self.outcome == Outcome.UNKNOWN else self.state
