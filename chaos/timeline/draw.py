"""Draws a scenario from a seed: what goes wrong, when, how much is asked meanwhile, the vendor's limit and its hints.

A drawn scenario is a list of pieces, each a fault or a load as a scenario file has it; so it can be printed, and made
smaller piece by piece (chaos/search/shrink.py). The same seed draws the same pieces on every machine.
"""

import math
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tidegate.chaos.apps.cast import Cast
from tidegate.chaos.apps.stories import CONVERSATION
from tidegate.chaos.search_vendors import PLACES
from tidegate.chaos.timeline.boxes import BOX_MIX, Boxes, draw_boxes
from tidegate.chaos.timeline.credential_change import CredentialChange, draw_change
from tidegate.chaos.timeline.order_draw import OrderDice, draw_orders
from tidegate.chaos.timeline.pool import DrawnPool, draw_pool
from tidegate.policy.bulkhead import Bulkhead
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor import Limit

Piece = dict[str, Any]
"""A fault, or, without `kind`, a load."""

INTENTS_A_MINUTE = 30.4
"""Intents of a scenario, bursts and all; a fraction is left out. The apps' repetitions come on top."""
STEADY_MIN = 6.0
"""Intents a minute that remain outside the bursts: what goes wrong between them must meet somebody."""
MIX = {
    "payment": 16, "charge": 8, "urgent": 5, "hasty": 4, "member": 6, "rash": 3, "signup": 5, "leave": 4, "quit": 2,
    "read": 12, "browse": 27, "chat": 4, "talk": 2, "skim": 2, "purge": 2, "erase": 1, "audit": 2, "inquire": 1,
    "brisk": 2, "repeat": 3, "enroll": 3, "revise": 3, "glance": 2,
}  # fmt: skip

FEW_PLACES_SHARE = 0.25
"""In so many scenarios a bulkhead has few places, and in a burst calls wait for one or are refused."""
BURSTS = (10, 20, 40, 80)
UNANSWERED = ("reset_before", "reset_after", "truncate", "hang")


@dataclass(frozen=True, slots=True)
class DrawnScenario:
    """A scenario to play: its pieces, its length, and the vendor's limit.

    `hints`: whether the vendor's errors say if a resend makes sense.
    """

    seed: int
    seconds: float
    limit: Limit
    pieces: tuple[Piece, ...]
    hints: bool = True
    boxes: Boxes | None = None
    """How outbox and inbox are played; None where they are not."""
    pool: DrawnPool | None = None
    """The credentials of the payments vendor where it has several; None where it has one."""
    places: Bulkhead = PLACES
    """The bulkhead of each operation group: few places, or more than are ever needed."""
    orders: OrderDice | None = None
    """How the order flow is played, which is alone then; None where it is not."""
    change: CredentialChange | None = None
    """The change of its one credential; None where it stays as it is."""
    cast: Cast | None = None
    """Somebody's own vendors, and what is asked of them; None where the search's own two are played."""
    given: Scenario | None = None
    """A scenario that somebody wrote, which is played as it is: then nothing is drawn, and vendors are as their files
    have them."""

    def only(self, places: Collection[int]) -> "DrawnScenario":
        """With only the pieces at these places."""
        return replace(self, pieces=tuple(piece for place, piece in enumerate(self.pieces) if place in places))

    def scenario(self) -> Scenario:
        """As the simulator and the world take it."""
        if self.given is not None:
            return self.given
        faults = [piece for piece in self.pieces if "kind" in piece]
        load = [piece for piece in self.pieces if "kind" not in piece]
        written = {"name": f"seed {self.seed}", "seconds": self.seconds, "seed": self.seed}
        return Scenario.model_validate({**written, "faults": faults, "load": load})


def draw_troubles(seed: int, minutes: float) -> DrawnScenario:
    """What every scenario of a seed has: load, faults, a limit, places and hints."""
    rng = random.Random(f"search {seed}")  # noqa: S311 - repeatable on purpose
    seconds = minutes * 60
    pieces = [*_load(rng, seconds), {"kind": "latency", "delay": _ms(rng, 5, 80), "jitter": _ms(rng, 5, 150)}]
    if rng.random() < 0.7:
        pieces.append({"kind": "wire", "delay": "0ms", "jitter": _ms(rng, 20, 180)})
    for kind, least, most in WEIGHTS:
        pieces += [MAKERS[kind](rng, seconds) for _ in range(rng.randint(least, most))]
    _aim(rng, pieces)
    if rng.random() < 0.4:
        pieces += _replicas(rng, pieces, seconds)
    return DrawnScenario(seed, seconds, _limit(rng), tuple(pieces), hints=rng.random() < 0.5, places=_places(seed))


def draw(seed: int, minutes: float) -> DrawnScenario:
    """The scenario of one seed, `minutes` of virtual time long."""
    made = draw_troubles(seed, minutes)
    seconds = made.seconds
    several = draw_pool(seed, seconds)
    if several is not None:
        pool, revocations = several
        made = replace(made, pieces=(*made.pieces, *revocations), pool=pool)
    elif (changed := draw_change(seed, seconds)) is not None:
        made = replace(made, pieces=(*made.pieces, *changed[1]), change=changed[0])
    drawn = draw_boxes(seed, seconds)
    if drawn is None:
        flow = draw_orders(seed, seconds)
        return made if flow is None else replace(made, pieces=tuple(flow[1]), orders=flow[0], pool=None, change=None)
    boxes, more = drawn
    mixed = tuple(piece | {"mix": BOX_MIX} if "mix" in piece else piece for piece in made.pieces)
    return replace(made, pieces=(*mixed, *more), boxes=boxes)


def _places(seed: int) -> Bulkhead:
    """By dice of its own: all else of a scenario is as it would be with places for all."""
    rng = random.Random(f"places {seed}")  # noqa: S311 - repeatable on purpose
    if rng.random() >= FEW_PLACES_SHARE:
        return PLACES
    return Bulkhead(concurrent=rng.choice((3, 6, 12)), queue=rng.choice((5, 20, 60)))


def _limit(rng: random.Random) -> Limit:
    """Its burst covers what the longest jitter can bunch up twice over; nobody could keep within a smaller one."""
    rate = rng.choice((4, 6, 8, 12, 20))
    burst = rng.randint(math.ceil(0.4 * rate) + 1, rate)
    return Limit.model_validate({"name": "account", "rate": f"{rate}/s", "burst": burst})


def _load(rng: random.Random, seconds: float) -> list[Piece]:
    """A few bursts; and what they leave, minute by minute, so that a shrunk scenario need not keep all of it."""
    bursts = [rng.choice(BURSTS) for _ in range(rng.choice((0, 1, 2, 2)))]
    steady = max(INTENTS_A_MINUTE - sum(bursts) * 60 / seconds, STEADY_MIN)
    pieces: list[Piece] = []
    begin = 0.0
    while begin < seconds:
        until = min(begin + 60.0, seconds)
        pieces.append({"from": _s(begin), "until": _s(until), "rate": f"{steady:.1f}/m", "mix": MIX})
        begin = until
    return [*pieces, *({"from": _at(rng, seconds), "burst": burst, "mix": MIX} for burst in bursts)]


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
        piece["share"] = _share(rng, 5, 95)
    return piece


def _error(rng: random.Random, seconds: float) -> Piece:
    """A 503 is honest: a vendor that says "not now" has done nothing. The others may have."""
    status = rng.choice((500, 500, 502, 503, 504))
    effect = "none" if status == 503 else rng.choice(("none", "begun", "done"))
    return {"kind": "error", **_rough(rng, seconds), "status": status, "effect": effect}


def _throttle(rng: random.Random, seconds: float) -> Piece:
    if rng.random() < 0.25:
        none_left = {"means": "exhausted", "operations": [CONVERSATION]}
        return {"kind": "throttle", "probability": _share(rng, 5, 30), **none_left}
    if rng.random() < 0.4:
        return {"kind": "throttle", "probability": _share(rng, 1, 5), "means": rng.choice(("quota", "contention"))}
    after = {"retry_after": f"{rng.randint(1, 4)}s", "written": rng.choice(("seconds", "date"))}
    return {"kind": "throttle", **_span(rng, seconds, rng.choice((2, 5, 10))), **after}


def _slow(rng: random.Random, seconds: float) -> Piece:
    delay = {"delay": _ms(rng, 400, 6000), "jitter": _ms(rng, 1, 3000)}
    return {"kind": "latency", **_rough(rng, seconds), **delay}


def _drip(rng: random.Random, seconds: float) -> Piece:
    pace = {"every": _ms(rng, 100, 3000), "pieces": rng.randint(2, 5)}
    return {"kind": "drip", **_rough(rng, seconds), **pace}


def _crash(rng: random.Random, seconds: float) -> Piece:
    moment = {"from": _at(rng, seconds), "skip": rng.randint(0, 12), "steps": rng.randint(0, 8)}
    return {"kind": "crash", **moment, "down": rng.choice(("50ms", "500ms", "3s"))}


def _aim(rng: random.Random, pieces: list[Piece]) -> None:
    """Most crashes, cuts, outages and stretches of errors come about when a burst does, for then much is under way."""
    bursts = [float(piece["from"].removesuffix("s")) for piece in pieces if "burst" in piece]
    for piece in pieces:
        if piece.get("kind") in AIMED and "from" in piece and bursts and rng.random() < 0.7:
            piece["from"] = _s(max(rng.choice(bursts) + rng.uniform(-0.5, 1.0), 0.0))


def _disk(rng: random.Random, seconds: float) -> Piece:
    whole = {} if rng.random() < 0.5 else _span(rng, seconds, 60)
    return {"kind": "disk", **whole, "delay": rng.choice(("30ms", "200ms", "600ms", "1500ms"))}


def _cut(rng: random.Random, seconds: float) -> Piece:
    """One connection or a few, or many in a short time: a wire that flickers."""
    if rng.random() < 0.5:
        span = _span(rng, seconds, rng.choice((2, 5)))
        return {"kind": "cut", **span, "probability": _share(rng, 20, 50), "first_n": 50, "mode": "reset"}
    moment = {"from": _at(rng, seconds), "probability": _share(rng, 20, 100), "first_n": rng.randint(1, 3)}
    return {"kind": "cut", **moment, "mode": rng.choice(("silent", "reset"))}


def _skew(rng: random.Random, seconds: float) -> Piece:
    return {
        "kind": "skew",
        "from": _at(rng, seconds),
        rng.choice(("ahead", "behind")): rng.choice(("2s", "45s", "10m")),
    }


def _wall(rng: random.Random, seconds: float) -> Piece:
    """The proxy's own clock jumps, and is put right again or not."""
    piece = {"kind": "skew", "of": "proxy", "from": _at(rng, seconds)}
    piece[rng.choice(("ahead", "behind"))] = rng.choice(("90s", "2h", "2d", "100d"))
    return piece | ({"for": _s(seconds / 4)} if rng.random() < 0.5 else {})


def _odd(rng: random.Random, seconds: float) -> Piece:
    form = rng.choice(("surplus", "surplus", "long", "many", "interim", "coded", "coded"))
    return {"kind": "odd", **_span(rng, seconds, rng.choice((10, 30, 90, 200))), "form": form}


def _black_hole(rng: random.Random, seconds: float) -> Piece:
    return {"kind": "black_hole", **_span(rng, seconds, rng.choice((30, 90, 200)))}


def _replicas(rng: random.Random, pieces: Sequence[Piece], seconds: float) -> list[Piece]:
    """Two machines take turns: the second one's clock is wrong, and it is put right, or the first goes on."""
    bursts = [float(piece["from"].removesuffix("s")) for piece in pieces if "burst" in piece]
    begin = rng.choice(bursts) if bursts and rng.random() < 0.7 else rng.uniform(0.02, 0.7) * seconds
    begin = min(begin, 0.7 * seconds)
    wrong = {rng.choice(("ahead", "ahead", "behind")): rng.choice(("2h", "11h", "2d", "100d"))}
    return [
        _crash(rng, seconds) | {"kind": "failover", "from": _s(at), **error}
        for at, error in ((begin, wrong), (begin + rng.uniform(0.02, 0.25) * seconds, {}))
    ]


MAKERS = {
    "outage": _outage, "unanswered": _unanswered, "error": _error, "throttle": _throttle, "slow": _slow,
    "drip": _drip, "crash": _crash, "cut": _cut, "skew": _skew, "disk": _disk, "wall": _wall,
    "odd": _odd, "black_hole": _black_hole,
}  # fmt: skip

WEIGHTS: Sequence[tuple[str, int, int]] = (
    ("outage", 0, 1), ("unanswered", 0, 2), ("error", 0, 2), ("throttle", 0, 2), ("slow", 0, 1), ("drip", 0, 1),
    ("crash", 0, 3), ("cut", 0, 2), ("skew", 0, 1), ("disk", 0, 1), ("wall", 0, 1),
    ("odd", 0, 2), ("black_hole", 0, 1),
)  # fmt: skip
"""Each kind comes so many times, at least and at most."""

AIMED = frozenset({"crash", "cut", "outage", "error", "throttle"})


def _rough(rng: random.Random, seconds: float) -> Piece:
    """Either a little all the time, or much for a while."""
    if rng.random() < 0.5:
        return {"probability": _share(rng, 1, 4)}
    return {**_span(rng, seconds, rng.choice((5, 15, 30))), "probability": _share(rng, 20, 90)}


def _span(rng: random.Random, seconds: float, lasts: float) -> Piece:
    return {"from": _at(rng, seconds), "for": _s(min(lasts, seconds / 3))}


def _at(rng: random.Random, seconds: float) -> str:
    return _s(rng.uniform(0.02, 0.9) * seconds)


def _s(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


def _ms(rng: random.Random, least: int, most: int) -> str:
    return f"{rng.randint(least, most)}ms"


def _share(rng: random.Random, least: int, most: int) -> str:
    return f"{rng.randint(least, most)}%"
