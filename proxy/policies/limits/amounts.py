"""The units that one request uses of each limit: estimated first, settled by what the vendor says it came to.

A request counts as one, its content by its bytes, tokens and cost by the vendor file's estimate. What was estimated too
high is given back, what was estimated too low is taken afterwards. It refuses to know what a limit holds.
"""

from collections.abc import Sequence

import orjson

from tidegate.proxy.call.content import Content
from tidegate.proxy.policies.dialects.dialect_reader import LimitReport
from tidegate.proxy.policies.dialects.json_pointer import number_at
from tidegate.proxy.policies.limits.limit_set import LimitSet
from tidegate.vendor.dialect_facts import Unit
from tidegate.vendor.vendor import Amount

READ_BYTES_MAX = 1 << 20
"""Larger content is not looked into for its numbers."""

Counted = tuple[Unit, Amount | None]
"""The unit that a limit counts, and how."""


class Amounts:
    """The amounts that a request uses of each of a row of limits."""

    __slots__ = ("_counted", "_reads", "plain")

    def __init__(self, counted: Sequence[Counted]) -> None:
        self._counted = tuple(counted)
        self._reads = any(amount is not None and amount.fields for _, amount in counted)
        self.plain = all(_is_one(unit, amount) for unit, amount in counted)
        """Every limit counts requests: there is nothing to estimate."""

    def of(self, content: Content) -> tuple[float, ...]:
        """The amounts of a request with this content, in the order of the limits."""
        whole, weight = content.whole, content.weight
        document = _document(whole) if self._reads and whole is not None and len(whole) <= READ_BYTES_MAX else None
        return tuple(_amount(unit, amount, weight, document) for unit, amount in self._counted)

    def grown(self, limits: LimitSet, content: Content, estimated: Sequence[float], now: float) -> tuple[float, ...]:
        """Charge what a streamed content came to beyond its estimate; what was charged in all."""
        amounts = tuple(
            max(before, _amount(unit, amount, content.weight, None) if unit == "bytes" else before)
            for (unit, amount), before in zip(self._counted, estimated, strict=True)
        )
        for place, (before, after) in enumerate(zip(estimated, amounts, strict=True)):
            if after > before:
                limits.gauges[place].charge(now, after - before)
        return amounts

    def settle(
        self, limits: LimitSet, estimated: Sequence[float], reports: Sequence[LimitReport], now: float, taken_at: float
    ) -> None:
        """Correct what was taken by what the request came to, where the vendor said so."""
        for place, (unit, amount) in enumerate(self._counted):
            if _is_one(unit, amount):
                continue
            spent = next((report.spent for report in reports if report.unit == unit and report.spent is not None), None)
            if spent is None:
                continue
            over = estimated[place] - spent
            if over > 0.0:
                limits.gauges[place].give_back(now, taken_at, over)
            elif over < 0.0:
                limits.gauges[place].charge(now, -over)


def _is_one(unit: Unit, amount: Amount | None) -> bool:
    return unit != "bytes" and amount is None


def _amount(unit: Unit, amount: Amount | None, weight: int, document: object) -> float:
    if amount is None:
        return float(weight) if unit == "bytes" else 1.0
    numbers = [number_at(document, pointer) for pointer in amount.fields]
    known = [number for number in numbers if number is not None]
    named = sum(known) if known else amount.otherwise
    return amount.fixed + amount.per_byte * weight + named


def _document(whole: bytes) -> object:
    try:
        return orjson.loads(whole)
    except orjson.JSONDecodeError:
        return None
