"""The account of each call of a load: what was planned, what its caller was told, what the vendor did.

Pure. A call's requests are known again by its tag. It knows nothing of Locust, and of no vendor.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Literal

from tidegate.drawing.planned_load import PlannedRequest
from tidegate.loadtests.journal import JournalRequest
from tidegate.loadtests.offer.call_record import CallRecord
from tidegate.scenario.check import Check
from tidegate.vendor.vendor import Limit

_SECONDS = re.compile(r"^\d+$")

EFFECTIVE_SHARE = 0.75
"""Of the requests of a kind that changes something each time, at least so many have effects in the journal."""

CallOutcome = Literal["done", "accepted", "refused", "turned down", "explained", "unexplained"]


@dataclass(frozen=True, slots=True)
class BurstTerms:
    """The promises about one vendor: its limits, how long and how many calls may wait, a call's budget in seconds.

    `changes` are the operations that change something; those of them in `once` may not be carried out twice, as the
    plan has it.
    """

    limits: tuple[Limit, ...]
    wait_s: float
    depth: int
    budget_s: float
    countable: bool = True
    """False where a limit is counted in other units than requests, or none is known: what is feasible is not, then."""
    changes: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()
    useful: float = 0.95
    """The share of the feasible calls that must be done."""
    late_s: float = 0.05
    """A start later than this counts as late."""
    slack_s: float = 0.05
    """See over_quota: what real sockets may push together."""
    grace_s: float = 1.0
    """An answer may reach the caller this much after the budget's end."""


@dataclass(frozen=True, slots=True)
class LoadEvidence:
    """The accounts of one run. `journals` are the vendors', by name; None where nobody could ask them.

    `faulty` says that the scenario has faults: then what is useful is for its checks to say. `untried` are those that
    never happened, a sentence each. `planned` is empty where
    users of one's own made the calls; `untagged` says that their calls may not be known again in the journal.
    """

    planned: Sequence[PlannedRequest]
    records: Sequence[CallRecord]
    journals: Mapping[str, Sequence[JournalRequest]] | None
    terms: Mapping[str, BurstTerms]
    checks: Sequence[Check] = ()
    faulty: bool = False
    untried: Sequence[str] = ()


@dataclass(slots=True)
class CallAccount:
    """All that is known of one call: its plan, its record, and the requests that the vendor got for it."""

    call: PlannedRequest
    record: CallRecord
    requests: list[JournalRequest] = field(default_factory=list)
    outcome: CallOutcome = "unexplained"

    @property
    def carried_out(self) -> int:
        """So often the vendor has done it."""
        return sum(one.carried_out for one in self.requests if one.operation == self.call.operation)


def reported_outcome(record: CallRecord) -> CallOutcome:
    """The outcome by the answer alone.

    `done`, `accepted` to be carried out later, `refused` (429 or 503 with a Retry-After that says when), or not so.
    """
    if record.later:
        return "accepted"
    if 200 <= record.status < 400:
        return "done"
    if record.status in {429, 503} and _readable(record.retry_after):
        return "refused"
    return "unexplained"


def accounts_of(evidence: LoadEvidence) -> list[CallAccount]:
    """The accounts of all calls that were made."""
    planned = {call.number: call for call in evidence.planned}
    accounts = [CallAccount(planned[record.number], record) for record in evidence.records if record.number in planned]
    by_tag: dict[tuple[str, str], list[JournalRequest]] = defaultdict(list)
    for vendor, journal in (evidence.journals or {}).items():
        for request in journal:
            by_tag[vendor, request.tag].append(request)
    for one in accounts:
        one.requests = by_tag.get((one.call.vendor, one.call.tag), [])
        one.outcome = _outcome(one, faulty=evidence.faulty, asked=evidence.journals is not None)
    return accounts


def _outcome(one: CallAccount, *, faulty: bool, asked: bool) -> CallOutcome:
    """The outcome, with what the vendor says: its own refusal of a request is no refusal of ours."""
    outcome = reported_outcome(one.record)
    if outcome != "unexplained" or one.record.status == 0:
        return outcome
    own = one.record.problem is None and one.record.status >= 400
    if own and (not asked or any(request.status == one.record.status for request in one.requests)):
        return "turned down" if one.record.status < 500 else "explained" if faulty or not asked else "unexplained"
    return "explained" if faulty and one.record.problem is not None else "unexplained"


class LostWrites:
    """Whether a write was told done and is not in the journal.

    Where nearly all requests of its kind (the same of the scenario, or the same operation) have effects, one without
    any was not carried out. Where some have none, they change nothing new: the second removal of one thing.
    """

    def __init__(self, accounts: Iterable[CallAccount], *, asked: bool) -> None:
        seen: Counter[tuple[str, str]] = Counter()
        effective: Counter[tuple[str, str]] = Counter()
        for one in accounts:
            if one.carried_out:
                kind = (one.call.vendor, one.call.source)
                seen[kind] += 1
                effective[kind] += any(request.effects for request in one.requests)
        self._effective = {kind for kind, times in seen.items() if effective[kind] >= EFFECTIVE_SHARE * times}
        self._asked = asked

    def has(self, one: CallAccount) -> bool:
        """True of a write that is lost."""
        if one.outcome != "done" or not self._asked:
            return False
        if (one.call.vendor, one.call.source) in self._effective:
            return not any(request.effects for request in one.requests)
        return not one.carried_out


def contradicted(one: CallAccount) -> bool:
    """Told to come back later although it was carried out, and not by the vendor's own word."""
    own = one.record.problem is None and any(request.status == one.record.status for request in one.requests)
    return one.outcome == "refused" and one.carried_out > 0 and not own


def after_deadline(one: CallAccount, terms: BurstTerms) -> bool:
    """True where its answer came when its budget had long run out."""
    return one.record.ended_s - one.record.started_s > terms.budget_s + terms.grace_s


def why_turned_down(one: CallAccount) -> str:
    """The vendor's reason, behind a comma; empty where it gave none."""
    why = next((request.refused for request in one.requests if request.refused), "")
    return f", {why}" if why else ""


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
