"""The judge of a load run: what callers were told against what the vendor's journal says happened.

Pure: records, journal and the vendor's limits go in, figures and promises come out. It knows nothing of Locust, of the
simulator's code or of the proxy's. Each promise can break, and its text says by how much.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from email.utils import parsedate_to_datetime
from math import ceil

from tidegate.loadtests.call_record import CallRecord
from tidegate.loadtests.feasible_calls import feasible_calls
from tidegate.loadtests.promise import Promise, PromisesVerdict
from tidegate.loadtests.schedule import OPERATIONS, PAYMENT, Planned
from tidegate.scenario.limit_meter import Arrival, over_quota
from tidegate.vendor.vendor import Limit

MADE = "payment_intent.created"
MOVED = "payment_intent.succeeded"
"""The journal's words for the two effects of a payment: the object is there, and the money has moved."""

_SECONDS = re.compile(r"^\d+$")


@dataclass(frozen=True, slots=True)
class Effect:
    """One change at the vendor, made for one intent (the order id that the caller gave)."""

    kind: str
    intent: str


@dataclass(frozen=True, slots=True)
class JournalRequest:
    """One request in the vendor's journal."""

    at_s: float
    operation: str
    status: int
    effects: tuple[Effect, ...] = ()
    wall_s: float = 0.0


@dataclass(frozen=True, slots=True)
class BurstTerms:
    """The promises of a run: the vendor's limits, how long and how many calls may wait, a call's budget in seconds."""

    limits: tuple[Limit, ...]
    wait_s: float
    depth: int
    budget_s: float
    useful: float = 0.95
    """The share of the feasible calls that must be done."""
    late_s: float = 0.05
    """A start later than this counts as late."""
    slack_s: float = 0.05
    """See over_quota: what real sockets may push together."""
    grace_s: float = 1.0
    """An answer may reach the caller this much after the budget's end."""


@dataclass(frozen=True, slots=True)
class BurstFigures:
    """The counts of a run. Rates are calls a second; times are milliseconds from the planned start."""

    offered: int
    achieved: int
    offered_peak_per_s: float
    achieved_peak_per_s: float
    late_starts: int
    latest_start_ms: float
    done: int
    refused: int
    unexplained: int
    feasible: int
    effects: int
    lost: int
    doubled: int
    contradicted: int
    over_quota: int
    over_quota_strict: int
    vendor_requests: int
    vendor_refusals: int
    after_deadline: int
    p50_ms: float
    p99_ms: float
    done_p50_ms: float
    done_p99_ms: float


@dataclass(frozen=True, slots=True)
class BurstVerdict(PromisesVerdict):
    """The run's figures and promises."""

    figures: BurstFigures
    promises: tuple[Promise, ...]

    @property
    def inconclusive(self) -> tuple[str, ...]:
        """What did not happen, so that no promise was put to the test."""
        return () if self.figures.achieved else (f"none of {self.figures.offered} planned calls was made",)

    def document(self) -> dict[str, object]:
        """The verdict as plain data."""
        return {"figures": asdict(self.figures), **self.outcome()}


def reported_outcome(record: CallRecord) -> str:
    """The outcome for the caller: `done`, `refused` (429 or 503 with a Retry-After that says when) or `unexplained`."""
    if 200 <= record.status < 300:
        return "done"
    if record.status in {429, 503} and _readable(record.retry_after):
        return "refused"
    return "unexplained"


def judge(
    planned: Sequence[Planned], records: Sequence[CallRecord], journal: Sequence[JournalRequest], terms: BurstTerms
) -> BurstVerdict:
    """Compare the three accounts of one run. The journal must hold what arrived in this run alone."""
    figures = _count(planned, records, journal, terms)
    return BurstVerdict(figures, _promises(figures, terms))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that is not below `share` of them (nearest rank); 0 of nothing."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)] if values else 0.0


def peak_per_s(times_s: Sequence[float]) -> float:
    """The most that began within one second."""
    ordered = sorted(times_s)
    first, most = 0, 0
    for last, at_s in enumerate(ordered):
        while ordered[first] <= at_s - 1:
            first += 1
        most = max(most, last - first + 1)
    return float(most)


def _count(
    planned: Sequence[Planned], records: Sequence[CallRecord], journal: Sequence[JournalRequest], terms: BurstTerms
) -> BurstFigures:
    answers = {record.number: record for record in records}
    kinds = Counter(reported_outcome(record) for record in records)
    doubled, lost, contradicted = _compare(records, journal)
    arrivals = [Arrival(seen.at_s, seen.operation, seen.wall_s) for seen in journal]
    demand = [Arrival(call.at_s, OPERATIONS[call.kind]) for call in planned]
    waits = [record.waited_s * 1000 for record in records]
    done_waits = [record.waited_s * 1000 for record in records if reported_outcome(record) == "done"]
    return BurstFigures(
        offered=len(planned),
        achieved=sum(call.number in answers for call in planned),
        offered_peak_per_s=peak_per_s([call.at_s for call in planned]),
        achieved_peak_per_s=peak_per_s([record.started_s for record in records]),
        late_starts=sum(record.late_s > terms.late_s for record in records),
        latest_start_ms=round(max((record.late_s * 1000 for record in records), default=0.0), 1),
        done=kinds["done"],
        refused=kinds["refused"],
        unexplained=kinds["unexplained"],
        feasible=sum(feasible_calls(terms.limits, demand, wait_s=terms.wait_s, depth=terms.depth)),
        effects=sum(effect.kind == MOVED for seen in journal for effect in seen.effects),
        lost=lost,
        doubled=doubled,
        contradicted=contradicted,
        over_quota=sum(over_quota(terms.limits, arrivals, slack_s=terms.slack_s).values()),
        over_quota_strict=sum(over_quota(terms.limits, arrivals).values()),
        vendor_requests=len(journal),
        vendor_refusals=sum(seen.status == 429 for seen in journal),
        after_deadline=sum(r.ended_s - r.started_s > terms.budget_s + terms.grace_s for r in records),
        p50_ms=round(percentile(waits, 0.5), 1),
        p99_ms=round(percentile(waits, 0.99), 1),
        done_p50_ms=round(percentile(done_waits, 0.5), 1),
        done_p99_ms=round(percentile(done_waits, 0.99), 1),
    )


def _compare(records: Sequence[CallRecord], journal: Sequence[JournalRequest]) -> tuple[int, int, int]:
    """(doubled, lost, contradicted): intents with an effect twice, told done without one, told refused with one."""
    effects = Counter(effect for seen in journal for effect in seen.effects)
    happened = {effect.intent for effect in effects if effect.kind == MOVED}
    doubled = {effect.intent for effect, times in effects.items() if times > 1 and effect.kind in {MADE, MOVED}}
    payments = [record for record in records if record.kind == PAYMENT]
    lost = sum(reported_outcome(record) == "done" and record.intent not in happened for record in payments)
    contradicted = sum(reported_outcome(record) == "refused" and record.intent in happened for record in payments)
    return len(doubled), lost, contradicted


def _promises(figures: BurstFigures, terms: BurstTerms) -> tuple[Promise, ...]:
    f = figures
    enough = f.done >= terms.useful * f.feasible and f.feasible > 0
    share = f"{f.done} done of {f.feasible} feasible, {terms.useful:.0%} must be"
    return (
        Promise("offered", f.achieved == f.offered, f"{f.achieved} of {f.offered} planned calls were made"),
        Promise("not lost", f.lost == 0, f"{f.lost} payments were told done and are not in the journal"),
        Promise("not doubled", f.doubled == 0, f"{f.doubled} payments happened more than once"),
        Promise("not contradicted", f.contradicted == 0, f"{f.contradicted} payments were refused and happened"),
        Promise("within quota", f.over_quota == 0, f"{f.over_quota} requests above the vendor's limits"),
        Promise(
            "refused openly", f.unexplained == 0, f"{f.unexplained} calls not done without 429/503 and Retry-After"
        ),
        Promise("useful", enough, share),
        Promise("in time", f.after_deadline == 0, f"{f.after_deadline} answers after the {terms.budget_s:g} s budget"),
    )


def _readable(retry_after: str | None) -> bool:
    """Seconds or an HTTP date (RFC 9110 §10.2.3)."""
    if retry_after is None:
        return False
    if _SECONDS.match(retry_after):
        return True
    try:
        parsedate_to_datetime(retry_after)
    except ValueError:
        return False
    return True
