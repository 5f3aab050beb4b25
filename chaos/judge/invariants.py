"""The judge: compares what the vendor's journal says happened with what the apps were told.

It reads three things: the intents with their endings, the journal's entries (as plain data, so that a journal fetched
over HTTP is judged by the same code), and the vendor's documented limits. It shares no code with the proxy or the
simulator, and knows nothing of how a run was made.
"""

import base64
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote, quote_plus

from tidegate.chaos.apps.retry_loop import OPERATIONS, IntentResult, ReportedOutcome
from tidegate.chaos.judge.feasible import feasible
from tidegate.chaos.timeline.offered_load import Window
from tidegate.scenario.limit_meter import Arrival, over_quota
from tidegate.vendor.vendor import Limit

EFFECT = "payment_intent.succeeded"
"""The journal's word for the effect of a payment: the money has moved."""

USEFUL_SHARE = 0.95
"""Of the feasible intents this many are done, at least: a proxy that refuses everything keeps no promise."""

Entry = Mapping[str, Any]
"""One entry of the simulator's journal, as data."""


@dataclass(frozen=True, slots=True)
class RunFigures:
    """A run in numbers."""

    asked: int
    feasible: int
    """Intents that an omniscient client could have got done."""
    done: int
    """Intents whose app was told so."""
    lost: int
    """Told done, and the effect is absent."""
    doubled: int
    """More than one effect for one intent."""
    contradicted: int
    """Told that nothing was applied, and the effect is there."""
    unknown: int
    """The app was told that nobody knows, and did not try again."""
    over_quota: int
    """Requests that arrived beyond the vendor's documented limits."""
    attempts: int
    """Requests that arrived at the vendor."""
    leaked: int
    """Outputs that show the vendor's secret."""

    def described(self) -> dict[str, int]:
        """As data."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class CountedIntents:
    """How intents are counted.

    The operation of each story, how often each intent happened, which write, and which of these may happen once.
    """

    operations: Mapping[str, str]
    happened: Mapping[str, int]
    writes: Collection[str]
    once: Collection[str]


def judge(
    endings: Sequence[IntentResult],
    entries: Sequence[Entry],
    limits: Sequence[Limit],
    outages: Iterable[Window],
    *,
    leaked: int = 0,
    counted: CountedIntents | None = None,
) -> RunFigures:
    """The figures of a run. Without `counted` it is one about payments."""
    if counted is None:
        paid = (effect for entry in entries for effect in entry["effects"] if effect["kind"] == EFFECT)
        payments = frozenset(ending.intent.id for ending in endings if ending.intent.story == "payment")
        counted = CountedIntents(OPERATIONS, Counter(effect["intent"] for effect in paid), payments, payments)
    effects = counted.happened
    writes = [ending for ending in endings if ending.intent.id in counted.writes]
    return RunFigures(
        asked=len(endings),
        feasible=feasible((ending.intent for ending in endings), limits, outages, counted.operations),
        done=sum(ending.outcome is ReportedOutcome.DONE for ending in endings),
        lost=sum(ending.outcome is ReportedOutcome.DONE and not effects[ending.intent.id] for ending in writes),
        doubled=sum(effects[ending.intent.id] > 1 for ending in writes if ending.intent.id in counted.once),
        contradicted=sum(
            ending.outcome is ReportedOutcome.NOT_APPLIED and effects[ending.intent.id] > 0 for ending in writes
        ),
        unknown=sum(ending.outcome is ReportedOutcome.UNKNOWN for ending in endings),
        over_quota=sum(over_quota(limits, arrivals(entries)).values()),
        attempts=len(entries),
        leaked=leaked,
    )


def arrivals(entries: Iterable[Entry]) -> list[Arrival]:
    """The requests of a journal, as the limits count them: a run begins with a window of every length."""
    return [Arrival(entry["at"], entry["operation"], wall_s=entry["at"]) for entry in entries]


def broken(figures: RunFigures) -> list[str]:
    """The promises that a run through Tidegate broke, one sentence each."""
    sentences = []
    if figures.lost:
        sentences.append(f"lost: {figures.lost} apps were told done, and the vendor has no such payment")
    if figures.doubled:
        sentences.append(f"doubled: {figures.doubled} intents were paid more than once")
    if figures.contradicted:
        sentences.append(f"contradicted: {figures.contradicted} apps were told that nothing happened, but it had")
    if figures.over_quota:
        sentences.append(f"over quota: {figures.over_quota} requests came beyond the vendor's documented limit")
    if figures.done < USEFUL_SHARE * figures.feasible:
        sentences.append(f"useful: {figures.done} done is less than {USEFUL_SHARE:.0%} of {figures.feasible} feasible")
    if figures.leaked:
        sentences.append(f"secret: {figures.leaked} outputs show the vendor's secret")
    return sentences


def leaks(secret: str, outputs: Iterable[bytes]) -> int:
    """The number of outputs that show the secret: plain, URL-encoded, escaped, in hex, in base64 at any alignment."""
    raw = secret.encode()
    shapes = {raw, quote(secret, safe="").encode(), quote_plus(secret).encode(), json.dumps(secret)[1:-1].encode()}
    shapes |= {raw.hex().encode(), raw.hex().upper().encode()}  # as a store's blobs are printed
    for skip in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            shapes.add(encode(b"\0" * skip + raw)[skip + 1 if skip else 0 : -4])
    return sum(any(shape in output for shape in shapes) for output in outputs)
