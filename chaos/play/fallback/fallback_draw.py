"""Draws what goes wrong while an app pays at two vendors: at each of them, and with proxy and app themselves."""

import random
from dataclasses import dataclass
from typing import Any, Final

from tidegate.chaos.timeline.fault_draw import in_s

SECONDS: Final = 120.0
"""Trouble comes within this, and ends by it."""
INTENTS: Final = 12
ERRORS: Final = (500, 502, 503)


@dataclass(frozen=True, slots=True)
class PlannedPayment:
    """What a customer wants, once: when, and how long the app waits between two tries."""

    reference: str
    start_s: float
    pause_s: float


@dataclass(frozen=True, slots=True)
class FallbackTimeline:
    """One drawn timeline. `order` names the vendors, the first one first; `troubles` are faults by vendor's name.

    `proxy` are faults around the proxy, `app_crashes_s` the moments at which the app is killed.
    """

    order: tuple[str, str]
    troubles: dict[str, list[dict[str, Any]]]
    proxy: list[dict[str, Any]]
    app_crashes_s: tuple[float, ...]
    payments: tuple[PlannedPayment, ...]


def draw(seed: int) -> FallbackTimeline:
    """The timeline of a seed."""
    rng = random.Random(f"fallback {seed}")  # noqa: S311 - repeatable on purpose
    order = ("stripe", "adyen") if rng.random() < 0.6 else ("adyen", "stripe")
    return FallbackTimeline(
        order=order,
        troubles={
            order[0]: [_trouble(rng) for _ in range(rng.randint(1, 5))],
            order[1]: [_trouble(rng) for _ in range(rng.randint(0, 3))],
        },
        proxy=[_proxy(rng) for _ in range(rng.choice((0, 0, 1, 2)))],
        app_crashes_s=tuple(rng.uniform(1.0, SECONDS) for _ in range(rng.choice((0, 0, 1, 3)))),
        payments=tuple(
            PlannedPayment(f"order-{n}", rng.uniform(0.0, SECONDS * 0.9), rng.choice((0.05, 0.7, 3.0, 11.0)))
            for n in range(INTENTS)
        ),
    )


def _trouble(rng: random.Random) -> dict[str, Any]:
    """Trouble of one vendor: it does nothing, it does it and says nothing, or it does it and says that it did not."""
    kinds = ("outage", "outage", "throttle", "error", "reset_before", "reset_after", "reset_after", "hang", "truncate")
    kind = rng.choice(kinds)
    begin_s = rng.uniform(0.0, SECONDS * 0.8)
    lasts_s = min(rng.choice((0.3, 4.0, 20.0, 60.0)), SECONDS - begin_s)
    piece: dict[str, Any] = {"kind": kind, "from": in_s(begin_s), "for": in_s(max(lasts_s, 0.1))}
    if kind == "outage":
        return {**piece, "mode": rng.choice(("refuse", "reset", "silent", "status"))}
    piece["probability"] = rng.choice(("30%", "70%", "100%"))
    if kind == "throttle":
        piece["retry_after"] = rng.choice(("1s", "30s"))
    if kind == "error":
        piece |= {"status": rng.choice(ERRORS), "effect": rng.choice(("none", "done"))}
    if kind == "hang":
        piece["effect"] = rng.choice(("none", "done"))
    if kind == "truncate":
        piece["share"] = f"{rng.randint(5, 95)}%"
    return piece


def _proxy(rng: random.Random) -> dict[str, Any]:
    """The proxy dies, or a connection between it and a vendor."""
    at = in_s(rng.uniform(0.5, SECONDS * 0.9))
    if rng.random() < 0.5:
        return {"kind": "cut", "from": at, "first_n": rng.randint(1, 3), "mode": "reset"}
    moment = {"from": at, "skip": rng.randint(0, 12), "steps": rng.randint(0, 8)}
    return {"kind": "crash", **moment, "down": rng.choice(("500ms", "3s", "20s"))}
