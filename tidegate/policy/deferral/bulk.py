"""The bulk form of a deferred write: one request of the vendor's that carries out several, each with its own result.

How rows are joined and split is tidegate.proxy.policies.delivery.bulk_decision.
"""

from typing import Annotated

from pydantic import Field

from tidegate.configfile.block import Block
from tidegate.configfile.units import Duration, written_duration
from tidegate.policy.deferral.lookup import LookupMatch, Template

SIZE_MAX = 32
"""No more deferred writes are under way at once (tidegate.proxy.durable.delivery_worker), so no more can be joined."""
KEY = "{key}"
READY_S = 10.0
"""A joined request waits no longer for the records of its rows; those that are late are not in it."""

BulkPointer = Annotated[str, Field(pattern=r"^(/[^/*]+)*$", examples=["/items"])]
"""A JSON Pointer (RFC 6901); empty for the whole document."""


class Bulk(Block):
    """The vendor's operation that carries out several of these writes with one request."""

    operation: str
    """The operation that is called: its limits, its breaker and its budget hold for the joined request."""
    items: BulkPointer
    """Where the list of writes stands in its body; empty where the body is the list. An item is a write's own body."""
    add: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]+$")], Template] = Field(default_factory=dict)
    """What each item has besides: name and text, as in `lookup`. `{key}` is the idempotency key of the item."""
    size: Annotated[int, Field(ge=2, le=SIZE_MAX)] = 20
    """At most so many are joined."""
    within: Annotated[Duration, Field(gt=0, le=10.0)] = 1.0
    """So long the first waits for others, ten seconds at most."""
    results: BulkPointer
    """Where the list of results stands in the answer."""
    status: Annotated[str, Field(pattern=r"^(/[^/*]+)+$", examples=["/status"])]
    """Where a result has its HTTP status."""
    body: BulkPointer = ""
    """Where a result has what the app gets as the answer; all of it where it is left out."""
    id: LookupMatch | None = None
    """What tells which item a result is of: `pointer` into the result, and the `value` that stands there. Where it is
    left out, results come in the order of the items."""

    def __hash__(self) -> int:
        """A dictionary has none of its own."""
        return hash((self.operation, self.items, tuple(sorted(self.add.items())), self.size, self.within, self.results))

    @property
    def keyed(self) -> bool:
        """True where each item carries its own idempotency key."""
        return KEY in self.add.values()


def describe(bulk: Bulk) -> str:
    """The bulk form in words."""
    return f"up to {bulk.size} joined within {written_duration(bulk.within)} by {bulk.operation}"
