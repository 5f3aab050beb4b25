"""The units of a limit that a request uses: by its bytes, by numbers in its body, or by a known price.

It keeps no count.
"""

from dataclasses import dataclass

from tidegate.json_pointer import at_pointer
from tidegate.simulator.request.json_text import JsonError, parsed
from tidegate.vendor.vendor import Amount, Limit, Quota

REFUND = 0.5
"""Of what a request was estimated at, so much is given back: queries ask for more than they find."""


@dataclass(frozen=True, slots=True)
class QueryCost:
    """Points of cost: `requested` before the query is run, `spent` by what it found."""

    requested: float
    spent: float


CostSource = bytes | QueryCost
"""The source of a request's units: its body, or the cost of its query."""


def actual_units(limit: Limit | Quota, sent: CostSource) -> float:
    """The units that a request came to in the end: less than it asked for where cost is counted."""
    if limit.unit != "cost":
        return requested_units(limit, sent)
    return max(sent.spent, 0.0) if isinstance(sent, QueryCost) else requested_units(limit, sent) * (1.0 - REFUND)


def requested_units(limit: Limit | Quota, sent: CostSource) -> float:
    """The units that a request is taken to use: never a negative number, which would give units back."""
    if isinstance(sent, QueryCost):
        return max(sent.requested, 0.0) if limit.unit == "cost" else 0.0 if limit.unit == "bytes" else 1.0
    body = sent
    if limit.amount is None:
        return float(len(body)) if limit.unit == "bytes" else 1.0
    return limit.amount.fixed + limit.amount.per_byte * len(body) + max(_numbers(limit.amount, body), 0.0)


def _numbers(amount: Amount, body: bytes) -> float:
    try:
        document = parsed(body) if amount.fields else None
    except JsonError:
        document = None
    numbers = []
    for pointer in amount.fields:
        value = at_pointer(document, pointer)
        if isinstance(value, int | float) and not isinstance(value, bool):
            numbers.append(float(value))
    return sum(numbers) if numbers else amount.otherwise
