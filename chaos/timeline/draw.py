"""Draws a scenario from a seed: what goes wrong, when, how much is asked meanwhile, the vendor's limit and its hints.

A drawn scenario is a list of pieces, each a fault or a load as a scenario file has it; so it can be printed, and made
smaller piece by piece (chaos/search/shrink.py). The same seed draws the same pieces on every machine.
"""

import math
import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from tidegate.chaos.apps.cast import Cast
from tidegate.chaos.search_vendors import PLACES
from tidegate.chaos.timeline.boxes import BOX_MIX, Boxes, draw_boxes
from tidegate.chaos.timeline.credential_change import CredentialChange, draw_change
from tidegate.chaos.timeline.fault_draw import (
    MAKERS,
    WEIGHTS,
    Piece,
    draw_crash,
    in_s,
    some_moment,
    some_ms,
    some_share,
)
from tidegate.chaos.timeline.order_draw import OrderDice, draw_orders
from tidegate.chaos.timeline.pool import DrawnPool, draw_pool
from tidegate.policy.bulkhead import Bulkhead
from tidegate.scenario.scenario import Scenario
from tidegate.vendor.vendor import Limit

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
REFUSAL_SHARE = 0.25
BURSTS = (10, 20, 40, 80)


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
    pieces = [*_load(rng, seconds), {"kind": "latency", "delay": some_ms(rng, 5, 80), "jitter": some_ms(rng, 5, 150)}]
    if rng.random() < 0.7:
        pieces.append({"kind": "wire", "delay": "0ms", "jitter": some_ms(rng, 20, 180)})
    for kind, least, most in WEIGHTS:
        pieces += [MAKERS[kind](rng, seconds) for _ in range(rng.randint(least, most))]
    _aim(rng, pieces)
    if rng.random() < 0.4:
        pieces += _replicas(rng, pieces, seconds)
    pieces += _refusals(seed, pieces, seconds)
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


def _refusals(seed: int, pieces: Sequence[Piece], seconds: float) -> list[Piece]:
    """By dice of its own, too: while a burst waits for the limit, some of the new connections are refused."""
    rng = random.Random(f"refuse {seed}")  # noqa: S311 - repeatable on purpose
    bursts = [piece["from"] for piece in pieces if "burst" in piece]
    if not bursts or rng.random() >= REFUSAL_SHARE:
        return []
    lasts = in_s(min(rng.choice((5, 15, 30)), seconds / 3))
    piece = {"kind": "refuse", "from": rng.choice(bursts), "for": lasts, "first_n": 200}
    return [piece | {"probability": some_share(rng, 10, 60)}]


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
        pieces.append({"from": in_s(begin), "until": in_s(until), "rate": f"{steady:.1f}/m", "mix": MIX})
        begin = until
    return [*pieces, *({"from": some_moment(rng, seconds), "burst": burst, "mix": MIX} for burst in bursts)]


def _aim(rng: random.Random, pieces: list[Piece]) -> None:
    """Most crashes, cuts, outages and stretches of errors come about when a burst does, for then much is under way."""
    bursts = [float(piece["from"].removesuffix("s")) for piece in pieces if "burst" in piece]
    for piece in pieces:
        if piece.get("kind") in AIMED and "from" in piece and bursts and rng.random() < 0.7:
            piece["from"] = in_s(max(rng.choice(bursts) + rng.uniform(-0.5, 1.0), 0.0))


def _replicas(rng: random.Random, pieces: Sequence[Piece], seconds: float) -> list[Piece]:
    """Two machines take turns: the second one's clock is wrong, and it is put right, or the first goes on."""
    bursts = [float(piece["from"].removesuffix("s")) for piece in pieces if "burst" in piece]
    begin = rng.choice(bursts) if bursts and rng.random() < 0.7 else rng.uniform(0.02, 0.7) * seconds
    begin = min(begin, 0.7 * seconds)
    wrong = {rng.choice(("ahead", "ahead", "behind")): rng.choice(("2h", "11h", "2d", "100d"))}
    return [
        draw_crash(rng, seconds) | {"kind": "failover", "from": in_s(at), **error}
        for at, error in ((begin, wrong), (begin + rng.uniform(0.02, 0.25) * seconds, {}))
    ]


AIMED = frozenset({"crash", "cut", "outage", "error", "throttle"})
