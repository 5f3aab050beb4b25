"""The judge of a load run: what callers were told against what the vendors' journals say happened.

Pure: calls, records, journals and the vendors' terms go in, figures and promises come out. It knows nothing of Locust,
of the simulator's code or of the proxy's, and of no vendor. Each promise can break, and its text says by how much.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

from tidegate.loadtests.call_account import (
    BurstTerms,
    CallAccount,
    LoadEvidence,
    LostWrites,
    accounts_of,
    after_deadline,
    contradicted,
    why_turned_down,
)
from tidegate.loadtests.feasible_calls import feasible_calls
from tidegate.loadtests.journal import JournalRequest
from tidegate.loadtests.promise import Promise, PromisesVerdict
from tidegate.scenario.check import CheckedCall, failed_checks, quantile
from tidegate.scenario.limit_meter import Arrival, over_quota

BEFORE_S = 0.5
"""So long before the load the limits count as used up: a proxy that has just started does not know what was taken
before, and what the load needs has been made."""

EXAMPLES_MAX = 5
"""So many kinds of answers are shown."""

SHOWN_MAX = 300
"""Characters of them."""

TURNED_DOWN_MAX = 0.2
"""Where the vendor itself turns down more than this share of the calls, the run says little: they were no good."""


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
    accepted: int
    """Writes that the proxy has taken, to be carried out later: what became of them, its outbox knows."""
    refused_for: Mapping[str, int]
    """Of those, how many by which of the proxy's problems; `vendor` where the vendor itself said so."""
    turned_down: int
    explained: int
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
    """The run's figures and promises. `turned_down` are examples of what the vendor itself did not take.

    `untried` are the faults that never happened.
    """

    figures: BurstFigures
    promises: tuple[Promise, ...]
    turned_down: tuple[str, ...] = ()
    untried: tuple[str, ...] = ()

    @property
    def inconclusive(self) -> tuple[str, ...]:
        """What did not happen, so that no promise was put to the test."""
        figures = self.figures
        if not figures.achieved:
            return (f"none of {figures.offered} planned calls was made",)
        if figures.turned_down > TURNED_DOWN_MAX * figures.achieved:
            examples = "; ".join(self.turned_down)
            counts = f"{figures.turned_down} of {figures.achieved} calls"
            cure = f"give their requests in the scenario ({examples})"
            return (f"the vendor itself turned down {counts}, so little was tried; {cure}",)
        return ()

    def document(self) -> dict[str, object]:
        """The verdict as plain data."""
        return {"figures": asdict(self.figures), "turned_down": list(self.turned_down), **self.outcome()}


def judge(evidence: LoadEvidence) -> BurstVerdict:
    """Compare the accounts of one run. The journals must hold what arrived in this run alone."""
    accounts = accounts_of(evidence)
    figures = _count(evidence, accounts)
    down = [one for one in accounts if one.outcome == "turned down"]
    examples = dict.fromkeys(f"{one.call.operation}: {one.record.status}{why_turned_down(one)}" for one in down)
    promises = tuple(_promises(evidence, figures, accounts))
    return BurstVerdict(figures, promises, tuple(examples)[:EXAMPLES_MAX], tuple(evidence.untried))


def peak_per_s(times_s: Sequence[float]) -> float:
    """The most that began within one second."""
    ordered = sorted(times_s)
    first, most = 0, 0
    for last, at_s in enumerate(ordered):
        while ordered[first] <= at_s - 1:
            first += 1
        most = max(most, last - first + 1)
    return float(most)


def _count(evidence: LoadEvidence, accounts: Sequence[CallAccount]) -> BurstFigures:
    planned, records, terms = evidence.planned, evidence.records, evidence.terms
    journals = evidence.journals or {}
    outcomes = Counter(one.outcome for one in accounts)
    waits = [record.waited_s * 1000 for record in records]
    done_waits = [one.record.waited_s * 1000 for one in accounts if one.outcome == "done"]
    late_s = min((one.late_s for one in terms.values()), default=0.05)
    writes = [one for one in accounts if one.call.operation in terms[one.call.vendor].changes]
    lost = LostWrites(accounts, asked=evidence.journals is not None)
    strict, within = _over(journals, terms, slack=False), _over(journals, terms, slack=True)
    return BurstFigures(
        offered=len(planned),
        achieved=len(accounts),
        offered_peak_per_s=peak_per_s([call.at_s for call in planned]),
        achieved_peak_per_s=peak_per_s([record.started_s for record in records]),
        late_starts=sum(record.late_s > late_s for record in records),
        latest_start_ms=round(max((record.late_s * 1000 for record in records), default=0.0), 1),
        done=outcomes["done"],
        refused=outcomes["refused"],
        accepted=outcomes["accepted"],
        refused_for=dict(Counter(one.record.problem or "vendor" for one in accounts if one.outcome == "refused")),
        turned_down=outcomes["turned down"],
        explained=outcomes["explained"],
        unexplained=outcomes["unexplained"],
        feasible=sum(_feasible(evidence)),
        effects=sum(one.carried_out > 0 for one in writes),
        lost=sum(map(lost.has, writes)),
        doubled=sum(one.carried_out > 1 for one in writes if one.call.operation in terms[one.call.vendor].once),
        contradicted=sum(contradicted(one) for one in writes),
        over_quota=within,
        over_quota_strict=strict,
        vendor_requests=sum(map(len, journals.values())),
        vendor_refusals=sum(one.status == 429 for journal in journals.values() for one in journal),
        after_deadline=sum(after_deadline(one, terms[one.call.vendor]) for one in accounts),
        p50_ms=round(quantile(waits, 0.5), 1),
        p99_ms=round(quantile(waits, 0.99), 1),
        done_p50_ms=round(quantile(done_waits, 0.5), 1),
        done_p99_ms=round(quantile(done_waits, 0.99), 1),
    )


def _over(journals: Mapping[str, Sequence[JournalRequest]], terms: Mapping[str, BurstTerms], *, slack: bool) -> int:
    """Requests above the vendors' limits."""
    over = 0
    for vendor, journal in journals.items():
        arrivals = [Arrival(seen.at_s, seen.operation, seen.wall_s) for seen in journal]
        slack_s = terms[vendor].slack_s if slack else 0.0
        over += sum(over_quota(terms[vendor].limits, arrivals, slack_s=slack_s).values())
    return over


def _feasible(evidence: LoadEvidence) -> Iterator[int]:
    """The calls to each vendor that its limits leave room for, for a proxy that has just started."""
    for vendor, terms in evidence.terms.items():
        demand = [Arrival(call.at_s, call.operation) for call in evidence.planned if call.vendor == vendor]
        wait_s, depth = terms.wait_s, terms.depth
        yield sum(feasible_calls(terms.limits, demand, wait_s=wait_s, depth=depth, used_up_at_s=-BEFORE_S))


def _promises(evidence: LoadEvidence, f: BurstFigures, accounts: Sequence[CallAccount]) -> Iterator[Promise]:
    useful = max((one.useful for one in evidence.terms.values()), default=0.95)
    budget_s = max((one.budget_s for one in evidence.terms.values()), default=0.0)
    yield Promise("offered", f.achieved == f.offered, f"{f.achieved} of {f.offered} planned calls were made")
    if evidence.journals is not None:
        yield Promise("not lost", f.lost == 0, f"{f.lost} writes were told done and are not in the journal")
        yield Promise("not doubled", f.doubled == 0, f"{f.doubled} writes happened more than once")
        yield Promise("not contradicted", f.contradicted == 0, f"{f.contradicted} writes were refused and happened")
        yield Promise("within quota", f.over_quota == 0, f"{f.over_quota} requests above the vendor's limits")
    openly = f"{f.unexplained} calls not done without 429/503 and Retry-After{_how(accounts)}"
    yield Promise("refused openly", f.unexplained == 0, openly)
    if evidence.journals is not None and not evidence.faulty:
        yield _useful(evidence, f, useful)
    yield Promise("in time", f.after_deadline == 0, f"{f.after_deadline} answers after the {budget_s:g} s budget")
    if evidence.checks:
        flaws = failed_checks(evidence.checks, _checked(accounts))
        yield Promise("checks", not flaws, "; ".join(flaws) or f"{len(evidence.checks)} checks of the scenario hold")


def _useful(evidence: LoadEvidence, f: BurstFigures, useful: float) -> Promise:
    """Whether what could be done was."""
    done = f.done + f.accepted + f.turned_down
    vague = [vendor for vendor, terms in evidence.terms.items() if not terms.countable]
    if vague:
        why = f"{f.done} done; what is feasible is not known: no limit of {', '.join(vague)} in requests, or others too"
        return Promise("useful", done > 0, why)
    enough = done >= useful * f.feasible and (f.feasible > 0 or done > 0)
    return Promise("useful", enough, f"{f.done} done of {f.feasible} feasible, {useful:.0%} must be")


def _how(accounts: Sequence[CallAccount]) -> str:
    """The answers that explain nothing, in brackets, the most frequent first."""
    answers = Counter(
        f"{one.record.status or 'no answer'} {one.record.problem or one.record.error or ''}".strip()
        for one in accounts
        if one.outcome == "unexplained"
    )
    shown = ", ".join(f"{answer} ×{times}" for answer, times in answers.most_common(EXAMPLES_MAX))
    return f" ({shown[:SHOWN_MAX]})" if shown else ""


def _checked(accounts: Iterable[CallAccount]) -> Iterator[CheckedCall]:
    for one in accounts:
        end: Literal["done", "refused", "failed"] = (
            "done" if one.outcome in ("done", "accepted") else "refused" if one.outcome == "refused" else "failed"
        )
        yield CheckedCall(one.call.vendor, one.call.operation, end, one.record.waited_s, len(one.requests))
