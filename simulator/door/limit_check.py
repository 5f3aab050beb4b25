"""The limit check of a request: it is let in or refused, and learns in the vendor's dialect what is left.

The counts are simulator.door.enforced_limits, the words simulator.door.dialect_writer; here they meet for one request.
"""

from dataclasses import replace
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.door.declared_dialect import dialect_of
from tidegate.simulator.door.dialect_writer import SILENT
from tidegate.simulator.door.enforced_limits import EnforcedLimits, reason_of
from tidegate.simulator.door.request_cost import CostSource
from tidegate.simulator.record.journal import JournalEntry
from tidegate.vendor.vendor import Facts

RETRY_AFTER = "retry-after"


class LimitCheck:
    """The limit check of one vendor."""

    def __init__(self, facts: Facts, limits: EnforcedLimits) -> None:
        self._limits = limits
        self._dialect = dialect_of(facts.dialect)
        self._is_silent = self._dialect is SILENT
        """True where the vendor says nothing of its limits, so that their standing need not be looked up."""
        self._graphql = facts.graphql.operation if facts.graphql is not None else ""
        quotas = [entry for entry in facts.throttled if entry.means == "quota"]
        self._quota = next(iter(quotas), None)
        said = (entry for entry in quotas if entry.when is not None and entry.when.header.lower() == RETRY_AFTER)
        self._quota_until = next(said, self._quota)
        """Where the refusal says when to come back: some vendors refuse in two ways."""
        self._costs: dict[int, dict[str, Any]] = {}
        """Members of the body of a request's answer, by the request's number."""

    def admit(
        self, entry: JournalEntry, credential: str, sent: CostSource, headers: dict[str, str], granted: float = 1.0
    ) -> None:
        """Count the request under every limit, and write what is left into `headers`. Raises errors.VendorError.

        Whoever is let in leaves by `leave`. Only the share `granted` of the documented limits counts.
        """
        limits, who = self._limits, (entry.operation, credential, entry.at, entry.wall)
        if limits.none and self._is_silent:
            return
        broken = limits.admit(*who, sent, granted)
        if broken is not None and granted < 1.0:
            entry.faults = ("lie limits",)
        if self._is_silent:
            if broken is not None:
                raise self.throttled(reason_of(broken))
            limits.refund(*who, sent)
            return
        readings = limits.readings(*who, sent, admitted=broken is None)
        headers.update(self._dialect.headers(readings, entry.wall))
        if broken is not None:
            standing = next(reading for reading in readings if reading.name == broken.name)
            headers.update(self._dialect.wait(standing, entry.wall))
            own = self._dialect.refusal(readings, standing) if self._tells_in_body(entry.operation) else None
            raise own or self.throttled(reason_of(broken))
        limits.refund(*who, sent)
        told = self._tells_in_body(entry.operation)
        members = self._dialect.body_members(limits.readings(*who, sent)) if told else {}
        if members:
            self._costs[entry.n] = members

    def leave(self, entry: JournalEntry, credential: str) -> None:
        """The request has ended."""
        if self._limits.none:
            return
        self._limits.leave(entry.operation, credential)
        self._costs.pop(entry.n, None)

    def give_back(
        self, entry: JournalEntry, credential: str, sent: CostSource, answer: Answer, free: tuple[str, ...]
    ) -> Answer:
        """The answer of a request that did not count for the limits `free`: given back, with headers that say so."""
        who = (entry.operation, credential, entry.at, entry.wall)
        self._limits.give_back(*who, sent, free)
        if self._is_silent:
            return answer
        headers = self._dialect.headers(self._limits.readings(*who, sent), entry.wall)
        return replace(answer, headers={**answer.headers, **headers})

    def _tells_in_body(self, operation: str) -> bool:
        """Whether the dialect's words are this operation's: what is served beside GraphQL is refused as usual."""
        return self._graphql in ("", operation)

    def body_members(self, entry: JournalEntry) -> dict[str, Any]:
        """Members of the answer's body, beside its data."""
        return self._costs.get(entry.n, {})

    def throttled(self, reason: str, *, until: bool = False) -> errors.VendorError:
        """A refusal for the rate, where the dialect has none of its own. `until`: it says when to come back."""
        quota = self._quota_until if until else self._quota
        header = quota.reason.header if quota and quota.reason else None
        refused = errors.too_many(header, reason)
        refused.given_status = quota.status if quota else None
        when = quota.when if quota else None
        if when is not None and not (until and when.header.lower() == RETRY_AFTER):  # whoever asks says until when
            refused.headers.setdefault(when.header, when.value or "60")
        return refused
