"""Draws what a scenario plays of outbox and inbox: how writes are deferred, and what happens to webhooks and apps.

Dice of its own: a scenario that plays neither is the same as it would be without this file.
"""

import random
from dataclasses import dataclass
from typing import Any, Literal

from tidegate.chaos.search_vendors import Deferral

Order = Literal["", "lateness", "priorities"]

SHARE = 0.15
"""So many scenarios play them."""
FULL_SHARE = 0.3
"""In so many of these the disk is full for a while."""
BACKLOG_MAX = 100_000

BOX_MIX = {
    "payment": 8, "charge": 4, "member": 3, "read": 5, "browse": 8, "chat": 2, "leave": 2, "repeat": 1, "hasty": 2,
    "later": 9, "leisure": 5, "await": 7, "entrust": 4, "amend": 14, "refund": 10,
}  # fmt: skip
"""What the apps do then."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """How outbox and inbox are played."""

    deferral: Deferral
    inbox_order: Literal["block", "skip", "latest-wins"]
    backlog_max: int
    """So many webhooks may wait for apps."""
    order: Order
    """In which order timers of one moment ring: as they were set, or as chaos/world/schedule.py draws it."""
    torn: bool
    """Power is cut in the middle of commits."""


def draw_boxes(seed: int, seconds: float) -> tuple[Boxes, list[dict[str, Any]]] | None:
    """The settings of one seed and the pieces that come with them; None for a scenario that plays neither."""
    rng = random.Random(f"boxes {seed}")  # noqa: S311 - repeatable on purpose
    if rng.random() >= SHARE:
        return None
    deferral = Deferral(
        when=rng.choice(("always", "when-unavailable")),
        order=rng.choice(("block", "block", "skip", "latest-wins")),
        skip_after=rng.randint(1, 3),
        deadline_s=rng.choice((5.0, 20.0, 3600.0, 3600.0)),
    )
    boxes = Boxes(
        deferral, rng.choice(("block", "block", "skip")), rng.choice((4, BACKLOG_MAX, BACKLOG_MAX)),
        order=drawn_order(rng), torn=rng.random() < 0.7,
    )  # fmt: skip
    pieces = [_webhook(rng, mode) for mode in WEBHOOK_MODES if rng.random() < 0.5]
    pieces += [_away(rng, seconds) for _ in range(rng.randint(0, 2))]
    if boxes.torn:
        pieces += [_power(rng, seconds) for _ in range(rng.randint(1, 2))]
    if rng.random() < FULL_SHARE:
        pieces.append(full_disk(rng, seconds))
    return boxes, pieces


def drawn_order(rng: random.Random) -> Order:
    """Half of the scenarios have one."""
    drawn = rng.random()
    return "priorities" if drawn < 0.25 else "lateness" if drawn < 0.5 else ""


WEBHOOK_MODES = ("duplicate", "late", "reorder", "forge", "early", "two_signatures")


def _webhook(rng: random.Random, mode: str) -> dict[str, Any]:
    piece: dict[str, Any] = {"kind": "webhook", "mode": mode, "probability": f"{rng.randint(10, 40)}%"}
    if mode in ("late", "reorder"):
        piece["delay"] = f"{rng.choice((1, 5, 20))}s"
    if mode == "duplicate":
        piece["copies"] = rng.randint(1, 3)
    return piece


def _away(rng: random.Random, seconds: float) -> dict[str, Any]:
    lasts = rng.choice((2, 20, 60, 120))
    mode = rng.choice(("refuse", "error", "busy", "deaf"))
    return {"kind": "app_away", "from": _s(rng.uniform(0.02, 0.8) * seconds), "for": f"{lasts}s", "mode": mode}


def full_disk(rng: random.Random, seconds: float) -> dict[str, Any]:
    """The proxy's disk is full for a while."""
    lasts_s = min(rng.choice((2, 20, 60)), seconds / 3)
    return {"kind": "disk_full", "from": _s(rng.uniform(0.02, 0.8) * seconds), "for": _s(lasts_s)}


def _power(rng: random.Random, seconds: float) -> dict[str, Any]:
    moment = {"from": _s(rng.uniform(0.02, 0.9) * seconds), "skip": rng.randint(0, 12), "steps": rng.randint(0, 8)}
    return {"kind": "crash", **moment, "down": rng.choice(("500ms", "3s", "20s")), "power": True}


def _s(seconds: float) -> str:
    return f"{seconds:.3f}s"
