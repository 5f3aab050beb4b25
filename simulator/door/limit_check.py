"""Lets a request in or refuses it for a limit, and tells in the vendor's dialect what is left.

The counts are simulator.door.limits, the words simulator.door.dialects; this file joins the two for one request.
"""

from dataclasses import replace
from typing import Any

from tidegate.simulator.answer import errors
from tidegate.simulator.answer.answer import Answer
from tidegate.simulator.door import dialect_writer
from tidegate.simulator.door.enforced_limits import EnforcedLimits, reason_of
from tidegate.simulator.door.request_cost import CostSource
from tidegate.simulator.record.journal import JournalEntry
from tidegate.vendor.vendor import Facts


class LimitCheck:
    """The door of one vendor."""

    def __init__(self, facts: Facts, limits: EnforcedLimits) -> None:
        dialect = facts.dialect
        self._limits = limits
        self._preset = dialect if isinstance(dialect, str) or dialect is None else dialect.preset
        self._quota = next((entry for entry in facts.throttled if entry.means == "quota"), None)
        self._costs: dict[int, dict[str, Any]] = {}
        """What the body of a request's answer has to tell, by the request's number."""

    def admit(
        self, entry: JournalEntry, credential: str, sent: CostSource, headers: dict[str, str], granted: float = 1.0
    ) -> None:
        """Count the request under every limit, and tell in `headers` what is left. Raises errors.VendorError.

        Whoever is let in leaves by `leave`. Only the share `granted` of the documented limits counts.
        """
        limits, preset, who = self._limits, self._preset, (entry.operation, credential, entry.at, entry.wall)
        if limits.none and preset is None:
            return
        broken = limits.admit(*who, sent, granted)
        if broken is not None and granted < 1.0:
            entry.faults = ("lie limits",)
        if preset is None:
            if broken is not None:
                raise self.throttled(reason_of(broken))
            limits.refund(*who, sent)
            return
        readings = limits.readings(*who, sent, admitted=broken is None)
        headers.update(dialect_writer.headers(preset, readings, entry.wall))
        if broken is not None:
            standing = next(one for one in readings if one.name == broken.name)
            raise dialect_writer.refusal(preset, readings, standing) or self.throttled(reason_of(broken))
        limits.refund(*who, sent)
        told = dialect_writer.cost(preset, limits.readings(*who, sent))
        if told:
            self._costs[entry.n] = told

    def leave(self, entry: JournalEntry, credential: str) -> None:
        """The request has ended."""
        if self._limits.none:
            return
        self._limits.leave(entry.operation, credential)
        self._costs.pop(entry.n, None)

    def undone(
        self, entry: JournalEntry, credential: str, sent: CostSource, answer: Answer, free: tuple[str, ...]
    ) -> Answer:
        """The answer of a request that did not count for the limits `free`: they are given back, and told so."""
        who = (entry.operation, credential, entry.at, entry.wall)
        self._limits.give_back(*who, sent, free)
        if self._preset is None:
            return answer
        told = dialect_writer.headers(self._preset, self._limits.readings(*who, sent), entry.wall)
        return replace(answer, headers={**answer.headers, **told})

    def told_in_body(self, entry: JournalEntry) -> dict[str, Any]:
        """What the answer's body has to tell beside its data."""
        return self._costs.get(entry.n, {})

    def throttled(self, reason: str) -> errors.VendorError:
        """A refusal for the rate, where the dialect has none of its own."""
        header = self._quota.reason.header if self._quota and self._quota.reason else None
        refused = errors.too_many(header, reason)
        refused.given_status = self._quota.status if self._quota else None
        when = self._quota.when if self._quota else None
        if when is not None:
            refused.headers.setdefault(when.header, when.value or "60")
        return refused
