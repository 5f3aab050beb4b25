"""Draws what goes wrong with the order flow: webhooks that come twice, late, out of order or forged, and all around it.

A scenario that plays it plays nothing else, with dice of its own: the other scenarios are the same as they would be
without this file. No trouble is drawn for which an order may rightly become a dead letter: an error now and then, and a
warehouse or an app that is away, are none.
"""

import random
from dataclasses import dataclass
from typing import Any

from tidegate.chaos.timeline.boxes import FULL_SHARE, Order, drawn_order, full_disk
from tidegate.chaos.timeline.fault_draw import in_s

SHARE = 0.1
"""So many of the scenarios that play neither outbox nor inbox of the two vendors play this."""
MIXES = ({"order": 1, "changed order": 1}, {"order": 1, "changed order": 4})
MODES = ("duplicate", "late", "reorder", "forge", "early")
ROUGH = ("error", "reset_before", "reset_after", "truncate")
"""Troubles of single requests. Together they hit one in twenty: an order that meets five in a row is a dead letter."""


@dataclass(frozen=True, slots=True)
class OrderDice:
    """How the world of an order flow is played.

    `order`: in which order timers of one moment ring, as in Boxes. `torn`: power is cut in the middle of commits.
    """

    order: Order
    torn: bool


def draw_orders(seed: int, seconds: float) -> tuple[OrderDice, list[dict[str, Any]]] | None:
    """The dice and the pieces of one seed; None for a scenario that does not play the order flow."""
    rng = random.Random(f"orders {seed}")  # noqa: S311 - repeatable on purpose
    if rng.random() >= SHARE:
        return None
    dice = OrderDice(order=drawn_order(rng), torn=rng.random() < 0.6)
    pieces = _load(rng, seconds)
    pieces.append({"kind": "latency", "delay": f"{rng.randint(5, 120)}ms", "jitter": f"{rng.randint(5, 200)}ms"})
    pieces += [_webhook(rng, mode) for mode in MODES if rng.random() < 0.6]
    rough = [kind for kind in ROUGH if rng.random() < 0.5]
    pieces += [_rough(rng, kind, 5 // max(len(rough), 1)) for kind in rough]
    pieces += [_crash(rng, seconds, power=dice.torn and rng.random() < 0.5) for _ in range(rng.randint(0, 3))]
    for make, share in ((_outage, 0.7), (_app_away, 0.4), (_slow_disk, 0.3), (_cut, 0.3), (_throttle, 0.3)):
        if rng.random() < share:
            pieces.append(make(rng, seconds))
    if rng.random() < FULL_SHARE:
        pieces.append(full_disk(rng, seconds))
    return dice, pieces


def _load(rng: random.Random, seconds: float) -> list[dict[str, Any]]:
    """A rate as at a shop's peak, and perhaps a rush: many orders at one moment."""
    mix = rng.choice(MIXES)
    pieces: list[dict[str, Any]] = [{"rate": f"{rng.choice((3, 5, 10))}/m", "mix": mix}]
    if rng.random() < 0.4:
        pieces.append({"from": _at(rng, seconds), "burst": rng.choice((5, 15, 40)), "mix": mix})
    return pieces


def _webhook(rng: random.Random, mode: str) -> dict[str, Any]:
    piece: dict[str, Any] = {"kind": "webhook", "mode": mode, "events": ["orders.*"]}
    piece["probability"] = f"{rng.randint(5, 40)}%"
    if mode in ("late", "reorder"):
        piece["delay"] = f"{rng.choice((1, 8, 20))}s"
    if mode == "duplicate":
        piece["copies"] = rng.randint(1, 3)
    return piece


def _rough(rng: random.Random, kind: str, percent: int) -> dict[str, Any]:
    piece: dict[str, Any] = {"kind": kind, "probability": f"{max(percent, 1)}%"}
    if kind == "error":
        piece |= {"status": rng.choice((500, 502, 503)), "effect": "none"}
    if kind == "truncate":
        piece["share"] = f"{rng.randint(5, 95)}%"
    return piece


def _outage(rng: random.Random, seconds: float) -> dict[str, Any]:
    lasts_s = min(rng.choice((5, 30, 90, 300)), seconds / 2)
    return {"kind": "outage", "from": _at(rng, seconds), "for": in_s(lasts_s), "mode": rng.choice(OUTAGES)}


OUTAGES = ("refuse", "reset", "silent", "status")


def _app_away(rng: random.Random, seconds: float) -> dict[str, Any]:
    mode = rng.choice(("refuse", "error", "busy", "deaf"))
    return {"kind": "app_away", "from": _at(rng, seconds), "for": in_s(rng.choice((2, 20, 60))), "mode": mode}


def _crash(rng: random.Random, seconds: float, *, power: bool) -> dict[str, Any]:
    moment = {"from": _at(rng, seconds), "skip": rng.randint(0, 12), "steps": rng.randint(0, 8)}
    return {"kind": "crash", **moment, "down": rng.choice(("500ms", "3s", "20s")), "power": power}


def _slow_disk(rng: random.Random, seconds: float) -> dict[str, Any]:
    delay = rng.choice(("30ms", "200ms", "600ms"))
    return {"kind": "disk", "from": _at(rng, seconds), "for": "60s", "delay": delay}


def _cut(rng: random.Random, seconds: float) -> dict[str, Any]:
    return {"kind": "cut", "from": _at(rng, seconds), "first_n": rng.randint(1, 3), "mode": "reset"}


def _throttle(rng: random.Random, seconds: float) -> dict[str, Any]:
    return {"kind": "throttle", "from": _at(rng, seconds), "first_n": rng.randint(1, 3)}


def _at(rng: random.Random, seconds: float) -> str:
    return in_s(rng.uniform(0.02, 0.85) * seconds)
