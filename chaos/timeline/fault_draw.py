"""Draws one fault of each kind: what it does, when, for how long, and to how many."""

import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tidegate.chaos.apps.stories import CONVERSATION

Piece = dict[str, Any]
"""A fault, or, without `kind`, a load."""

UNANSWERED = ("reset_before", "reset_after", "truncate", "hang")


def _outage(rng: random.Random, seconds: float) -> Piece:
    mode = rng.choice(("refuse", "refuse", "reset", "status"))
    lasts = rng.choice((0.5, 1.5, 3, 10, 30, 60, 90))
    return {"kind": "outage", **_span(rng, seconds, lasts), "mode": mode}


def _unanswered(rng: random.Random, seconds: float) -> Piece:
    kind = rng.choice(UNANSWERED)
    piece: Piece = {"kind": kind, **_rough(rng, seconds)}
    if kind == "hang":
        piece["effect"] = rng.choice(("none", "done"))
    if kind == "truncate":
        piece["share"] = some_share(rng, 5, 95)
    return piece


def _error(rng: random.Random, seconds: float) -> Piece:
    """A 503 is honest: a vendor that says "not now" has done nothing. The others may have."""
    status = rng.choice((500, 500, 502, 503, 504))
    effect = "none" if status == 503 else rng.choice(("none", "begun", "done"))
    return {"kind": "error", **_rough(rng, seconds), "status": status, "effect": effect}


def _throttle(rng: random.Random, seconds: float) -> Piece:
    if rng.random() < 0.25:
        none_left = {"means": "exhausted", "operations": [CONVERSATION]}
        return {"kind": "throttle", "probability": some_share(rng, 5, 30), **none_left}
    if rng.random() < 0.4:
        return {"kind": "throttle", "probability": some_share(rng, 1, 5), "means": rng.choice(("quota", "contention"))}
    after = {"retry_after": f"{rng.randint(1, 4)}s", "written": rng.choice(("seconds", "date"))}
    return {"kind": "throttle", **_span(rng, seconds, rng.choice((2, 5, 10))), **after}


def _slow(rng: random.Random, seconds: float) -> Piece:
    delay = {"delay": some_ms(rng, 400, 6000), "jitter": some_ms(rng, 1, 3000)}
    return {"kind": "latency", **_rough(rng, seconds), **delay}


def _drip(rng: random.Random, seconds: float) -> Piece:
    pace = {"every": some_ms(rng, 100, 3000), "pieces": rng.randint(2, 5)}
    return {"kind": "drip", **_rough(rng, seconds), **pace}


def draw_crash(rng: random.Random, seconds: float) -> Piece:
    """A death of the proxy, some events and some turns of its loop after a moment."""
    moment = {"from": some_moment(rng, seconds), "skip": rng.randint(0, 12), "steps": rng.randint(0, 8)}
    return {"kind": "crash", **moment, "down": rng.choice(("50ms", "500ms", "3s"))}


def _disk(rng: random.Random, seconds: float) -> Piece:
    whole = {} if rng.random() < 0.5 else _span(rng, seconds, 60)
    return {"kind": "disk", **whole, "delay": rng.choice(("30ms", "200ms", "600ms", "1500ms"))}


def _cut(rng: random.Random, seconds: float) -> Piece:
    """One connection or a few, or many in a short time: a wire that flickers."""
    if rng.random() < 0.5:
        span = _span(rng, seconds, rng.choice((2, 5)))
        return {"kind": "cut", **span, "probability": some_share(rng, 20, 50), "first_n": 50, "mode": "reset"}
    moment = {"from": some_moment(rng, seconds), "probability": some_share(rng, 20, 100), "first_n": rng.randint(1, 3)}
    return {"kind": "cut", **moment, "mode": rng.choice(("silent", "reset"))}


def _skew(rng: random.Random, seconds: float) -> Piece:
    return {
        "kind": "skew",
        "from": some_moment(rng, seconds),
        rng.choice(("ahead", "behind")): rng.choice(("2s", "45s", "10m")),
    }


def _wall(rng: random.Random, seconds: float) -> Piece:
    """The proxy's own clock jumps, and is put right again or not."""
    piece = {"kind": "skew", "of": "proxy", "from": some_moment(rng, seconds)}
    piece[rng.choice(("ahead", "behind"))] = rng.choice(("90s", "2h", "2d", "100d"))
    return piece | ({"for": in_s(seconds / 4)} if rng.random() < 0.5 else {})


def _odd(rng: random.Random, seconds: float) -> Piece:
    form = rng.choice(("surplus", "surplus", "long", "many", "interim", "coded", "coded"))
    return {"kind": "odd", **_span(rng, seconds, rng.choice((10, 30, 90, 200))), "form": form}


def _black_hole(rng: random.Random, seconds: float) -> Piece:
    return {"kind": "black_hole", **_span(rng, seconds, rng.choice((30, 90, 200)))}


MAKERS: Mapping[str, Callable[[random.Random, float], Piece]] = {
    "outage": _outage, "unanswered": _unanswered, "error": _error, "throttle": _throttle, "slow": _slow,
    "drip": _drip, "crash": draw_crash, "cut": _cut, "skew": _skew, "disk": _disk, "wall": _wall,
    "odd": _odd, "black_hole": _black_hole,
}  # fmt: skip

WEIGHTS: Sequence[tuple[str, int, int]] = (
    ("outage", 0, 1), ("unanswered", 0, 2), ("error", 0, 2), ("throttle", 0, 2), ("slow", 0, 1), ("drip", 0, 1),
    ("crash", 0, 3), ("cut", 0, 2), ("skew", 0, 1), ("disk", 0, 1), ("wall", 0, 1),
    ("odd", 0, 2), ("black_hole", 0, 1),
)  # fmt: skip
"""Each kind comes so many times, at least and at most."""


def _rough(rng: random.Random, seconds: float) -> Piece:
    """Either a little all the time, or much for a while."""
    if rng.random() < 0.5:
        return {"probability": some_share(rng, 1, 4)}
    return {**_span(rng, seconds, rng.choice((5, 15, 30))), "probability": some_share(rng, 20, 90)}


def _span(rng: random.Random, seconds: float, lasts: float) -> Piece:
    return {"from": some_moment(rng, seconds), "for": in_s(min(lasts, seconds / 3))}


def some_moment(rng: random.Random, seconds: float) -> str:
    """Not at the very begin, and not so late that nothing comes after it."""
    return in_s(rng.uniform(0.02, 0.9) * seconds)


def in_s(seconds: float) -> str:
    """Seconds as a scenario has them."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


def some_ms(rng: random.Random, least: int, most: int) -> str:
    """Milliseconds as a scenario has them."""
    return f"{rng.randint(least, most)}ms"


def some_share(rng: random.Random, least: int, most: int) -> str:
    """Percent as a scenario has them."""
    return f"{rng.randint(least, most)}%"
