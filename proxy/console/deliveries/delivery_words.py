"""What the states, ends and acts of a delivery mean to who looks at it, and what cures a dead one. Texts alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tidegate.proxy.console.desk_answer import Document
from tidegate.proxy.policies.delivery.delivery import ByHand, DeadReason, DeliveryState

TONES: Mapping[DeliveryState, str] = {
    "queued": "warn", "waiting": "warn", "unknown": "bad", "leased": "warn", "sending": "warn", "parked": "bad",
    "done": "good", "dead": "bad", "cancelled": "warn",
}  # fmt: skip
"""State → how it is coloured."""

STATES: Mapping[DeliveryState, str] = {
    "queued": "It was accepted, and waits for its first try.",
    "waiting": "It was tried and surely not carried out. It will be tried again by itself.",
    "unknown": "It may have been carried out. Tidegate finds out by itself, under the same key or by a lookup.",
    "leased": "A worker has it now.",
    "sending": "It is being sent now.",
    "parked": "It may have been carried out, and only a person can tell: look at the vendor first.",
    "done": "It was carried out.",
    "dead": "It ended without success.",
    "cancelled": "It was given up, by a person or for a later one.",
}
AWAITS = "It waits until a person approves it. Nothing was sent."

REASONS: Mapping[DeadReason, tuple[str, str]] = {
    "rejected": (
        "The other side refused it for good, for what it says.",
        "Read the answer below. If the body can be mended, edit it and send it under a new key; if not, give it up.",
    ),
    "expired": (
        "Its time was over before anybody took it.",
        "If the other side is back and it is still wanted, send it again; else give it up.",
    ),
    "poison": (
        "Three proxies died while they sent it.",
        "Find out why they died before you send it again.",
    ),
    "credential": (
        "Our credential was refused until its time was over.",
        "Give the vendor a good credential first, then send it again.",
    ),
    "quota": (
        "A quota of the vendor's would not come back in its time.",
        "Once the quota is back, send it again.",
    ),
    "contract": (
        "The answer broke the contract.",
        "Look at the vendor whether it was carried out, and at the drift report for what has changed.",
    ),
    "sealed": (
        "What is stored of it cannot be opened with the keys that there are.",
        "Put the key that sealed it back among sealing.keys, or give it up.",
    ),
    "refused": (
        "A person refused it, or nobody approved it in time.",
        "It can only be given up; the app may ask anew.",
    ),
}
"""Reason → what happened, and what cures it."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person may do. `name` stands in the page's address; `action` is what the desk calls it."""

    name: str
    action: ByHand
    label: str
    button: str
    done: str
    """What is said afterwards."""
    grave: bool = False
    """True for what cannot be undone, or may do something twice."""


ACTS: tuple[Act, ...] = (
    Act("replay", "replay", "Send again", "Send it again", "It is on its way again, under its own key."),
    Act("confirm", "confirm", "It was carried out", "Note it as carried out", "It is noted as carried out."),
    Act("edit", "redo", "Edit and send", "Send this under a new key", "It is on its way, edited, under a new key."),
    Act(
        "redo",
        "redo",
        "Send under a new key",
        "Send it under a new key",
        "It is on its way under a new key.",
        grave=True,
    ),
    Act("approve", "approve", "Approve", "Approve and send", "It is approved, and on its way."),
    Act("refuse", "refuse", "Refuse", "Refuse it", "It is refused. Nothing was sent.", grave=True),
    Act("cancel", "cancel", "Give up", "Give it up", "It is given up.", grave=True),
)
"""In the order in which they are offered."""
ACT_BY_NAME: Mapping[str, Act] = {act.name: act for act in ACTS}
CURES: Mapping[str, str] = {
    "expired": "replay", "credential": "replay", "quota": "replay", "rejected": "edit", "contract": "edit",
}  # fmt: skip
"""Reason of a dead one → the act that cures most of its kind."""


def cure_of(of: Document) -> str:
    """The act that is likeliest to be right; empty where nobody can say so, as for what may be carried out already."""
    return "approve" if of["awaits_approval"] else CURES.get(of["reason"], "")


def acts_of(of: Document) -> tuple[Act, ...]:
    """What may be done to a delivery, the likeliest cure first."""
    may, likely = set(of["may"]) - ({"replay", "redo"} if of["unopened"] else set()), cure_of(of)
    offered = [act for act in ACTS if act.action in may and (act.name != "edit" or of["request"]["body"] is not None)]
    return tuple(sorted(offered, key=lambda act: act.name != likely))


def meaning(of: Document) -> str:
    """What its state means, in a sentence or two."""
    if of["awaits_approval"]:
        return AWAITS
    reason = REASONS.get(of["reason"])
    return reason[0] if of["state"] == "dead" and reason is not None else STATES[of["state"]]


def cure(of: Document) -> str:
    """What may be done about a dead one; empty for others."""
    reason = REASONS.get(of["reason"]) if of["state"] == "dead" else None
    return reason[1] if reason is not None else ""


def consequences(act: Act, of: Document, would: Document) -> tuple[str, ...]:
    """What will happen, sentence by sentence. `would` is what the desk says of the order before it is carried out."""
    to = "app" if of["box"] == "inbox" else "vendor"
    if act.name == "replay":
        return tuple(_replayed(would, to))
    if act.action == "redo":
        return tuple(_redone(act, of, to))
    return {
        "confirm": (
            "Nothing is sent. It is noted as carried out, and the app that asks is told so.",
            f"You have seen at the {to} that it was carried out: nobody else looks.",
        ),
        "approve": ("It is sent for the first time, as it stands below, and tried for as long as its kind is.",),
        "refuse": ("Nothing is ever sent, and the app is told. It can only be given up then.",),
        "cancel": ("Nothing is sent any more. It ends here, and the app that asks is told that it was given up.",),
    }[act.name]


def _redone(act: Act, of: Document, to: str) -> Iterator[str]:
    sent = "The body below goes" if act.name == "edit" else "It goes"
    yield f"{sent} to the {to} as a new request, under a new key; the app's own key still leads to it."
    if act.name == "edit":
        yield "Values that are hidden stay as they are where you leave them alone."
    if of["ever_sent"] and of["reason"] != "rejected":
        yield "It was sent before: if that was carried out, this does it twice. Look there first."


def _replayed(would: Document, to: str) -> Iterator[str]:
    key = "id, so the app can tell that it is the same" if to == "app" else "key"
    yield f"It is sent again under its own {key}, with its attempts and its time counted anew."
    if would["asked_first"] and to == "vendor":
        yield "It was sent once, so first it is asked what became of it: nothing is done twice."
    if would["key_forgotten"]:
        yield "The vendor has forgotten its key by now: only a lookup can tell, and without one it waits for you."
