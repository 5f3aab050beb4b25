"""The judge of the order flow: what the shop's journal and the warehouse's say, and what the log says in between.

An order's change at the shop has to be in force at the warehouse: none lost, none undone by an older one, none that was
forged; fast, and soon after an outage. Pure: it shares no code with proxy or simulator, and reads no clock.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from math import ceil

LATENCY_P99_S = 30.0
"""From the inbox's acceptance of a webhook to the warehouse, for 99 of 100."""
DRAIN_S = 30.0
"""So soon after the end of an outage everything that met it has been delivered."""


@dataclass(frozen=True, slots=True)
class ShopChange:
    """An order was made or changed at the shop, in seconds of the run.

    `forged`: its webhook's signature was wrong. `taken`: the shop heard 2xx, so it counts on it.
    """

    order: str
    revision: int
    at: float
    forged: bool = False
    taken: bool = True


@dataclass(frozen=True, slots=True)
class AcceptedWebhook:
    """A webhook that the inbox has taken, whichever time it came."""

    order: str
    revision: int
    at: float


@dataclass(frozen=True, slots=True)
class WarehouseEffect:
    """A revision of an order that was put into force at the warehouse; again, where it was before."""

    order: str
    revision: int
    at: float


@dataclass(frozen=True, slots=True)
class OrderEvidence:
    """A whole run. `outage` is when the warehouse was away, where it was; `tries` counts requests for an order."""

    changes: Sequence[ShopChange]
    accepted: Sequence[AcceptedWebhook]
    effects: Sequence[WarehouseEffect]
    outage: tuple[float, float] | None
    sent: int
    """Posts of webhooks, by the vendor."""
    requests: int
    """Requests for orders that reached the warehouse."""
    dead: Mapping[str, int]
    """Dead letters by reason."""
    waiting: int = 0
    """What had not ended when the run had."""
    leaked: int = 0
    """Secrets in outputs."""
    troubles: Sequence[tuple[float, float]] = ()
    """When something else held orders up: the proxy or the app was down, or the disk slow."""


@dataclass(frozen=True, slots=True)
class OrderFigures:
    """What came of a run. Latencies are seconds from a webhook's acceptance to the warehouse."""

    orders: int
    changes: int
    untaken: int
    """Of them, those that the shop had not got through when the run ended: it was still to try again."""
    posts: int
    requests: int
    effects: int
    lost: int
    backwards: int
    forged: int
    again: int
    """Revisions that were put once more: nothing changes by it."""
    dead: int
    waiting: int
    leaked: int
    p50_s: float
    p99_s: float
    slowest_s: float
    """All three of those that nothing has held up."""
    met_outage: int
    """Webhooks that were accepted before the outage's end, and delivered after its beginning."""
    drained_s: float
    """How long after the end of what held them up the last of those was delivered."""

    def described(self) -> dict[str, object]:
        """As data."""
        return {name: round(value, 3) if isinstance(value, float) else value for name, value in asdict(self).items()}


ENDED = ("dead", "done", "cancelled")


def waiting(depths: Sequence[tuple[str, str, int]]) -> int:
    """How many deliveries have not ended, of those in the store by state and reason."""
    return sum(count for state, _, count in depths if state not in ENDED)


def judge(evidence: OrderEvidence) -> OrderFigures:
    """The figures of a run."""
    signed = [change for change in evidence.changes if not change.forged]
    expected = [change for change in signed if change.taken]
    forged = {(change.order, change.revision) for change in evidence.changes if change.forged}
    forged -= {(change.order, change.revision) for change in signed}
    delivered = [
        (webhook.at, then)
        for webhook in evidence.accepted
        if (then := _delivered_s(webhook, evidence.effects)) is not None
    ]
    meets = [times for times in delivered if _meets(*times, evidence.outage)]
    windows = [*evidence.troubles, *([evidence.outage] if evidence.outage is not None else [])]
    held_up = [times for times in delivered if any(_meets(*times, window) for window in windows)]
    calm = sorted(max(then - at, 0.0) for at, then in delivered if (at, then) not in held_up)
    late = [then - over_s(at, windows) for at, then in held_up]
    pairs = [(effect.order, effect.revision) for effect in evidence.effects]
    return OrderFigures(
        orders=len({change.order for change in evidence.changes}),
        changes=len(signed),
        untaken=len(signed) - len(expected),
        posts=evidence.sent,
        requests=evidence.requests,
        effects=len(set(pairs)),
        lost=sum(1 for _ in _lost(expected, evidence.effects)),
        backwards=sum(1 for _ in _backwards(evidence.effects)),
        forged=len(forged & set(pairs)),
        again=len(pairs) - len(set(pairs)),
        dead=sum(evidence.dead.values()),
        waiting=evidence.waiting,
        leaked=evidence.leaked,
        p50_s=_quantile(calm, 0.5),
        p99_s=_quantile(calm, 0.99),
        slowest_s=calm[-1] if calm else 0.0,
        met_outage=len(meets),
        drained_s=max(late, default=0.0),
    )


def broken(figures: OrderFigures) -> list[str]:
    """The promises that a run broke, a sentence each."""
    sentences = {
        f"lost: {figures.lost} orders are not at the warehouse as the shop has them": figures.lost,
        f"backwards: {figures.backwards} times an older revision came after a newer one": figures.backwards,
        f"forged: {figures.forged} orders are at the warehouse that nobody has signed": figures.forged,
        f"dead: {figures.dead} orders are dead letters, and nothing was wrong with them": figures.dead,
        f"waiting: {figures.waiting} had not ended when the run had": figures.waiting,
        f"secret: {figures.leaked} outputs hold one": figures.leaked,
        f"late: one of a hundred took {figures.p99_s:.1f} s or more, and {LATENCY_P99_S:g} s are promised":
            figures.p99_s > LATENCY_P99_S,
        f"drain: the last order came {figures.drained_s:.1f} s after the outage, and {DRAIN_S:g} s are promised":
            figures.drained_s > DRAIN_S,
    }  # fmt: skip
    return [sentence for sentence, is_broken in sentences.items() if is_broken]


def untried(figures: OrderFigures, *, outage: bool) -> list[str]:
    """What a run did not put to the test, a sentence each: such a run is inconclusive."""
    sentences = [] if figures.effects else ["no order reached the warehouse"]
    if figures.untaken:
        sentences.append(f"{figures.untaken} webhooks had not been taken when the run ended")
    if outage and not figures.met_outage:
        sentences.append("no order met the outage")
    return sentences


def over_s(at: float, windows: Sequence[tuple[float, float]]) -> float:
    """When all was over that held up what was accepted at a moment; trouble soon after trouble is one trouble."""
    end_s, before_s = at, -1.0
    while end_s > before_s:
        before_s = end_s
        end_s = max([end_s, *(end for begin, end in windows if begin <= before_s + DRAIN_S and end >= at)])
    return end_s


def _meets(at: float, then: float, outage: tuple[float, float] | None) -> bool:
    """True for one that the outage has held up: accepted before its end, and delivered after its beginning."""
    return outage is not None and at < outage[1] and then >= outage[0]


def _delivered_s(webhook: AcceptedWebhook, effects: Sequence[WarehouseEffect]) -> float | None:
    """When this revision, or a newer one, was in force; None where none ever was: then the order is lost."""
    times = [effect.at for effect in effects if effect.order == webhook.order and effect.revision >= webhook.revision]
    return min(times, default=None)


def _lost(expected: Sequence[ShopChange], effects: Sequence[WarehouseEffect]) -> Iterator[str]:
    """The orders whose newest revision is not the one in force at the end."""
    newest: dict[str, int] = {}
    for change in expected:
        newest[change.order] = max(change.revision, newest.get(change.order, 0))
    last = {effect.order: effect.revision for effect in sorted(effects, key=lambda effect: effect.at)}
    yield from (order for order, revision in newest.items() if last.get(order, -1) < revision)


def _backwards(effects: Sequence[WarehouseEffect]) -> Iterator[WarehouseEffect]:
    """The effects that came after a newer one of their order."""
    newest: dict[str, int] = {}
    for effect in sorted(effects, key=lambda effect: effect.at):
        if effect.revision < newest.get(effect.order, 0):
            yield effect
        newest[effect.order] = max(effect.revision, newest.get(effect.order, 0))


def _quantile(ordered: Sequence[float], share: float) -> float:
    """Nearest rank; 0 of nothing."""
    return ordered[max(ceil(share * len(ordered)) - 1, 0)] if ordered else 0.0
